"""What a template costs: ranges, repetitions and powers that no chat needs, loops and macros without end."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from jinja2 import nodes

from bartizan.scan.templates.spotted import Spotted
from bartizan.scan.templates.values import Values

__all__ = ["costs"]

_MANY = 10_000_000
"""Rounds or characters; a context of a million tokens has fewer characters."""
_NESTED = 5
"""Loops over the same list inside each other."""
_WIDE = re.compile(r"%[-+ #0]*\d{8,}[a-z]|\{[^{}]{0,20}:[^{}]{0,3}\d{8,}[^{}]{0,3}\}")
_PADDING = frozenset({"center", "ljust", "rjust", "zfill", "indent", "batch", "lipsum"})


def costs(template: nodes.Template, values: Values) -> Iterator[Spotted]:
    """Yield what makes a template run very long or grow very large."""
    for node in template.find_all((nodes.Call, nodes.Mul, nodes.Pow, nodes.Filter, nodes.Const)):
        many = _large(node, values)
        if many:
            yield Spotted("template-exhausts", many, node.lineno)
    for macro in template.find_all(nodes.Macro):
        if any(_calls_itself(macro.name, statement) for statement in macro.body):
            yield Spotted("template-exhausts", f"macro `{macro.name}` calls itself without a condition", macro.lineno)
    yield from _loops(template, values)


def _large(node: nodes.Node, values: Values) -> str:
    match node:
        case nodes.Mul(left=left, right=right):
            for one, other in ((left, right), (right, left)):
                if _most(one, values) >= _MANY and not _numeric(other, values):
                    return "a text or list repeated very often"
        case nodes.Pow(right=right):
            if math.inf in values.of(node) or _most(right, values) > 64:
                return "a power with very many digits"
        case (
            nodes.Call(node=nodes.Name(name=name), args=arguments)
            | nodes.Call(node=nodes.Getattr(attr=name), args=arguments)
            | nodes.Filter(name=name, args=arguments)
        ):
            size = max((_most(argument, values) for argument in arguments), default=0)
            if size >= _MANY and (name == "range" or name in _PADDING):
                return f"`{name}` of {size:.3g}"
        case nodes.Const(value=str(text)) if _WIDE.search(text):
            return "a format of a very large width"
    return ""


def _numeric(node: nodes.Node, values: Values) -> bool:
    found = values.of(node)
    return isinstance(node, (nodes.Pow, nodes.Mul)) or (
        bool(found) and all(isinstance(one, (int, float)) for one in found)
    )


def _most(node: nodes.Node, values: Values) -> float:
    numbers = [value for value in values.of(node) if isinstance(value, (int, float)) and not isinstance(value, bool)]
    return max(numbers, default=0)


def _calls_itself(name: str, node: nodes.Node) -> bool:
    """Tell a call that no condition and no loop guards."""
    if isinstance(node, (nodes.If, nodes.For, nodes.CondExpr, nodes.And, nodes.Or)):
        return False
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == name:
        return True
    return any(_calls_itself(name, child) for child in node.iter_child_nodes())


def _loops(template: nodes.Template, values: Values) -> Iterator[Spotted]:
    """Yield loops inside loops: over constant ranges whose product is large, or many over one list."""
    todo: list[tuple[nodes.Node, float, tuple[str, ...]]] = [(template, 1.0, ())]
    while todo:
        node, rounds, names = todo.pop()
        if isinstance(node, nodes.For):
            rounds *= _rounds(node.iter, values)
            names = (*names, repr(node.iter))
            if rounds >= _MANY or names.count(names[-1]) >= _NESTED:
                yield Spotted("template-exhausts", "loops inside loops", node.lineno)
                continue
            doubled = _doubles(node)
            if doubled:
                yield Spotted("template-exhausts", f"`{doubled}` is doubled in a loop", node.lineno)
        todo += [(child, rounds, names) for child in node.iter_child_nodes()]


def _rounds(node: nodes.Node, values: Values) -> float:
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "range":
        return max([1.0, *(_most(argument, values) for argument in node.args)])
    return 1.0


def _doubles(loop: nodes.For) -> str:
    """Return the name that a loop sets to itself twice."""
    for assign in loop.find_all(nodes.Assign):
        if isinstance(assign.target, nodes.NSRef) and isinstance(assign.node, (nodes.Concat, nodes.Add, nodes.Mul)):
            target = (assign.target.name, assign.target.attr)
            same = [
                one
                for one in assign.node.find_all(nodes.Getattr)
                if isinstance(one.node, nodes.Name) and (one.node.name, one.attr) == target
            ]
            if len(same) > 1 and not any(assign.node.find_all(nodes.Sub)):
                return ".".join(target)
    return ""
