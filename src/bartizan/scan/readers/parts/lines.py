"""Byte streams as lines: ranges cut at line ends, blocks of whole lines, and lines too long for one block in pieces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from bartizan.scan.blocks import Block, Source, Unit

__all__ = [
    "CHUNK",
    "LAP",
    "PIECE",
    "TABLE_CHUNK",
    "begins_at",
    "line_blocks",
    "line_units",
    "lines_before",
    "range_of",
    "whole_lines",
]

CHUNK = 1 << 20
"""Bytes read at once."""
TABLE_CHUNK = 2 << 20
"""Bytes of a table read at once: each costs a native parser some setting up."""
LAP = 8192
"""Bytes that two pieces of a long line share on either side of where they meet."""
PIECE = 2 << 20
"""Bytes of a line from which it is given in pieces."""


def line_units(source: Source, target: int) -> list[Unit]:
    """Cut a file into byte ranges; `range_of` moves their ends to line ends."""
    if source.size <= target or target <= 0:
        return [Unit()]
    number = -(-source.size // target)
    step = -(-source.size // number)
    starts = range(0, source.size, step)
    return [Unit(start, min(start + step, source.size), 1 if start == 0 else 0) for start in starts]


def range_of(file: IO[bytes], unit: Unit, skip: int = 0, step: int = CHUNK) -> Iterator[bytes]:
    """Give the lines that begin in a byte range, in chunks; the first `skip` bytes of the file are left out."""
    position = max(unit.start, skip)
    if unit.start > 0:
        # A line belongs to the range that its first byte is in, which the byte before it tells.
        position -= 1
        file.seek(position)
        while chunk := file.read(CHUNK):
            found = chunk.find(b"\n")
            if found >= 0:
                position += found + 1
                break
            position += len(chunk)
        else:
            return
        if unit.stop >= 0 and position >= unit.stop:
            return
    file.seek(position)
    while chunk := file.read(step):
        if unit.stop >= 0 and position + len(chunk) >= unit.stop:
            found = chunk.find(b"\n", max(0, unit.stop - 1 - position))
            if found >= 0:
                yield chunk[: found + 1]
                return
        yield chunk
        position += len(chunk)


def begins_at(file: IO[bytes], unit: Unit, skip: int = 0) -> int:
    """Return the offset of the first byte that `range_of` gives."""
    if unit.start <= 0:
        return skip
    position = unit.start - 1
    file.seek(position)
    while chunk := file.read(CHUNK):
        found = chunk.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(chunk)
    return position


def line_blocks(pieces: Iterable[bytes], *, column: str = "", offset: int = -1, encoding: str = "") -> Iterator[Block]:
    """Give text as blocks of whole lines, and lines of more than PIECE bytes in pieces that overlap.

    `offset` is where the text begins in its file, -1 where it was converted.
    """
    rest, before, line = b"", 0, 1
    for piece in _small(pieces):
        data = rest + piece if rest else piece
        cut = data.rfind(b"\n", len(rest)) + 1
        if not cut and len(data) - before < PIECE + LAP:
            rest = data
            continue
        if cut:
            block, after, rest = data[:cut] if cut < len(data) else data, 0, data[cut:]
        else:
            block, after, rest = data, LAP, data[-2 * LAP :]
        yield Block(block, None, column, line, before=before, after=after, offset=offset, encoding=encoding)
        line += block.count(b"\n") if cut else 0
        offset += len(data) - len(rest) if offset >= 0 else 0
        before = LAP if after else 0
    if rest:
        yield Block(rest, None, column, line, before=before, offset=offset, encoding=encoding)


def _small(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut what came in one into parts that are worth a block."""
    for piece in pieces:
        if len(piece) <= PIECE:
            yield piece
        else:
            yield from (piece[at : at + CHUNK] for at in range(0, len(piece), CHUNK))


def whole_lines(pieces: Iterable[bytes], most: int) -> Iterator[tuple[bytes, bool]]:
    """Give text in parts that end at line ends, and whether each does: a line over `most` bytes is cut elsewhere."""
    rest: list[bytes] = []
    size = 0
    for piece in pieces:
        cut = piece.rfind(b"\n") + 1
        if cut:
            yield b"".join([*rest, piece[:cut]]), True
            rest = [piece[cut:]] if cut < len(piece) else []
            size = len(piece) - cut
            continue
        rest.append(piece)
        size += len(piece)
        if size > most:
            yield b"".join(rest), False
            rest, size = [], 0
    if rest:
        yield b"".join(rest), True


def lines_before(source: Source, offsets: Sequence[int]) -> list[int]:
    """Return how many lines begin before each unit that starts at these offsets (ascending): one pass over the file."""
    out: list[int] = []
    count = position = 0
    with source.open() as file:
        for offset in offsets:
            # The first line begins at 0, each other one after a line end; one that ends at `offset` is the unit's own.
            while position < offset - 1 and (chunk := file.read(min(CHUNK, offset - 1 - position))):
                count += chunk.count(b"\n")
                position += len(chunk)
            out.append(count + 1 if offset else 0)
    return out
