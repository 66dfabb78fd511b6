"""Office documents are ZIP files of XML parts: one walk over them, and what to do with each part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import IO

from bartizan.scan.blocks import Block, Source, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.members import Budget, budget_of, clean_name, nested, summed
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.xmlstream import Handler, parsed
from bartizan.scan.readers.parts.ziplib import Entry, content, entries, refusal
from bartizan.scan.sources import seekable

__all__ = ["Part", "office_blocks", "xml_part"]

_MOST_PARTS = 50_000

Part = Callable[["Package", Entry], Iterator[Block | Unread] | None]
"""Reads a part of a document; None where the part is no matter of the format, but a file of its own."""


class Package:
    """An open document. Parts are charged to the budget of the file that it is in."""

    def __init__(self, file: IO[bytes], source: Source, budget: Budget) -> None:
        self.source = source
        self.budget = budget
        self.file = file
        found, self.whole = entries(file)
        self.parts: dict[str, Entry] = {}
        self.problem = ""
        try:
            for entry in found:
                self.parts.setdefault(entry.name.lstrip("/"), entry)
                if len(self.parts) > _MOST_PARTS:
                    self.problem = f"has more than {_MOST_PARTS:,} parts; the rest was not read"
                    break
        except Bad as bad:
            self.problem = str(bad)

    def content(self, entry: Entry) -> Iterator[bytes]:
        """Give a part's bytes. Raises Bad where they are damaged, encrypted or too many."""
        if reason := refusal(entry):
            raise Bad(reason)
        for chunk in content(self.file, entry):
            self.budget.bytes -= len(chunk)
            if self.budget.over:
                raise Bad(self.budget.over)
            yield chunk

    def small(self, name: str, most: int = 16 << 20) -> bytes:
        """Return a part that others depend on, empty where it is missing or damaged; the walk tells about damage."""
        entry = self.parts.get(name)
        data = b""
        if entry is not None:
            try:
                for chunk in self.content(entry):
                    data += chunk
                    if len(data) > most:
                        break
            except Bad:
                pass
        return data


def office_blocks(source: Source, part: Part) -> Iterator[Block | Unread]:
    """Give every part of a document: by `part`, or by the reader of its own format."""
    budget, _ = budget_of(source)
    with seekable(source) as file:
        package = Package(file, source, budget)
        if not package.whole:
            yield Unread("has no directory at its end, as a truncated file; parts were looked for one by one")
        yield from summed(_parts(package, part))
        if package.problem:
            yield Unread(package.problem)


def _parts(package: Package, part: Part) -> Iterator[Block | Unread]:
    for name, entry in package.parts.items():
        if package.budget.over:
            yield Unread(package.budget.over)
            return
        if entry.folder or not entry.size:
            continue
        try:
            blocks = part(package, entry)
            if blocks is not None:
                yield from blocks
                continue
        except Bad as bad:
            yield Unread(str(bad), clean_name(name)[0])
            continue
        if reason := refusal(entry):
            yield Unread(reason, clean_name(name)[0])
            continue
        # The budget is charged where the part is read.
        yield from nested(package.source, package.budget, name, partial(content, package.file, entry))


def xml_part(package: Package, entry: Entry, handler: Handler, records: Records) -> Iterator[Block | Unread]:
    """Read an XML part by a handler that fills `records`."""
    try:
        for _ in parsed(package.content(entry), handler):
            yield from records.taken_when_full()
    except Bad as bad:
        yield from records.take()
        yield Unread(str(bad), clean_name(entry.name)[0])
    yield from records.take()
