"""Expressions: what value each may have."""

from __future__ import annotations

import re
from itertools import product

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.calls import called
from bartizan.scan.taint.methods import element, from_outside, member
from bartizan.scan.taint.state import Frame, Run
from bartizan.scan.taint.values import HOLE, NOTHING, Box, Label, Value, constant, joined, labelled, text

__all__ = ["evaluate"]

_PATHS = 16
_NAMESPACE = re.compile(r"(?:^|\.)(?:globals|locals|vars|dir)\(\)$|__dict__$|^(?:globalThis|window|global)$")
_ITEMS = 96


def evaluate(run: Run, frame: Frame, node: t.Expression) -> Value:
    """Return the value of an expression."""
    return _KINDS[type(node)](run, frame, node)  # type: ignore[operator, no-any-return]


def _constant(_run: Run, _frame: Frame, node: t.Constant) -> Value:
    value = node.value
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bytes):
        return text(value.decode("latin-1"))
    return NOTHING if value is None else Value(numbers=frozenset({float(value) if abs(value) < 1e300 else 1e300}))


def _name(run: Run, frame: Frame, node: t.Name) -> Value:
    found = frame.find(node.name)
    return found if found is not None else from_outside(run, frame, node.name, node.line)


def _attribute(run: Run, frame: Frame, node: t.Attribute) -> Value:
    base = run.value(frame, node.base)
    value = member(run, frame, base, node.name, node)
    return NOTHING if node.name == "length" else value


def _index(run: Run, frame: Frame, node: t.Index) -> Value:
    base, key = run.value(frame, node.base), run.value(frame, node.key)
    value = element(base, key, node)
    if key.named("argument") and any(_NAMESPACE.search(one) for one in base.refs):
        return labelled(value, [Label("picked", one.name, one.line, one.cleared) for one in key.named("argument")])
    return value


def _plus(run: Run, frame: Frame, node: t.Plus) -> Value:
    left, right = run.value(frame, node.left), run.value(frame, node.right)
    if node.fill:
        return _filled(left, right)
    if left.boxes and right.boxes:
        return joined([left, right])
    texts: frozenset[str] = frozenset()
    if left.texts or right.texts:
        texts = _together([left, right])
    numbers = left.numbers | right.numbers if left.numbers and right.numbers else frozenset()
    both = left.labels | right.labels
    return labelled(Value(texts=texts, numbers=numbers, boxes=left.boxes + right.boxes), both)


def _filled(left: Value, right: Value) -> Value:
    """A text filled by `%`: every conversion becomes the value, or unknown."""
    from_parts = [one for box in right.boxes for one in box.fields.values()] or [right]
    out: set[str] = set()
    for pattern in left.texts:
        pieces = pattern.replace("%%", "%").split("%s")
        if len(pieces) == len(from_parts) + 1:
            parts = [text(pieces[0])]
            for value, piece in zip(from_parts, pieces[1:], strict=True):
                parts += [value, text(piece)]
            out |= _together(parts)
        else:
            out.add(HOLE.join(pieces))
    labels = left.labels.union(right.labels, *(one.labels for one in from_parts))
    return labelled(Value(texts=frozenset(out)), labels)


def _together(parts: list[Value]) -> frozenset[str]:
    """All texts that parts make, one after the other; too many become unknown."""
    choices = []
    for part in parts:
        texts = sorted(part.texts) or [_number(part)]
        choices.append(texts)
    total = 1
    for options in choices:
        total *= len(options)
    if total <= _PATHS:
        return frozenset("".join(chosen)[:2000] for chosen in product(*choices))
    one_each = [options if len(options) == 1 else [HOLE] for options in choices]
    out = {"".join(options[0] for options in one_each)[:2000]}
    for number, options in enumerate(choices):
        for one in options if len(options) > 1 else ():  # one part at a time, so that no text is lost
            out.add("".join(one if n == number else held[0] for n, held in enumerate(one_each))[:2000])
    return frozenset(sorted(out)[:24])


def _number(part: Value) -> str:
    if len(part.numbers) == 1:
        (one,) = part.numbers
        return str(int(one)) if one.is_integer() else str(one)
    return HOLE


def _text(run: Run, frame: Frame, node: t.Text) -> Value:
    parts = [run.value(frame, one) for one in node.parts]
    labels: frozenset[Label] = frozenset().union(*(one.labels for one in parts))
    return labelled(Value(texts=_together(parts) if parts else frozenset({""})), labels)


