"""What expressions of a template come to, where it follows from the template alone: constants folded, names bound."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes

from bartizan.scan.artefacts.errors import LimitReached

__all__ = ["Values"]

_MOST = 24
"""Values that one expression may have, as of a loop variable."""
_LONGEST = 20_000
"""Characters or elements of a value."""
_STEPS = 4_000
_ALL_STEPS = 400_000
"""Expressions that are looked at for one, and in a whole template."""
_DEPTH = 40
_ERRORS = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, ZeroDivisionError)
_WIDE = re.compile(r"\d{4}|\*")
_BINARY: dict[type[nodes.Expr], Callable[[Any, Any], Any]] = {
    nodes.Add: operator.add, nodes.Sub: operator.sub, nodes.FloorDiv: operator.floordiv,
}  # fmt: skip
_METHODS = frozenset({
    "capitalize", "casefold", "format", "join", "lower", "lstrip", "replace", "rstrip", "split", "strip", "swapcase",
    "title", "upper", "removeprefix", "removesuffix", "encode", "decode",
})  # fmt: skip


class Values:
    """The values of one template's names and expressions. Holds no order: a name has all values it is ever set to."""

    def __init__(self, template: nodes.Template) -> None:
        self._bound: dict[str, list[nodes.Node]] = {}
        self._elements: dict[str, list[nodes.Node]] = {}
        self._kept: dict[int, list[Any]] = {}
        self._active: set[int] = set()
        self._steps = self._all_steps = 0
        macros = {macro.name: macro for macro in template.find_all(nodes.Macro)}
        for node in _walk(template):
            self._bind(node, macros)

    def _bind(self, node: nodes.Node, macros: dict[str, nodes.Macro]) -> None:
        match node:
            case nodes.Assign(target=target, node=value):
                self._assign(target, value)
            case nodes.AssignBlock(target=nodes.Name(name=name)):
                self._bound.setdefault(name, []).append(node)
            case nodes.With(targets=targets, values=values):
                for target, value in zip(targets, values, strict=False):
                    self._assign(target, value)
            case nodes.For(target=nodes.Name(name=name), iter=values):
                self._elements.setdefault(name, []).append(values)
            case nodes.Macro(args=parameters, defaults=defaults):
                for parameter, default in zip(reversed(parameters), reversed(defaults), strict=False):
                    self._assign(parameter, default)
            case nodes.Call(node=nodes.Name(name=name)) if name in macros:
                for parameter, argument in zip(macros[name].args, node.args, strict=False):
                    self._assign(parameter, argument)
                for word in node.kwargs:
                    self._bound.setdefault(word.key, []).append(word.value)
            case _:
                return

    def _assign(self, target: nodes.Node, value: nodes.Node) -> None:
        match target:
            case nodes.Name(name=name):
                self._bound.setdefault(name, []).append(value)
                if isinstance(value, nodes.Call) and isinstance(value.node, nodes.Name):
                    for word in value.kwargs:  # of `namespace(...)`
                        self._bound.setdefault(f"{name}.{word.key}", []).append(word.value)
            case nodes.NSRef(name=name, attr=attribute):
                self._bound.setdefault(f"{name}.{attribute}", []).append(value)
            case nodes.Tuple(items=targets) if isinstance(value, (nodes.Tuple, nodes.List)):
                for one, part in zip(targets, value.items, strict=False):
                    self._assign(one, part)
            case _:
                return

    def of(self, node: nodes.Node) -> list[Any]:
        """Return the values that an expression may have; none where they don't follow from the template.

        Raises LimitReached where a template is made to keep this busy.
        """
        if not self._active:
            self._steps = 0
        if id(node) in self._kept:
            return self._kept[id(node)]
        self._steps += 1
        self._all_steps += 1
        if self._all_steps > _ALL_STEPS:
            raise LimitReached("the template's values take too long to follow")
        if id(node) in self._active or len(self._active) > _DEPTH or self._steps > _STEPS:
            return []
        self._active.add(id(node))
        try:
            values = list(itertools.islice(_short(self._of(node)), _MOST))
        except _ERRORS:
            values = []
        finally:
            self._active.discard(id(node))
        if not self._active:
            self._kept[id(node)] = values
        return values

    def texts(self, node: nodes.Node) -> list[str]:
        """Return the texts among them."""
        return [value for value in self.of(node) if isinstance(value, str)]

    def bound(self, name: str) -> list[nodes.Node]:
        """Return what a name is set to."""
        return [*self._bound.get(name, []), *self._elements.get(name, [])]

    def _of(self, node: nodes.Node) -> Iterable[Any]:
        match node:
            case nodes.Const(value=value):
                return [value]
            case nodes.TemplateData(data=data):
                return [data]
            case nodes.Name(name=name):
                return self._name(name)
            case nodes.AssignBlock(body=body):
                return self._joined(body)
            case nodes.Output(nodes=parts) | nodes.Concat(nodes=parts):
                return self._joined(parts)
            case nodes.BinExpr():
                return self._binary(node)
            case nodes.Tuple(items=parts) | nodes.List(items=parts):
                return self._list(parts)
            case nodes.CondExpr(expr1=first, expr2=second):
                return [*self.of(first), *(self.of(second) if second is not None else [])]
            case nodes.Or(left=left, right=right):
                return [*self.of(left), *self.of(right)]
            case _:
                return self._applied(node)

    def _applied(self, node: nodes.Node) -> Iterable[Any]:
        match node:
            case nodes.Getitem(node=value, arg=index):
                return self._items(value, index)
            case nodes.Getattr(node=nodes.Name(name=name), attr=attribute):
                return [found for one in self._bound.get(f"{name}.{attribute}", []) for found in self.of(one)]
            case nodes.Filter():
                return self._filtered(node)
            case nodes.Call():
                return self._called(node)
            case nodes.Neg(node=value):
                return [-one for one in self.of(value)]
            case nodes.MarkSafe(expr=value) | nodes.MarkSafeIfAutoescape(expr=value):
                return self.of(value)
            case nodes.Dict(items=pairs):
                return [{key: pair.value for pair in pairs for key in self.of(pair.key)[:1]}]
        return []

    def _name(self, name: str) -> Iterator[Any]:
        for one in self._bound.get(name, []):
            if self._steps > _STEPS:
                return
            yield from self.of(one)
        for values in self._elements.get(name, []):
            for value in self.of(values):
                if isinstance(value, (list, tuple, str)):
                    yield from value

    def _joined(self, parts: list[nodes.Node] | list[nodes.Expr]) -> Iterator[str]:
        if len(parts) > 200:
            return
        for combined in itertools.product(*(self.of(part) for part in parts)):
            yield "".join(str(one) for one in combined)

    def _list(self, parts: list[nodes.Expr]) -> Iterator[list[Any]]:
        for combined in itertools.islice(itertools.product(*(self.of(part) for part in parts)), _MOST):
            yield list(combined)

    def _binary(self, node: nodes.BinExpr) -> Iterator[Any]:
        for left, right in itertools.product(self.of(node.left), self.of(node.right)):
            if isinstance(node, nodes.Mod):
                yield _formatted(left, right)
            elif isinstance(node, nodes.Mul):
                yield from _repeated(left, right)
            elif isinstance(node, nodes.Pow):
                yield left**right if abs(left) <= 1 << 16 and 0 <= right <= 64 else float("inf")
            elif type(node) in _BINARY:
                yield _BINARY[type(node)](left, right)

    def _items(self, value: nodes.Expr, index: nodes.Expr) -> Iterator[Any]:
        for one in self.of(value):
            if isinstance(index, nodes.Slice):
                ends = [self.of(end)[0] if end is not None else None for end in (index.start, index.stop, index.step)]
                yield one[slice(*ends)]
                continue
            for key in self.of(index):
                found = one[key]
                yield from self.of(found) if isinstance(found, nodes.Node) else [found]

    def _filtered(self, node: nodes.Filter) -> Iterator[Any]:
        if node.node is None:
            return
        arguments = [self.of(argument) for argument in node.args]
        for value in self.of(node.node):
            for chosen in itertools.product(*arguments):
                yield _filter(node.name, value, list(chosen))

    def _called(self, node: nodes.Call) -> Iterator[Any]:
        if isinstance(node.node, nodes.Name):
            words = [word.key for word in node.kwargs]
            if node.node.name == "dict" and words:
                yield words  # whose keys are what is wanted of it
            elif node.node.name == "joiner":
                yield from self.of(node.args[0]) if node.args else [", "]
            return
        if not isinstance(node.node, nodes.Getattr) or node.node.attr not in _METHODS:
            return
        arguments = [self.of(argument) for argument in node.args]
        for value in self.of(node.node.node):
            for chosen in itertools.product(*arguments):
                yield _method(value, node.node.attr, list(chosen))


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        todo += one.iter_child_nodes()


