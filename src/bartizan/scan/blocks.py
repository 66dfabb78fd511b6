"""What readers give: blocks of records, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO, TYPE_CHECKING, Protocol

import msgspec

from bartizan.scan.unread import Unread

if TYPE_CHECKING:
    # Blocks are passed on, never decoded: nobody needs the types, and most scans of artefacts no arrays.
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Block", "Reader", "Source", "Unit", "Unread"]


class Block(msgspec.Struct, frozen=True):
    """Records of one kind from one place, as UTF-8 bytes that may be broken where the source was.

    `ends` are the offsets at which records end in `data`; each record but the last is followed by one byte that belongs
    to none. None means that every line is a record. `column` is the heading that the records stand under (a column, a
    JSON path without indices, `Sheet!Heading`), empty for free text. `first` is the line, row, page or paragraph of the
    first record, counted from 1; the n-th record stands at `first + n`, or at `places[n]` where there are `places`
    (lists have several values in a row, sparse columns leave rows out); `place` tells. `member` names the part of a
    container that this comes from (`inner.zip!mail.eml!report.docx`), empty for the file itself.

    A line too long for one block comes in overlapping pieces. The first `before` bytes were also in the piece before,
    and the last `after` bytes come again in the next: a match is this block's if it starts at `before` or later, and
    before `len(data) - after`. So each match of up to 4,096 bytes is whole in one piece and counted in one piece only.

    `offset` is where `data` begins in the file, in bytes; -1 where it isn't a stretch of the file as stored. `encoding`
    says from what `data` was converted, and how sure that is (`windows-1252, guessed, 75 %`); empty where it wasn't.
    """

    data: bytes | memoryview
    ends: NDArray[np.int64] | None = None
    column: str = ""
    first: int = 1
    member: str = ""
    places: NDArray[np.int64] | None = None
    before: int = 0
    after: int = 0
    offset: int = -1
    encoding: str = ""

    def place(self, record: int) -> int:
        """Return the line, row, page or paragraph of a record, by its index in this block."""
        return self.first + record if self.places is None else int(self.places[record])


class Unit(msgspec.Struct, frozen=True):
    """A part of a file that is read on its own: a byte range, a row group, or everything (`start` 0, `stop` -1).

    `first` is the line or row that it begins with. 0 means that nobody counted, which would mean to read what stands
    before: its blocks count from 1, and the lines or rows of the units before are to be added.
    """

    start: int = 0
    stop: int = -1
    first: int = 1


class Source(Protocol):
    """A file to read, local, remote or inside a container."""

    @property
    def name(self) -> str:
        """Its last path component, for telling formats by suffix where the content doesn't."""
        ...

    @property
    def size(self) -> int:
        """Bytes; -1 when not known."""
        ...

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open it for binary, seekable reading; may be called several times. Raises OSError."""
        ...


class Reader(Protocol):
    """One format. Each module of `bartizan.scan.readers` has one as `READER`, found by being there."""

    @property
    def name(self) -> str:
        """The format's name in reports."""
        ...

    def recognises(self, head: bytes, name: str, /) -> int:
        """Tell how sure this reader is that the file is its own: 0 no, 1 by name only, 2 by content, 3 by magic number.

        `head` is the file's first 4,096 bytes, `name` its name in lower case.
        """
        ...

    def units(self, source: Source, target: int, /) -> list[Unit]:
        """Cut the file into parts of about `target` bytes that can be read apart; one unit where it can't be cut."""
        ...

    def blocks(self, source: Source, unit: Unit, /) -> Iterator[Block | Unread]:
        """Read one part, in bounded memory. A damaged part gives what could be read, then an Unread; never an exception
        for bad content. OSError passes through.
        """
        ...
