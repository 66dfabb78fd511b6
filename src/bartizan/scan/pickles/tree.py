"""Writes down what a pickle would do: one line for evidence, and the tree of its calls for an explanation."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.scan.pickles.values import Box, Call, Datum, Global, Persistent, Value

__all__ = ["call_tree", "one_line"]

_ITEMS = 6
"""Items of a container or a call that are written."""
_DEEP = 3
"""Levels of containers and calls inside each other that are written."""
_DEEPEST = 8
_WIDE = 60
"""Characters of one literal."""
_BRACKETS = {"list": "[]", "tuple": "()", "dict": "{}", "set": "{}", "frozenset": "{}"}


def one_line(value: Value, depth: int = 0) -> str:
    """Return a value as it would stand in Python, cut where it is long or deep."""
    if isinstance(value, Global):
        return value.path
    if depth > _DEEPEST:
        return "…"  # calls of what calls return, without end
    if isinstance(value, Call):
        return _call(value, depth)
    if isinstance(value, Box):
        return _box(value, depth)
    if isinstance(value, Persistent):
        return f"persistent({one_line(value.pid, depth + 1)})"
    if isinstance(value, Datum):
        return f"{_cut(repr(value.head))[:-1]}…" if value.head else f"<{value.kind}>"
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _WIDE else text[: _WIDE - 1] + "…"


def _call(value: Call, depth: int) -> str:
    name = one_line(value.func, depth + 1)
    if value.new:
        name += ".__new__"
    if depth >= _DEEP:
        return f"{name}(…)"
    args = value.args
    shown = [one_line(item, depth + 1) for item in args.items[:_ITEMS]] if isinstance(args, Box) else ["…"]
    if isinstance(args, Box) and args.count > len(shown):
        shown.append("…")
    if value.kwargs is not None:
        shown.append(f"**{one_line(value.kwargs, depth + 1)}")
    return f"{name}({', '.join(shown)})"


def _box(value: Box, depth: int) -> str:
    left, right = _BRACKETS[value.kind][0], _BRACKETS[value.kind][1]
    if depth >= _DEEP:
        return f"{left}…{right}"
    shown = [one_line(item, depth + 1) for item in value.items[:_ITEMS]]
    if value.kind == "dict":
        shown = [": ".join(shown[at : at + 2]) for at in range(0, len(shown), 2)]
    more = ["…"] if value.count > _ITEMS else []
    return f"{left}{', '.join(shown + more)}{right}"


def call_tree(calls: list[Call], most: int) -> list[str]:
    """Return the calls that no other call takes, what they take below them, and what is set on their results."""
    inner = {id(below) for call in calls for below in _below(call)}
    lines: list[str] = []
    for call in calls:
        if id(call) not in inner and len(lines) < most:
            lines += _lines(call, 0, set())
    return [*lines[:most], *(["…"] if len(lines) > most or len(calls) >= most else [])]


def _lines(call: Call, indent: int, seen: set[int]) -> Iterator[str]:
    if id(call) in seen or indent > 5:
        return
    seen.add(id(call))
    yield "  " * indent + _call(call, _DEEP - 1)
    for below in _below(call):
        yield from _lines(below, indent + 1, seen)
    for state in call.states[:2]:
        yield "  " * (indent + 1) + f"set {one_line(state, 1)}"


def _below(call: Call) -> Iterator[Call]:
    """Yield the calls that a call takes, or that are set on its result, directly or in containers."""
    todo: list[Value] = [call.func, call.args, call.kwargs, *call.states]
    for _ in range(500):
        if not todo:
            return
        value = todo.pop(0)
        if isinstance(value, Call):
            if value is not call:
                yield value
        elif isinstance(value, Box):
            todo += value.items
