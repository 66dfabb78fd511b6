"""Parts of values, and the methods of texts and collections that every language has."""

from __future__ import annotations

import re
from collections.abc import Callable

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.state import Frame, Run
from bartizan.scan.taint.values import (
    ARGUMENT,
    HOLE,
    NOTHING,
    Box,
    Closure,
    Label,
    Value,
    constant,
    joined,
    labelled,
    without,
)

__all__ = ["all_parts", "built_in", "element", "everything", "from_outside", "inherited", "member"]

_HELD = 200
"""Collections that are looked into."""


def all_parts(value: Value) -> Value:
    """What a collection holds, as one value."""
    parts = [Value(texts=frozenset({ARGUMENT}) if ARGUMENT in value.texts else frozenset(), labels=value.labels)]
    for box in value.boxes:
        parts += box.fields.values()
        if box.rest is not None:
            parts.append(box.rest)
    return joined(parts)


def everything(value: Value) -> Value:
    """A value with all that it holds, inside too: what leaves when it is sent. Classes and modules are passed over."""
    if not value.boxes:
        return value
    found = [value]
    seen: set[int] = set()
    stack = [(box, 0) for box in value.boxes]
    while stack and len(seen) < _HELD:
        box, depth = stack.pop()
        if id(box) in seen or (box.name and box.kind is None):
            continue
        seen.add(id(box))
        held = [*box.fields.values(), *([box.rest] if box.rest is not None else [])]
        found += [Value(one.texts, one.labels, one.refs, one.numbers) if one.boxes else one for one in held]
        if box.mapping:
            found.append(Value(texts=frozenset(list(box.fields)[:12])))
        if depth < (1 if box.kind is not None else 4):
            stack += [(inner, depth + 1) for one in held for inner in one.boxes]
    return joined(found)


def inherited(box: Box, name: str, depth: int = 0) -> Value | None:
    """A part of an object: its own, its class's, or of what that inherits from."""
    found = box.fields.get(name)
    if found is not None or depth > 6:
        return found
    for other in ([box.kind] if box.kind else []) + box.bases:
        found = inherited(other, name, depth + 1)
        if found is not None:
            return found
    return None


def member(run: Run, frame: Frame, base: Value, name: str, node: t.Attribute) -> Value:
    """A part of an object by its name."""
    out: list[Value] = []
    for box in base.boxes:
        found = inherited(box, name)
        if found is not None:
            out.append(_bound(found, box))
        elif box.rest is not None:
            out.append(without(box.rest, "environment"))  # one of them, by its name
    for ref in base.refs:
        out.append(from_outside(run, frame, f"{ref}.{name}", node.line))
    if not out or base.labels:
        out.append(_narrowed(base, name))
    return joined(out)


def _narrowed(base: Value, name: str) -> Value:
    """A part of something unknown: of the same origin. A setting of the environment is named."""
    labels = frozenset(
        Label("setting", name, one.line) if one.kind == "environment" else _part(one, [name]) for one in base.labels
    )
    return Value(texts=_hole(base) if ARGUMENT in base.texts else frozenset(), labels=labels)


def from_outside(run: Run, frame: Frame, name: str, line: int) -> Value:
    """What a dotted name from outside the file stands for: another module's, or a source's."""
    outside = run.outside(name, frame.file)
    if outside is not None:
        return outside
    labels = [Label(flow.gives, name, line) for flow, _ in run.operations.read(name) if flow.role == "source"]
    return labelled(Value(refs=frozenset({name})), labels)


def _bound(value: Value, box: Box) -> Value:
    """Methods found through an instance belong to it."""
    if not value.closures or box.kind is None:
        return value
    closures = tuple(
        one if one.bound is not None or one.function.plain or not one.function.owner
        else Closure(one.function, one.around, Value(boxes=(box,)))
        for one in value.closures
    )  # fmt: skip
    return Value(value.texts, value.labels, value.refs, value.numbers, value.boxes, closures)


