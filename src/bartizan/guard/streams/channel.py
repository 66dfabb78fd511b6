"""One text of a streamed answer, such as what a choice says or a tool call's arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

__all__ = ["Change", "Channel", "Piecewise", "Scan"]


class Change(NamedTuple):
    """What takes the place of a part of a text: offsets in characters, and the new text."""

    start: int
    end: int
    text: str


class Scan(NamedTuple):
    """Text that later pieces can't change any more: how many characters, and what to change in them."""

    size: int
    changes: Sequence[Change]


class Piecewise(Protocol):
    """Inspects one text in pieces. Raises Blocked when what stands in it may not pass."""

    def feed(self, piece: str) -> Scan:
        """Take a piece, and say what is decided; offsets count from the end of what was decided before."""

    def end(self) -> Scan:
        """Say that there is no more."""


_TAIL = 128
"""Characters of a text that are looked at once more when it goes on after it seemed to have ended."""


class Channel:
    """The pieces of one text, what of it is decided, and what has to be changed in it.

    `after` is what this goes on from: a value that began there is seen, and what is left of it changed.
    """

    def __init__(self, inspect: Piecewise, after: Channel | None = None) -> None:
        self._inspect = inspect
        self._joint: Piecewise | None = None
        self._joint_clear = 0
        self.size = 0
        """Characters that have arrived."""
        self._clear = 0
        self.changes: list[Change] = []
        self._told = 0
        """Changes that lie wholly before every event that is still held."""
        self._came: list[str] = []
        self._out: list[str] = []
        self.ended = False
        self.fed = 0
        """The event that fed it last."""
        self._tail = ""
        if after is not None:
            self.changes = [Change(one.start - after.size, one.end - after.size, one.text) for one in after.changes]
            self._came, self._out, self._tail = after._came, after._out, after._tail
            self._clear = -len(self._tail)
            self._take(inspect.feed(self._tail))

    @property
    def clear(self) -> int:
        """Characters that are decided."""
        return self._clear if self._joint is None else min(self._clear, self._joint_clear)

    @property
    def tail(self) -> str:
        """The end of the text so far."""
        return self._tail

    def join(self, inspect: Piecewise, before: str) -> None:
        """Look at the beginning once more, as if it went on from another text: a value may go over."""
        self._joint, self._joint_clear = inspect, -len(before)
        self._take_joint(inspect.feed(before))

    def feed(self, text: str) -> tuple[int, int]:
        """Take the next piece, and return where it stands in the whole."""
        start = self.size
        self.size += len(text)
        self._came.append(text)
        self._tail = (self._tail + text)[-_TAIL:]
        self._take(self._inspect.feed(text))
        if self._joint is not None:
            self._take_joint(self._joint.feed(text))
        return start, self.size

    def finish(self) -> None:
        """Decide the rest."""
        if not self.ended:
            self.ended = True
            self._take(self._inspect.end())
            if self._joint is not None:
                self._take_joint(self._joint.end())
                self._joint = None

    def _take(self, scan: Scan) -> None:
        size, changes = scan
        if changes:
            base = self._clear
            self.changes += [Change(base + one.start, base + one.end, one.text) for one in changes]
        self._clear += size

    def _take_joint(self, scan: Scan) -> None:
        """Take what goes over from the other text; once what is decided begins in this one, there is no more of it."""
        base = self._joint_clear
        for one in scan.changes:
            if base + one.start < 0 < base + one.end:
                self.changes.insert(0, Change(base + one.start, base + one.end, one.text))
        self._joint_clear += scan.size
        if self._joint_clear > 0:
            self._joint = None

    def rewritten(self, start: int, end: int, text: str) -> str:
        """Return a decided piece with the changes that touch it; a change's new text stands where its old one began."""
        if self._told == len(self.changes):
            self._out.append(text)
            return text
        while self._told < len(self.changes) and self.changes[self._told].end <= start:
            self._told += 1
        out, at = [], start
        for change in self.changes[self._told :]:
            if change.start >= end:
                break
            if change.start >= at:
                out.append(text[at - start : change.start - start])
            if change.start >= start:
                out.append(change.text)
            at = max(at, min(change.end, end))
        out.append(text[at - start :])
        made = "".join(out)
        self._out.append(made)
        return made

    def whole(self, text: str) -> str | None:
        """Return what was let go in place of the whole text; None when `text` is not what arrived in pieces."""
        return "".join(self._out) if text == "".join(self._came) else None


Open = Callable[[str, str, bool], Piecewise]
"""Opens the inspection of a channel: its name, its origin, and whether it is JSON in a string."""
