"""Parameters of Python functions, and what their types let in."""

from __future__ import annotations

import ast
from collections.abc import Callable

from bartizan.scan.taint import tree as t

__all__ = ["parameters_of"]

_NUMBERS = frozenset({"int", "float", "complex", "Decimal", "timedelta", "PositiveInt", "NonNegativeInt", "conint"})
_FEW = frozenset({"bool", "UUID", "date", "datetime", "IPv4Address", "IPv6Address", "Literal", "Enum"})
_WRAPPERS = frozenset({"Optional", "Annotated", "Union"})


def parameters_of(arguments: ast.arguments, expression: Callable[[ast.expr], t.Expression]) -> list[t.Parameter]:
    """Return the parameters of a function, in order."""
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    out = [_made(one, default, expression) for one, default in zip(plain, defaults, strict=True)]
    if arguments.vararg:
        out.append(t.Parameter(arguments.vararg.arg, "rest"))
    out += [
        _made(one, default, expression)
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    ]
    if arguments.kwarg:
        out.append(t.Parameter(arguments.kwarg.arg, "keywords"))
    return out


def _made(one: ast.arg, default: ast.expr | None, expression: Callable[[ast.expr], t.Expression]) -> t.Parameter:
    names = _names(one.annotation) if one.annotation else set()
    amount = bool(names) and names <= _NUMBERS
    narrow = bool(names) and names <= _FEW | _NUMBERS
    return t.Parameter(one.arg, "plain", narrow, amount, expression(default) if default else None)


def _names(node: ast.expr) -> set[str]:
    """The types that an annotation names, without the wrappers around them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return _names(ast.parse(node.value, mode="eval").body)
        except (SyntaxError, ValueError):
            return {"?"}
    if isinstance(node, ast.Constant):
        return set()
    if isinstance(node, ast.Name):
        return {node.id}
    if isinstance(node, ast.Attribute):
        return {node.attr}
    if isinstance(node, ast.BinOp):
        return _names(node.left) | _names(node.right)
    if isinstance(node, ast.Subscript):
        return _subscript(node)
    return {"?"}


def _subscript(node: ast.Subscript) -> set[str]:
    base = _names(node.value)
    if not base & _WRAPPERS:
        return base
    inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    wanted = inner[:1] if "Annotated" in base else inner
    return {name for one in wanted for name in _names(one)}
