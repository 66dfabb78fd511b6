"""What a gate asks about one server's definitions: when they are listed, and again when one of them is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from bartizan.guard.mcp.pins.change import Change, What, change
from bartizan.guard.mcp.pins.compare import compare_definitions, compare_instructions
from bartizan.guard.mcp.pins.definition import Definition, Kind, Unpinnable, canonical, define
from bartizan.guard.mcp.pins.document import Pins
from bartizan.guard.mcp.pins.suspicion import Others

__all__ = ["Judged", "State", "Watch"]

_REMEMBERED = 8192
_COMPARED = 1 << 20
"""Bytes of changed definitions for which it is worked out how they changed: a server may change them all, for ever."""


class State(StrEnum):
    """What a definition is, held against the pins."""

    PINNED = "pinned"
    DRIFTED = "drifted"
    UNKNOWN = "unknown"
    REFUSED = "refused"


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one definition: only what is `pinned` may be seen and called. `digest` is of what is listed."""

    state: State
    changes: tuple[Change, ...] = ()
    digest: str = ""

    @property
    def open(self) -> bool:
        """Whether it may be used."""
        return self.state is State.PINNED

    @property
    def reason(self) -> str:
        """Why it may not, in words without a text of the server's."""
        if self.state is State.DRIFTED:
            whats = list(dict.fromkeys(one.what.value for one in _worst_first(self.changes)))
            return f"it is no longer as it was approved ({', '.join(whats[:4])})"
        return _REASONS[self.state]


_REASONS = {
    State.PINNED: "",
    State.UNKNOWN: "nobody has approved it",
    State.REFUSED: "it was reviewed and refused",
}


def _worst_first(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda one: -one.severity.rank)


class Watch:
    """Holds what one server lists against its pins, for as long as one connection to it.

    A definition that was listed otherwise than it is pinned stays closed, until the server lists it as it was. One that
    is pinned and was not listed yet is taken by its name: that is all that a client without a list can go by.
    """

    def __init__(self, pins: Pins, others: Others | None = None) -> None:
        self.pins = pins
        self._others = others or Others()
        self._pinned: dict[tuple[Kind, str], Definition] = {(one.kind, one.name): one for one in pins.definitions()}
        self._refused = pins.refused()
        self._listed: dict[tuple[Kind, str], Judged] = {}
        self._known: dict[tuple[Kind, str, str], Judged] = {}
        self._left = _COMPARED

    def listed(self, kind: Kind, items: Sequence[Any], *, first: bool = True) -> list[Judged]:
        """Judge what the server lists, one for each item. `first` tells that a list begins, rather than goes on."""
        if first:
            self._listed = {key: one for key, one in self._listed.items() if key[0] is not kind}
        names = []
        for item in items:
            name, judged = self._judge(kind, item)
            before = self._listed.get((kind, name))
            if before is not None and before.digest != judged.digest:
                says = "is listed twice, and differently"
                twice = change(What.TWICE, says, thing=kind.words, name=name)
                judged = Judged(state=State.DRIFTED, changes=(twice,), digest="")
            self._listed[kind, name] = judged
            names.append(name)
        # Only now: the second of two that share a name closes the first.
        return [self._listed[kind, name] for name in names]

    def _judge(self, kind: Kind, item: Any) -> tuple[str, Judged]:
        """Return the name of an item, and what holds for it. What can't be reviewed has no name of its own."""
        try:
            one = define(kind, item)
        except Unpinnable as error:
            said = item.get(kind.key) if isinstance(item, dict) else None
            name = said if isinstance(said, str) else ""
            bad = change(What.UNPINNABLE, f"can't be reviewed: {error}", thing=kind.words, name=name)
            return name, Judged(state=State.DRIFTED if (kind, name) in self._pinned else State.UNKNOWN, changes=(bad,))
        known = self._known.get((kind, one.name, one.digest))
        if known is None:
            known = self._fresh(one)
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[kind, one.name, one.digest] = known
        return one.name, known

    def _fresh(self, one: Definition) -> Judged:
        key = one.kind, one.name
        if key in self._refused:
            return Judged(state=State.REFUSED, digest=one.digest)
        pinned = self._pinned.get(key)
        if pinned is None:
            return Judged(state=State.UNKNOWN, digest=one.digest)
        if pinned.digest == one.digest:
            return Judged(state=State.PINNED, digest=one.digest)
        self._left -= len(canonical(one.body))
        if self._left < 0:
            much = change(
                What.OTHER, "is not as it was, and too much is to say how", thing=one.kind.words, name=one.name
            )
            return Judged(state=State.DRIFTED, changes=(much,), digest=one.digest)
        changes = tuple(compare_definitions(pinned, one, self._others, (name for _, name in self._pinned)))
        return Judged(state=State.DRIFTED, changes=changes, digest=one.digest)

    def called(self, kind: Kind, name: str) -> Judged:
        """Judge what is about to be used by its name."""
        key = kind, name
        known = self._listed.get(key)
        if known is not None:
            return known
        if key in self._refused:
            return Judged(state=State.REFUSED)
        pinned = self._pinned.get(key)
        return Judged(state=State.UNKNOWN) if pinned is None else Judged(state=State.PINNED, digest=pinned.digest)

    def instructions(self, text: str) -> Judged:
        """Judge what the server says of itself as a whole, to be read by models."""
        changes = compare_instructions(self.pins.instructions, text)
        return Judged(state=State.DRIFTED if changes else State.PINNED, changes=tuple(changes))