def _collection(run: Run, frame: Frame, node: t.Collection) -> Value:
    box = Box(mapping=node.mapping, line=node.line)
    for number, item in enumerate(node.items):
        value = run.value(frame, item)
        if number < _ITEMS:
            box.fields[str(number)] = value
        elif number < 2000:
            box.rest = joined([box.rest or NOTHING, value])
    for key_node, value_node in node.pairs[:2000]:
        value = run.value(frame, value_node)
        key = run.value(frame, key_node) if key_node is not None else None
        if key is None:
            for other in value.boxes:
                box.fields.update(other.fields)
            box.rest = joined([box.rest or NOTHING, value])
        elif key.known and len(box.fields) < 400:
            for name in key.texts:
                box.fields[name] = value
        else:
            box.rest = joined([box.rest or NOTHING, value, Value(labels=key.labels)])
    return Value(boxes=(box,))


def _compare(run: Run, frame: Frame, node: t.Compare) -> Value:
    left, right = run.value(frame, node.left), run.value(frame, node.right)
    if node.operator in ("in", "not in") and not _own(right):
        for label in left.named("argument"):
            if _limits(left, right):
                _cleared_here(frame, label.name, {"all"})
    if node.operator in ("in", "not in") and ".." in left.texts:
        for label in right.named("argument"):
            _cleared_here(frame, label.name, {"path"})
    if node.operator in ("<", ">", "<=", ">="):
        for label in (*left.labels, *right.labels):
            if label.kind in ("argument", "amount"):
                _cleared_here(frame, label.name, {"amount"})
    texts = frozenset(one for side in (left, right) for one in _constants(side))
    return Value(texts=frozenset(), labels=left.labels | right.labels | _told(texts, node))


def _told(texts: frozenset[str], node: t.Compare) -> frozenset[Label]:
    """Constants of a comparison, kept as labels for what stands under it."""
    return frozenset(Label("compared", f"{node.operator}\t{one}", node.line) for one in sorted(texts)[:8])


def _constants(value: Value) -> list[str]:
    found = [one for one in value.texts if constant(one)]
    for box in value.boxes:
        found += [one for part in box.fields.values() for one in part.texts if constant(one)]
    return found[:12]


def _own(value: Value) -> bool:
    """Whether a value is the caller's: membership in it limits nothing."""
    return bool(value.named("argument"))


def _limits(left: Value, right: Value) -> bool:
    """Whether membership limits what a value may be: in a collection of whole values, not in a longer text."""
    return not left.known and not (right.texts and not right.boxes)


def _cleared_here(frame: Frame, name: str, uses: set[str]) -> None:
    frame.checked[name] = frame.checked.get(name, frozenset()) | uses


def _mixed(run: Run, frame: Frame, node: t.Mixed) -> Value:
    parts = [run.value(frame, one) for one in node.parts]
    if node.choice:
        return joined(parts)
    labels: frozenset[Label] = frozenset().union(*(one.labels for one in parts)) if parts else frozenset()
    if node.amount:
        numbers = _product(parts) if node.grows else frozenset[float]()
        texts = _repeated(parts) if node.grows else frozenset[str]()
        out = labelled(Value(numbers=numbers, texts=texts), labels)
        if not node.grows:
            return out
        kind = "grown" if texts or any(one.boxes for one in parts) else "scaled"
        return labelled(out, [Label(kind, one.name, one.line) for one in labels if one.kind in ("amount", "scaled")])
    refs = frozenset(one for part in parts for one in part.refs)
    made = joined([Value(boxes=one.boxes, closures=one.closures) for one in parts])
    return labelled(Value(refs=refs, boxes=made.boxes, closures=made.closures), labels)


def _product(parts: list[Value]) -> frozenset[float]:
    if all(len(one.numbers) == 1 for one in parts) and parts:
        out = 1.0
        for one in parts:
            out *= next(iter(one.numbers))
        return frozenset({out})
    return frozenset()


def _repeated(parts: list[Value]) -> frozenset[str]:
    return frozenset(one for part in parts for one in part.texts)


def _function(run: Run, frame: Frame, node: t.Function) -> Value:
    return run.made(node, frame)


_KINDS = {
    t.Constant: _constant,
    t.Name: _name,
    t.Attribute: _attribute,
    t.Index: _index,
    t.Call: called,
    t.Plus: _plus,
    t.Text: _text,
    t.Collection: _collection,
    t.Compare: _compare,
    t.Mixed: _mixed,
    t.Function: _function,
}
