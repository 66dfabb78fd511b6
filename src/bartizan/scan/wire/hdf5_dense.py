"""Where HDF5 keeps many links or large attributes of an object: a fractal heap, found by a B-tree of version 2.

Source: the HDF5 file format specification, version 3.0, III.A.2 and III.G.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bartizan.scan.artefacts.errors import LimitReached, Malformed

if TYPE_CHECKING:
    from bartizan.scan.wire.hdf5 import File

__all__ = ["bodies"]

_RECORDS = {1: 0, 5: 4, 8: 0}
"""Types of B-trees that are read, and where in a record the heap's id stands."""
_MOST_NODES = 1_000_000
_LONGEST = 256 << 20


def bodies(file: File, heap: int, tree: int) -> Iterator[bytes]:
    """Give what the records of a tree refer to in a heap. Nothing where there is no heap."""
    if heap == file.none or tree == file.none:
        return
    held = _Heap(file, heap)
    kind, records = _tree(file, tree)
    if kind not in (5, 8):
        raise Malformed("a tree of links or attributes is of another type", tree)
    for record in records:
        yield held.get(record[_RECORDS[kind] :])


def _tree(file: File, at: int) -> tuple[int, Iterator[bytes]]:
    source = file.source
    if source.read(at, 4) != b"BTHD":
        raise Malformed("a tree is not there", at)
    kind, node, size, depth = (source.number(at + one, width) for one, width in ((5, 1), (6, 4), (10, 2), (12, 2)))
    if kind not in _RECORDS or size < 8 or node < 16 + size or depth > 16:
        raise Malformed("a tree has a shape that is not known", at)
    root, count = file.number(at + 16), source.number(at + 16 + file.wide, 2)
    most = [(node - 10) // size]
    total = most[:]
    width = (most[0].bit_length() - 1) // 8 + 1
    pointers = [0]
    for level in range(1, depth + 1):
        pointer = file.wide + width + ((total[-1].bit_length() - 1) // 8 + 1 if level > 1 else 0)
        pointers.append(pointer)
        most.append(max((node - 10 - pointer) // (size + pointer), 0))
        total.append((most[-1] + 1) * total[-1] + most[-1])
    return kind, _nodes(file, (root, count, depth), size, width, pointers)


def _nodes(file: File, root: tuple[int, int, int], size: int, width: int, pointers: list[int]) -> Iterator[bytes]:
    todo, seen = [root] if root[0] != file.none else [], set[int]()
    while todo:
        at, count, level = todo.pop()
        if at in seen or len(seen) > _MOST_NODES:
            raise Malformed("a tree holds itself", at)
        seen.add(at)
        file.check_time()
        if file.source.read(at, 4) != (b"BTIN" if level else b"BTLF"):
            raise Malformed("a node of a tree is not there", at)
        body = file.source.read(at + 6, count * size)
        yield from (body[one * size : (one + 1) * size] for one in range(count))
        if level:
            child = at + 6 + count * size
            for _ in range(count + 1):
                todo.append((file.number(child), file.source.number(child + file.wide, width), level - 1))
                child += pointers[level]


class _Heap:
    """A fractal heap."""

    def __init__(self, file: File, at: int) -> None:
        source, long = file.source, file.long
        if source.read(at, 4) != b"FRHP":
            raise Malformed("a heap is not there", at)
        self.file = file
        self.filters = source.number(at + 7, 2)
        self.flags = source.number(at + 9, 1)
        largest = source.number(at + 10, 4)
        at += 14 + long
        self.huge = file.number(at)
        at += 2 * file.wide + 9 * long  # free space, four of managed blocks, two each of huge and tiny objects
        self.columns = source.number(at, 2)
        self.first, direct = file.length(at + 2), file.length(at + 2 + long)
        bits = source.number(at + 2 + 2 * long, 2)
        self.root = file.number(at + 6 + 2 * long)
        self.rows = source.number(at + 6 + 2 * long + file.wide, 2)
        if not self.columns or self.first < 1 or direct < self.first or bits > 64:
            raise Malformed("a heap has a shape that is not known", at)
        self.offset_bytes = -(-bits // 8)
        self.length_bytes = (min(direct, largest).bit_length() - 1) // 8 + 1
        self.direct_rows = direct.bit_length() - self.first.bit_length() + 2

    def get(self, key: bytes) -> bytes:
        """Return what an id refers to."""
        kind = key[0] >> 4 & 3
        if kind == 2:
            return key[1 : 2 + (key[0] & 15)]
        if self.filters:
            raise Malformed("a heap is compressed")
        if kind == 1:
            return self._huge(key[1:])
        offset = int.from_bytes(key[1 : 1 + self.offset_bytes], "little")
        length = int.from_bytes(key[1 + self.offset_bytes :][: self.length_bytes], "little")
        return self.file.source.read(self._place(offset), length)

    def _huge(self, key: bytes) -> bytes:
        file = self.file
        kind, records = _tree(file, self.huge)
        if kind != 1:
            raise Malformed("large parts of a heap are kept in a way that is not known")
        for record in records:
            wide, long = file.wide, file.long
            if int.from_bytes(record[wide + long : wide + 2 * long], "little") == int.from_bytes(key[:long], "little"):
                size = int.from_bytes(record[wide : wide + long], "little")
                if size > _LONGEST:
                    raise LimitReached(f"an attribute has {size} bytes")
                return file.source.read(int.from_bytes(record[:wide], "little"), size)
        raise Malformed("a large part of a heap is not there")

    def _place(self, offset: int) -> int:
        """Return where in the file an offset of the heap lies: blocks double their size from row to row."""
        if not self.rows:
            return self.root + offset
        file, block = self.file, self.root
        for _ in range(16):
            if file.source.read(block, 4) != b"FHIB":
                raise Malformed("a block of a heap is not there", block)
            start, row, size = 0, 0, self.first
            while start + size * self.columns <= offset:
                start += size * self.columns
                row += 1
                size = self.first << max(row - 1, 0)
                if row > 64:
                    raise Malformed("an offset lies beyond its heap", block)
            column = (offset - start) // size
            at = block + 5 + file.wide + self.offset_bytes + (row * self.columns + column) * file.wide
            child = file.number(at)
            offset -= start + column * size
            if row < self.direct_rows:
                return child + offset
            block = child
        raise Malformed("the blocks of a heap lie too deep", block)