def _short(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if not isinstance(value, (str, bytes, list, tuple)) or len(value) <= _LONGEST:
            yield value


def _formatted(left: Any, right: Any) -> Any:
    if isinstance(left, str) and _WIDE.search(left):
        raise ValueError("too wide")
    return left % (tuple(right) if isinstance(right, list) and isinstance(left, str) else right)


def _repeated(left: Any, right: Any) -> Iterator[Any]:
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        yield left * right if max(abs(left), abs(right)) < 1 << 64 else float("inf")
    else:
        text, times = (left, right) if isinstance(right, int) else (right, left)
        if len(text) * times <= _LONGEST:
            yield text * times


def _method(value: Any, name: str, arguments: list[Any]) -> Any:
    if isinstance(value, bytes) and name == "decode":
        return value.decode("utf-8")
    if not isinstance(value, str):
        raise TypeError(name)
    if name == "format":
        if _WIDE.search(value) or re.search(r"\{[^}]*[.\[!:]", value):
            raise ValueError("reads attributes")
        return value.format(*arguments)
    if name == "encode":
        return value.encode()
    if name == "join":
        return value.join(str(one) for one in arguments[0])
    return getattr(value, name)(*arguments)


_FILTERS: dict[str, Callable[..., Any]] = {
    "join": lambda value, glue="": str(glue).join(str(one) for one in value),
    "format": lambda value, *rest: _formatted(value, tuple(rest)),
    "replace": lambda value, old, new: str(value).replace(str(old), str(new)),
    "first": lambda value: value[0], "last": lambda value: value[-1], "min": min, "max": max,
    "reverse": lambda value: value[::-1], "list": list, "unique": list, "sort": sorted, "int": int, "length": len,
    "count": len, "sum": lambda value: "".join(value) if value and isinstance(value[0], str) else sum(value),
    "trim": lambda value, *rest: str(value).strip(*rest), "string": str,
    "lower": lambda value: str(value).lower(), "upper": lambda value: str(value).upper(),
    "capitalize": lambda value: str(value).capitalize(), "title": lambda value: str(value).title(),
    **dict.fromkeys(("safe", "e", "escape", "default", "d", "forceescape"), lambda value, *_: value),
}  # fmt: skip


def _filter(name: str, value: Any, arguments: list[Any]) -> Any:
    """Apply a filter. Raises one of _ERRORS, KeyError for those that are not known here."""
    return _FILTERS[name](value, *arguments)