def element(base: Value, key: Value, node: t.Index) -> Value:
    """A part of a collection by its key."""
    names = [one for one in key.texts if constant(one)] or [str(int(one)) for one in key.numbers]
    out: list[Value] = []
    for box in base.boxes:
        if names and all(one in box.fields for one in names):
            out += [box.fields[one] for one in names]
        else:
            out += [*(box.fields.values() if not names or not box.mapping else ()), box.rest or NOTHING]
    if base.refs or base.labels:
        setting = names[0] if names else "?"
        labels = frozenset(
            Label("setting", setting, node.line) if one.kind == "environment" else _part(one, names)
            for one in base.labels
        )
        out.append(Value(labels=labels, refs=frozenset(f"{one}[]" for one in base.refs)))
    if base.texts:
        out.append(Value(texts=_hole(base)))
    return joined(out)


def _hole(base: Value) -> frozenset[str]:
    """The text of a part of something: a part of an argument is one."""
    return frozenset({ARGUMENT if ARGUMENT in base.texts else HOLE})


def _part(label: Label, names: list[str]) -> Label:
    """A named part of all arguments of a handler is an argument of its own."""
    if label.kind == "argument" and label.name in _ALL_ARGUMENTS and names:
        return Label("argument", names[0], label.line, label.cleared)
    return label


_ALL_ARGUMENTS = frozenset({"arguments", "args", "params", "request"})
_QUOTES = frozenset({"'", '"', "`", "\\"})


# Methods that texts and collections have in any language. Each gets the object and its arguments.

_Method = Callable[[Value, list[Value]], Value]


def _same(base: Value, _arguments: list[Value]) -> Value:
    return base


def _parts(base: Value, _arguments: list[Value]) -> Value:
    return all_parts(base)


def _changed(change: Callable[[str], str]) -> _Method:
    def method(base: Value, _arguments: list[Value]) -> Value:
        texts = frozenset(change(one) for one in base.texts)
        return Value(texts, base.labels, base.refs, base.numbers, base.boxes)

    return method


def _split(base: Value, arguments: list[Value]) -> Value:
    separators = next((one.texts for one in arguments[:1]), frozenset[str]()) or {" "}
    pieces = [piece for one in base.texts for by in separators for piece in one.split(by or None)]
    fields = {str(n): labelled(Value(texts=frozenset({piece})), base.labels) for n, piece in enumerate(pieces[:64])}
    rest = Value(labels=base.labels) if not pieces else None
    return Value(boxes=(Box(fields=fields, rest=rest),), labels=base.labels)


def _replaced(base: Value, arguments: list[Value]) -> Value:
    labels = base.labels.union(*(one.labels for one in arguments[1:2])) if arguments else base.labels
    if len(arguments) > 1 and len(arguments[0].texts) == 1:
        (old,) = arguments[0].texts
        new = next(iter(sorted(arguments[1].texts)), HOLE)
        if old in _QUOTES and new != old:
            labels = frozenset(Label(one.kind, one.name, one.line, one.cleared | {"query", "markup"}) for one in labels)
        return Value(frozenset(one.replace(old, new)[:2000] for one in base.texts), labels)
    return Value(base.texts, labels)


def _joined_texts(base: Value, arguments: list[Value]) -> Value:
    """`separator.join(parts)`, or `parts.join(separator)`."""
    held, by = (base, arguments[0]) if base.boxes and arguments else (arguments[0] if arguments else NOTHING, base)
    separator = next(iter(sorted(by.texts)), ",")
    inner = everything(held)
    texts = set()
    for box in held.boxes:
        parts = [sorted(one.texts)[0] if one.texts else HOLE for one in box.fields.values()]
        parts += [HOLE] if box.rest is not None else []
        texts.add(separator.join(parts)[:2000])
        texts.update(sorted(inner.texts)[:8])
    return Value(frozenset(texts), inner.labels | base.labels)


def _formatted(base: Value, arguments: list[Value]) -> Value:
    inner = joined([everything(one) for one in arguments])
    texts = frozenset(re.sub(r"\{[^{}]*\}|\$\w+|\$\{\w+\}", HOLE, one) for one in base.texts)
    return Value(texts, base.labels | inner.labels)


