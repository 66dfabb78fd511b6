"""OLE compound files: the streams in them, in pieces, whatever their size. Format: Microsoft's [MS-CFB].

olefile reads the tables; streams are followed here, since it would hold each whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from bartizan.scan.readers.parts.foreign import Bad, contained

__all__ = ["Compound", "compound"]

_DAMAGED = "is a damaged OLE file"
_MOST_SMALL = 16 << 20


class Compound:
    """An open compound file. Names of streams are paths with `/`."""

    def __init__(self, ole: Any, file: IO[bytes]) -> None:
        self._ole = ole
        self._file = file
        with contained(_DAMAGED):
            self.names = ["/".join(path) for path in ole.listdir(streams=True, storages=False)]

    def has(self, name: str) -> bool:
        """Whether there is a stream or storage of this name."""
        with contained(_DAMAGED):
            return bool(self._ole.exists(name))

    def size(self, name: str) -> int:
        """Bytes of a stream."""
        with contained(_DAMAGED):
            return int(self._ole.get_size(name))

    def small(self, name: str) -> bytes:
        """Return a stream of up to some megabytes. Raises Bad."""
        return b"".join(self.content(name, _MOST_SMALL))

    def content(self, name: str, most: int = 1 << 62) -> Iterator[bytes]:
        """Give up to `most` bytes of a stream. Raises Bad."""
        with contained(_DAMAGED):
            entry = self._ole.direntries[self._ole._find(name)]
            size = min(int(entry.size), most)
            small = entry.size < self._ole.minisectorcutoff
        if small:
            with contained(_DAMAGED):
                yield self._ole.openstream(name).read(size)
            return
        yield from self._sectors(int(entry.isectStart), size)

    def _sectors(self, sector: int, size: int) -> Iterator[bytes]:
        table, length = self._ole.fat, int(self._ole.sectorsize)
        steps = 0
        while size > 0:
            if not 0 <= sector < len(table) or steps > len(table):
                raise Bad(_DAMAGED)
            steps += 1
            self._file.seek((sector + 1) * length)
            data = self._file.read(min(length, size))
            if not data:
                raise Bad(_DAMAGED)
            size -= len(data)
            yield data
            sector = int(table[sector])


@contextmanager
def compound(file: IO[bytes]) -> Iterator[Compound]:
    """Open a compound file. Raises Bad where it is damaged."""
    import olefile  # type: ignore[import-untyped]

    with contained(_DAMAGED):
        try:
            ole = olefile.OleFileIO(file, raise_defects=olefile.DEFECT_FATAL)
        except olefile.OleFileError as error:
            raise Bad(_DAMAGED) from error
    try:
        yield Compound(ole, file)
    finally:
        # The file belongs to whoever opened it.
        ole.fp = None
