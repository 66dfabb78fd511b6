"""7z archives: each member by its own reader. Unpacked by the standard library, which does all but PPMd and BCJ2."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.members import Budget, Member, Rewinding, budget_of, clean_name, nested, summed
from bartizan.scan.readers.parts.sevenzip_header import Folder, Item, directory
from bartizan.scan.readers.parts.sevenzip_unpack import DAMAGED, refusal, unpacked
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.window import stretch
from bartizan.scan.sources import seekable

__all__ = ["READER"]


class SevenZipReader(Whole):
    """Members in the order of the archive."""

    name = "7z archive"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"7z\xbc\xaf\x27\x1c") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What the members' readers give."""
        budget, _ = budget_of(source)
        with seekable(source) as file:
            try:
                folders, items = directory(file, partial(unpacked, file))
            except Bad as bad:
                yield Unread(str(bad))
                return
            yield from summed(_members(source, file, folders, items, budget))
            if budget.over:
                yield Unread(budget.over)


def _members(
    source: Source, file: IO[bytes], folders: list[Folder], items: list[Item], budget: Budget
) -> Iterator[Block | Unread]:
    number, stream = -1, Rewinding(lambda: iter(()))
    for item in items:
        if budget.over:
            return
        if item.folder < 0:
            continue
        if reason := refusal(folders[item.folder]):
            yield Unread(reason, clean_name(item.name)[0])
            continue
        if item.folder != number:
            number = item.folder
            stream = Rewinding(partial(_whole, file, folders[number]))
        yield from nested(source, budget, item.name, partial(_content, stream, item), size=item.size)


def _content(stream: Rewinding, item: Item, member: Member) -> Iterator[bytes]:
    size = 0
    for piece in stretch(stream, item.offset, item.size):  # type: ignore[arg-type]
        size += len(piece)
        yield piece
    if size < item.size:
        member.problem = DAMAGED


def _whole(file: IO[bytes], folder: Folder) -> Iterator[bytes]:
    """A folder's content as far as it can be unpacked; members that are cut short tell about it."""
    try:
        yield from unpacked(file, folder)
    except Bad:
        return


READER = SevenZipReader()
