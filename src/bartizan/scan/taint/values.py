"""What the engine knows of a value: texts it may be, where it comes from, what it refers to, what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bartizan.scan.taint import tree as t

__all__ = [
    "ARGUMENT",
    "HOLE",
    "NOTHING",
    "Box",
    "Closure",
    "Label",
    "Value",
    "cleared",
    "constant",
    "joined",
    "labelled",
    "text",
    "without",
]

HOLE = "\0"
"""Stands for an unknown part of a text."""

ARGUMENT = "\1"
"""Stands for a part of a text that an argument of a tool is, as far as is known."""

_TEXTS = 32
_LENGTH = 2000
_LABELS = 48


@dataclass(frozen=True, slots=True)
class Label:
    """Where a value comes from: `kind` and a name. `cleared` are the uses that a check or an encoding made safe."""

    kind: str
    name: str = ""
    line: int = 0
    cleared: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Box:
    """An object that changes: a collection, an instance, a class. `fields` by name or position, `rest` for the others.

    `methods` of a class are its functions; `kind` is the class of an instance. `whole` says that it is only what is
    written: no value of another origin stands for it.
    """

    fields: dict[str, Value] = field(default_factory=dict)
    rest: Value | None = None
    kind: Box | None = None
    name: str = ""
    bases: list[Box] = field(default_factory=list)
    mapping: bool = False
    line: int = 0


@dataclass(slots=True, eq=False)
class Closure:
    """A function with the names around it; `bound` is the object that a method belongs to."""

    function: t.Function
    around: object
    bound: Value | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """All that a value may be. Texts hold `HOLE` for unknown parts; `refs` are dotted names from outside."""

    texts: frozenset[str] = frozenset()
    labels: frozenset[Label] = frozenset()
    refs: frozenset[str] = frozenset()
    numbers: frozenset[float] = frozenset()
    boxes: tuple[Box, ...] = ()
    closures: tuple[Closure, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it is constant text."""
        return bool(self.texts) and all(map(constant, self.texts))

    def named(self, kind: str) -> list[Label]:
        """Labels of a kind."""
        return [one for one in self.labels if one.kind == kind]


NOTHING = Value()


def constant(text: str) -> bool:
    """Tell whether no part of a text is unknown."""
    return HOLE not in text and ARGUMENT not in text


def text(*texts: str) -> Value:
    """A constant text."""
    return Value(texts=frozenset(one[:_LENGTH] for one in texts[:_TEXTS]))


def labelled(value: Value, labels: Iterable[Label]) -> Value:
    """The value with labels added."""
    more = frozenset(labels)
    if more <= value.labels:
        return value
    return Value(
        value.texts, _few(value.labels | more), value.refs, value.numbers, value.boxes, value.closures
    )  # fmt: skip


def cleared(value: Value, uses: Iterable[str]) -> Value:
    """The value made safe for some uses."""
    more = frozenset(uses)
    labels = frozenset(Label(one.kind, one.name, one.line, one.cleared | more) for one in value.labels)
    return Value(value.texts, labels, value.refs, value.numbers, value.boxes, value.closures)


def without(value: Value, kind: str) -> Value:
    """The value less its labels of a kind."""
    if not value.named(kind):
        return value
    labels = frozenset(one for one in value.labels if one.kind != kind)
    return Value(value.texts, labels, value.refs, value.numbers, value.boxes, value.closures)


def joined(values: Iterable[Value]) -> Value:
    """A value that is one of these."""
    held = [one for one in values if one is not NOTHING]
    if len(held) < 2:
        return held[0] if held else NOTHING
    texts: set[str] = set()
    labels: set[Label] = set()
    refs: set[str] = set()
    numbers: set[float] = set()
    boxes: dict[int, Box] = {}
    closures: dict[int, Closure] = {}
    for one in held:
        texts |= one.texts
        labels |= one.labels
        refs |= one.refs
        numbers |= one.numbers
        boxes.update((id(box), box) for box in one.boxes)
        closures.update((id(made), made) for made in one.closures)
    return Value(
        frozenset(sorted(texts)[:_TEXTS]) if len(texts) > _TEXTS else frozenset(texts),
        _few(frozenset(labels)),
        frozenset(sorted(refs)[:_TEXTS]),
        frozenset(sorted(numbers)[:_TEXTS]),
        tuple(boxes.values())[:12],
        tuple(closures.values())[:12],
    )


def _few(labels: frozenset[Label]) -> frozenset[Label]:
    if len(labels) <= _LABELS:
        return labels
    return frozenset(sorted(labels, key=lambda one: (one.kind, one.name, one.line, sorted(one.cleared)))[:_LABELS])
