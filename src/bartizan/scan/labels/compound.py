"""Compound files (MS-CFB), which hold encrypted Office files, older Office files and Outlook messages."""

from __future__ import annotations

import struct
from array import array
from sys import byteorder
from typing import IO

import msgspec

__all__ = ["MAGIC", "Compound", "CompoundError"]

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_MOST_ENTRIES = 200_000
_MOST_TABLE = 16 * 1024 * 1024
"""Sectors that a file may have: 8 GB in sectors of 512 bytes."""


class CompoundError(ValueError):
    """The file is damaged."""


class _Entry(msgspec.Struct):
    kind: int
    start: int
    size: int


class Compound:
    """Finds streams by their path, such as `WordDocument` or `__nameid_version1.0/...`, and reads them in bounds.

    Every chain of sectors is followed at most as far as the file is long. Raises CompoundError for a damaged file.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        header = self._at(0, 512)
        if not header.startswith(MAGIC) or len(header) < 512:
            raise CompoundError
        shift, mini_shift = struct.unpack_from("<HH", header, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise CompoundError
        self._sector = 1 << shift
        fat_count, first_dir = struct.unpack_from("<I", header, 44)[0], struct.unpack_from("<I", header, 48)[0]
        self._cutoff, first_mini, mini_count, first_difat = struct.unpack_from("<IIII", header, 56)
        if fat_count * (self._sector // 4) > _MOST_TABLE or mini_count > _MOST_TABLE:
            raise CompoundError
        self._fat = self._table(self._difat(header, first_difat)[:fat_count])
        self.paths: dict[str, _Entry] = {}
        self._root = _Entry(5, _END, 0)
        self._directory(self._chain(first_dir, _MOST_ENTRIES * 128))
        self._mini = _numbers(self._chain(first_mini, mini_count * self._sector))
        self._mini_stream: bytes | None = None

    def stream(self, path: str, most: int) -> bytes | None:
        """Return the first `most` bytes of a stream; None when there is none."""
        entry = self.paths.get(path)
        if entry is None or entry.kind != 2:
            return None
        size = min(entry.size, most)
        if entry.size >= self._cutoff:
            return self._chain(entry.start, size)
        if self._mini_stream is None:
            self._mini_stream = self._chain(self._root.start, min(self._root.size, _MOST_TABLE))
        out, sector = bytearray(), entry.start
        for _ in range(size // 64 + 1):
            if sector >= len(self._mini) or len(out) >= size:
                break
            out += self._mini_stream[sector * 64 : sector * 64 + 64]
            sector = self._mini[sector]
        return bytes(out[:size])

    def _at(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        return self._file.read(size)

    def _read(self, sector: int) -> bytes:
        return self._at((sector + 1) * self._sector, self._sector)

    def _difat(self, header: bytes, first: int) -> list[int]:
        sectors = list(struct.unpack_from("<109I", header, 76))
        seen, at = set[int](), first
        while at < _END and at not in seen:
            seen.add(at)
            numbers = _numbers(self._read(at))
            if len(numbers) < 2:
                raise CompoundError
            sectors += numbers[:-1]
            at = numbers[-1]
        return [sector for sector in sectors if sector < _END]

    def _table(self, sectors: list[int]) -> array[int]:
        table = array("I")
        for sector in sectors:
            table.extend(_numbers(self._read(sector)))
        return table

    def _chain(self, first: int, most: int) -> bytes:
        out, sector, steps = bytearray(), first, 0
        while sector < _END and len(out) < most:
            steps += 1
            if sector >= len(self._fat) or steps > len(self._fat):
                raise CompoundError
            part = self._read(sector)
            out += part
            if len(part) < self._sector:
                break
            sector = self._fat[sector]
        return bytes(out[:most])

    def _directory(self, raw: bytes) -> None:
        count = len(raw) // 128
        if not count:
            raise CompoundError
        todo, seen = [(0, "")], set[int]()
        while todo:
            number, above = todo.pop()
            if number >= count or number in seen:
                continue
            seen.add(number)
            entry = raw[number * 128 : number * 128 + 128]
            length, kind = struct.unpack_from("<HB", entry, 64)
            left, right, child = struct.unpack_from("<III", entry, 68)
            start, size = struct.unpack_from("<IQ", entry, 116)
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            size = size & 0xFFFFFFFF if self._sector == 512 else size
            if number == 0:
                self._root, below = _Entry(kind, start, size), ""
            else:
                self.paths[above + name] = _Entry(kind, start, size)
                below = f"{above}{name}/"
            todo += [(left, above), (right, above), (child, below)]


def _numbers(raw: bytes) -> array[int]:
    numbers = array("I", raw[: len(raw) // 4 * 4])
    if byteorder == "big":
        numbers.byteswap()
    return numbers
