"""Pins of one local server: those that somebody approved, or what it lists at its first use, taken as good and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from bartizan.guard.mcp.pins import (
    Approval,
    Change,
    Judged,
    Kind,
    Listing,
    Others,
    Pins,
    Reached,
    Watch,
    What,
    make_listing,
    pins_of,
    repinned,
    suspicions,
)
from bartizan.model.words import Level

__all__ = ["FirstUse", "Learned", "LearningWatch"]

_NOBODY = "nobody"
Learned = Callable[[Pins, Sequence[Change]], None]
"""Keeps pins that were made at a first use, and tells people what of it stays closed because it is suspicious."""


def _closes(found: Change) -> bool:
    """Tell whether nobody should use it unseen. An annotation that lies isn't believed anyway."""
    return found.severity.rank >= Level.HIGH.rank and found.what is not What.LIES


class FirstUse:
    """The pins of one server, as a gatekeeper asks for them.

    `pins` is None where nobody has approved anything; then what the server lists first is taken, unless `learned` is
    None. `clock` is seconds since 1970.
    """

    def __init__(
        self,
        server: str,
        reached: Reached,
        pins: Pins | None,
        others: Others,
        clock: Callable[[], float],
        learned: Learned | None,
    ) -> None:
        self._server, self._reached, self._pins, self._others = server, reached, pins, others
        self._clock, self._learned = clock, learned

    def watch(self, server: str) -> Watch | None:
        """Return a watch over the server's definitions, None where nothing was approved and nothing is learned."""
        if server != self._server:
            return None
        if self._pins is not None and (self._pins.status != "first-use" or self._learned is None):
            return Watch(self._pins, self._others)
        if self._learned is None:
            return None
        nothing = pins_of(server, self._reached, Listing(), self._approval())
        return LearningWatch(self._pins or nothing, self._others, self._approval, self._keep, fresh=self._pins is None)

    def first(self, server: str, kind: str, items: Sequence[dict[str, Any]], now: float) -> Watch | None:
        """Take nothing: its watch takes what there is to take."""
        del server, kind, items, now
        return None

    def _approval(self) -> Approval:
        at = datetime.fromtimestamp(int(self._clock()), UTC)
        return Approval(by=_NOBODY, at=f"{at:%Y-%m-%dT%H:%M:%SZ}", status="first-use")

    def _keep(self, pins: Pins, closed: Sequence[Change]) -> None:
        assert self._learned is not None
        self._pins = pins
        self._learned(pins, closed)


class LearningWatch(Watch):
    """Takes what a server lists of a kind of which nothing is pinned yet; from then on it is held to it.

    A definition that is suspicious in itself is left out: it stays closed until somebody approves it. A server that
    listed nothing of a kind so far has had no first use of it.
    """

    def __init__(
        self, pins: Pins, others: Others, approval: Callable[[], Approval], keep: Learned, *, fresh: bool
    ) -> None:
        super().__init__(pins, others)
        self._known_others, self._approval, self._keep, self._is_fresh = others, approval, keep, fresh

    def listed(self, kind: Kind, items: Sequence[Any], *, first: bool = True) -> list[Judged]:
        """Judge what the server lists, after it was pinned where it is the first of its kind."""
        if first and items and not self.pins.of(kind):
            listing = make_listing([(kind, item) for item in items])
            found = suspicions(listing, self._known_others)
            bad = [one for one in found if one.name and _closes(one)]
            keys = {(kind, one.name) for one in listing.definitions} - {(kind, one.name) for one in bad}
            self._learn(repinned(self.pins, listing, self._approval(), keys), bad)
        return super().listed(kind, items, first=first)

    def instructions(self, text: str) -> Judged:
        """Judge the server's instructions, after they were taken where it is the first time that it is used."""
        new = self._is_fresh and text and not self.pins.instructions
        if new and not any(map(_closes, suspicions(Listing(instructions=text)))):
            before = self.pins
            listing = msgspec.structs.replace(before.listing(), instructions=text)
            self._learn(pins_of(before.server, before.reached, listing, self._approval(), before=before), [])
        return super().instructions(text)

    def _learn(self, pins: Pins, closed: Sequence[Change]) -> None:
        judged = self._listed
        Watch.__init__(self, pins, self._known_others)
        self._listed = judged  # of other kinds, which may have drifted
        self._keep(pins, closed)
