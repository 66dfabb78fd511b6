"""Texts of an event of a stream, found by the same walk as those of a whole answer."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Exchange, Kind, Origin, Piece, Slot, SlotKind
from bartizan.guard.exchange.piece import Where, pointer
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.streams.sse import StreamError

__all__ = ["EventReader"]

_SEPARATOR = "\n\x1e\n"


class EventReader(Reader):
    """Reads a part of an event. A text's channel is the path that it has in the whole answer."""

    def __init__(self) -> None:
        super().__init__(Exchange("event", b"", None), answer=True)
        self._sources: set[int] = set()

    def inner(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take JSON in a string as the string that it is: its pieces come one by one."""
        if type(holder[key]) is str:
            self._sources.add(len(self._pieces))
        self.text(holder, key, origin, role, where)

    def slots(self, kind: SlotKind, growing: frozenset[str] | None = None) -> list[Slot]:
        """Return what was read. With `growing`, only members of these names are of that kind, and others alone."""
        out: list[Slot] = []
        for number, piece in enumerate(self._pieces):
            if not piece.text:
                continue
            if piece.kind is not Kind.TEXT:
                out.append(Slot(SlotKind.ALONE, "", _View(piece), "", piece.origin))
                continue
            shadows = tuple(
                (holder, key) for first, last, holder, key in self.exchange.shadows if first <= number < last
            )
            own = kind if growing is None or piece.key in growing else SlotKind.ALONE
            source = number in self._sources
            channel = pointer((piece.where, piece.key))
            out.append(Slot(own, channel, piece.holder, piece.key, piece.origin, source, shadows))
        return out

    def joined(self) -> list[Slot]:
        """Return what was read as one text, for what is read for safety's sake only, as a request said back."""
        pieces = [piece for piece in self._pieces if piece.text]
        if not pieces:
            return []
        return [Slot(SlotKind.ALONE, "", _Joined(pieces), "", Origin.MODEL)]


class _View:
    """A number or a name of a member as if it were a text in a place of its own."""

    def __init__(self, piece: Piece) -> None:
        self._piece = piece

    def __getitem__(self, _: str) -> str:
        return self._piece.text

    def __setitem__(self, _: str, text: str) -> None:
        if self._piece.kind is Kind.KEY:  # its value may wait in a channel, and would not be found again
            raise StreamError("the name of a member holds what may not pass")
        self._piece.replace(text)


class _Joined:
    """Several texts as if they were one."""

    def __init__(self, pieces: list[Piece]) -> None:
        # Names last: replacing one makes the place of its value another.
        self._pieces = [piece for piece in pieces if piece.kind is not Kind.KEY]
        self._pieces += [piece for piece in pieces if piece.kind is Kind.KEY]

    def __getitem__(self, _: str) -> str:
        return _SEPARATOR.join(piece.text for piece in self._pieces)

    def __setitem__(self, _: str, text: str) -> None:
        parts = text.split(_SEPARATOR)
        if len(parts) != len(self._pieces):  # what was changed reaches over two: none of them is sure any more
            parts = [""] * len(self._pieces)
        for piece, part in zip(self._pieces, parts, strict=True):
            if piece.text != part:
                piece.replace(part)
