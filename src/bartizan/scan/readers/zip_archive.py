"""ZIP archives: each member by its own reader."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import IO

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.members import Budget, budget_of, clean_name, nested, summed
from bartizan.scan.readers.parts.window import Window
from bartizan.scan.readers.parts.ziplib import Entry, begins, content, entries, refusal
from bartizan.scan.sources import seekable

__all__ = ["READER"]


class ZipReader:
    """Members in the order of the directory; encrypted and damaged ones are told, the others read."""

    name = "ZIP archive"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number, or by name for archives with something before them. Office files know better."""
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK")):
            return 2
        return 1 if name.endswith((".zip", ".jar", ".whl", ".apk")) and b"\x00" in head else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Ranges of members of about `target` bytes unpacked; `start` and `stop` are their numbers."""
        units: list[Unit] = []
        start, size, number = 0, 0, 0
        try:
            with seekable(source) as file:
                for number, entry in enumerate(entries(file)[0], 1):
                    size += max(0, entry.size)
                    if size >= target > 0:
                        units.append(Unit(start, number))
                        start, size = number, 0
        except Bad:
            return [Unit()]
        # The last one goes on to the end, whatever that is, and tells about a directory that is missing.
        return [*units, Unit(start, -1)] if number > start or not units else [*units[:-1], Unit(units[-1].start, -1)]

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """What the members' readers give."""
        budget, _ = budget_of(source)
        with seekable(source) as file:
            yield from summed(self._members(source, file, unit, budget))
            if budget.over:
                yield Unread(budget.over)

    def _members(self, source: Source, file: IO[bytes], unit: Unit, budget: Budget) -> Iterator[Block | Unread]:
        found, whole = entries(file)
        if not whole and unit.stop < 0:
            yield Unread("has no directory at its end, as a truncated ZIP file; members were looked for one by one")
        try:
            for entry in islice(found, unit.start, None if unit.stop < 0 else unit.stop):
                if budget.over:
                    return
                if not entry.folder:
                    yield from _member(source, file, entry, budget)
        except Bad as bad:
            yield Unread(str(bad))


def _member(source: Source, file: IO[bytes], entry: Entry, budget: Budget) -> Iterator[Block | Unread]:
    if reason := refusal(entry):
        yield Unread(reason, clean_name(entry.name)[0])
        return
    if entry.method == 0 and entry.size == entry.packed:
        try:
            start = begins(file, entry)
        except Bad as bad:
            yield Unread(str(bad), clean_name(entry.name)[0])
            return
        opener = partial(Window, file, start, entry.size)
        yield from nested(source, budget, entry.name, opener=opener, size=entry.size)  # type: ignore[arg-type]
        return
    yield from nested(source, budget, entry.name, lambda member: content(file, entry, member), size=entry.size)


READER = ZipReader()