def _added(base: Value, arguments: list[Value]) -> Value:
    for box in base.boxes:
        for value in arguments:
            if len(box.fields) < 96 and not box.mapping and not box.kind:
                box.fields[str(len(box.fields))] = value
            else:
                box.rest = joined([box.rest or NOTHING, value])
    return base


def _spread(base: Value, arguments: list[Value]) -> Value:
    for box in base.boxes:
        for value in arguments:
            for other in value.boxes:
                if box.mapping:
                    box.fields.update({k: v for k, v in other.fields.items() if len(box.fields) < 400})
                else:
                    box.rest = joined([box.rest or NOTHING, all_parts(value)])
            if value.labels:
                box.rest = joined([box.rest or NOTHING, Value(labels=value.labels)])
    return base


def _got(base: Value, arguments: list[Value]) -> Value:
    names = sorted(arguments[0].texts) if arguments else []
    default = arguments[1] if len(arguments) > 1 else NOTHING
    out = [default]
    for box in base.boxes:
        if names and all(one in box.fields for one in names):
            out += [box.fields[one] for one in names]
        elif not box.mapping or not names:
            out += [*box.fields.values(), box.rest or NOTHING]
        else:
            out.append(box.rest or NOTHING)
    setting = names[0] if names else "?"
    labels = frozenset(
        Label("setting", setting, one.line) if one.kind == "environment" else _part(one, names) for one in base.labels
    )
    if ARGUMENT in base.texts:
        out.append(Value(texts=frozenset({ARGUMENT})))
    return labelled(joined(out), labels)


def _put(base: Value, arguments: list[Value]) -> Value:
    if len(arguments) > 1:
        for box in base.boxes:
            for name in arguments[0].texts:
                box.fields[name] = joined([box.fields.get(name, NOTHING), arguments[1]])
    return base


def _pairs(base: Value, _arguments: list[Value]) -> Value:
    """Each key with its value, one pair after the other."""
    out = Box()
    for box in base.boxes:
        for key, value in list(box.fields.items())[:96]:
            pair = Box(fields={"0": Value(texts=frozenset({key})), "1": value})
            out.fields[str(len(out.fields))] = Value(boxes=(pair,))
        if box.rest is not None:
            out.rest = joined([out.rest or NOTHING, box.rest])
    return Value(boxes=(out,), labels=base.labels)


def _keys(base: Value, _arguments: list[Value]) -> Value:
    names = [key for box in base.boxes for key in box.fields]
    return Value(boxes=(Box(fields={str(n): Value(texts=frozenset({one})) for n, one in enumerate(names[:96])}),),
                 labels=base.labels)  # fmt: skip


_METHODS: dict[str, _Method] = {
    **dict.fromkeys(
        ("strip", "lstrip", "rstrip", "trim", "copy", "encode", "decode", "toString", "slice", "sort", "reverse",
         "sorted", "title", "format_map", "expanduser", "resolve", "absolute", "as_posix", "trimEnd", "trimStart",
         "concat", "subscribe", "rename", "substring", "flat", "reversed", "filter", "hexdigest", "normalize"),
        _same,
    ),
    **dict.fromkeys(("values", "pop", "popitem", "find", "at", "shift"), _parts),
    **dict.fromkeys(("items", "entries"), _pairs),
    "keys": _keys,
    "lower": _changed(str.lower), "toLowerCase": _changed(str.lower), "casefold": _changed(str.lower),
    "upper": _changed(str.upper), "toUpperCase": _changed(str.upper),
    "split": _split, "splitlines": _split, "rsplit": _split,
    "replace": _replaced, "replaceAll": _replaced,
    "join": _joined_texts, "format": _formatted, "substitute": _formatted, "safe_substitute": _formatted,
    "append": _added, "add": _added, "push": _added, "insert": _added, "appendleft": _added, "unshift": _added,
    "extend": _spread, "update": _spread,
    "get": _got, "setdefault": _got, "getItem": _got,
    "set": _put,
}  # fmt: skip


def built_in(base: Value, name: str, arguments: list[Value]) -> Value | None:
    """What a usual method of a text or a collection gives, or nothing where it is none of them."""
    method = _METHODS.get(name)
    if method is None or not (base.texts or base.boxes or base.labels):
        return None
    return method(base, arguments)
