"""The directory of a 7z archive: which packed streams there are, how each is packed, and which files are in them.

Format: `7zFormat.txt` of the LZMA SDK, which is in the public domain.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import IO

import msgspec

from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.window import FARTHEST

__all__ = ["Coder", "Folder", "Item", "directory"]

_MOST = 64 << 20
_DAMAGED = "is a damaged 7z archive"
_END, _HEADER, _MAIN, _FILES, _PACK, _UNPACK, _SUB = 0x00, 0x01, 0x04, 0x05, 0x06, 0x07, 0x08
_SIZE, _CRC, _FOLDER, _CODERS, _NUMBER, _EMPTY, _NAMES, _ENCODED = 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x11, 0x17


class Coder(msgspec.Struct):
    """One step of packing: a method and its properties."""

    method: bytes
    properties: bytes
    simple: bool = True


class Folder(msgspec.Struct):
    """A packed stream, in which several files may stand one after the other. `chain` is the order of unpacking."""

    chain: list[Coder]
    linear: bool
    size: int = 0
    start: int = 0
    packed: int = 0
    sizes: list[int] = []


class Item(msgspec.Struct):
    """A file: its name, and where it stands in which folder; -1 for an empty one."""

    name: str
    folder: int = -1
    offset: int = 0
    size: int = 0


class _Bytes:
    """A reader of the directory's numbers. Raises struct.error or IndexError at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        if size < 0 or self._at + size > len(self._data):
            raise IndexError("directory ends early")
        self._at += size
        return self._data[self._at - size : self._at]

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        """A number whose first byte tells by its leading ones how many follow."""
        first = self.byte()
        mask, value = 0x80, 0
        for place in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * place)
            value |= self.byte() << (8 * place)
            mask >>= 1
        return value

    def bits(self, count: int) -> list[bool]:
        data = self.take(-(-count // 8))
        return [bool(data[i // 8] & (0x80 >> i % 8)) for i in range(count)]

    def some(self, count: int) -> list[bool]:
        return [True] * count if self.byte() else self.bits(count)


def directory(file: IO[bytes], unpack: Callable[[Folder], Iterator[bytes]]) -> tuple[list[Folder], list[Item]]:
    """Return the folders and files of an archive. `unpack` gives a folder's content. Raises Bad."""
    file.seek(0)
    head = file.read(32)
    if len(head) < 32:
        raise Bad(_DAMAGED)
    offset, size, crc = struct.unpack_from("<QQL", head, 12)
    if not size:
        return [], []
    if size > _MOST:
        raise Bad("has a directory of more than 64 MB, which is not read")
    file.seek(min(32 + offset, FARTHEST))
    data = file.read(size)
    if len(data) < size or zlib.crc32(data) != crc:
        raise Bad("is a truncated or damaged 7z archive: its directory is missing")
    with contained(_DAMAGED):
        for _ in range(4):
            source = _Bytes(data)
            kind = source.byte()
            if kind == _HEADER:
                return _header(source)
            if kind != _ENCODED:
                break
            data = b""
            for chunk in unpack(_streams(source)[0]):
                data += chunk
                if len(data) > _MOST:
                    raise Bad("has a directory of more than 64 MB, which is not read")
    raise Bad(_DAMAGED)


def _header(source: _Bytes) -> tuple[list[Folder], list[Item]]:
    folders: list[Folder] = []
    items: list[Item] = []
    while (kind := source.byte()) != _END:
        if kind == _MAIN:
            folders = _streams(source)
        elif kind == _FILES:
            items = _files(source, folders)
        else:
            # Properties of the archive, which nobody writes.
            while source.byte() != _END:
                source.take(source.number())
    return folders, items


def _streams(source: _Bytes) -> list[Folder]:
    packed: list[int] = []
    start = 32
    folders: list[Folder] = []
    while (kind := source.byte()) != _END:
        if kind == _PACK:
            start, packed = _pack(source)
        elif kind == _UNPACK:
            folders = _folders(source)
        elif kind == _SUB:
            _substreams(source, folders)
        else:
            raise ValueError("an unknown part of a directory")
    for folder in folders:
        # Those with several packed streams are refused before they are read.
        folder.start, folder.packed = start, packed.pop(0) if packed else 0
        start += folder.packed
        folder.sizes = folder.sizes or [folder.size]
    return folders


def _pack(source: _Bytes) -> tuple[int, list[int]]:
    start = 32 + source.number()
    count = source.number()
    sizes: list[int] = []
    while (kind := source.byte()) != _END:
        if kind == _SIZE:
            sizes = [source.number() for _ in range(count)]
        elif kind == _CRC:
            source.take(4 * sum(source.some(count)))
    return start, sizes


def _folders(source: _Bytes) -> list[Folder]:
    if source.byte() != _FOLDER:
        raise ValueError("no folders")
    count = source.number()
    if source.byte():
        raise ValueError("folders elsewhere")
    outputs: list[int] = []
    folders = [_folder(source, outputs) for _ in range(count)]
    while (kind := source.byte()) != _END:
        if kind == _CODERS:
            for folder, number in zip(folders, outputs, strict=True):
                sizes = [source.number() for _ in range(number)]
                folder.size = sizes[0] if len(sizes) == 1 else max(sizes)
        elif kind == _CRC:
            source.take(4 * sum(source.some(count)))
    return folders


def _folder(source: _Bytes, outputs: list[int]) -> Folder:
    coders: list[Coder] = []
    inputs = 0
    out = 0
    for _ in range(source.number()):
        flags = source.byte()
        method = source.take(flags & 15)
        ins = outs = 1
        if flags & 16:
            ins, outs = source.number(), source.number()
        properties = source.take(source.number()) if flags & 32 else b""
        coders.append(Coder(method, properties, ins == outs == 1))
        inputs += ins
        out += outs
    pairs = {source.number(): source.number() for _ in range(out - 1)}
    packed = inputs - (out - 1)
    first = [source.number() for _ in range(packed)] if packed > 1 else []
    outputs.append(out)
    linear = packed == 1 and all(coder.simple for coder in coders)
    return Folder(_chain(coders, pairs) if linear else coders, linear and not first)


def _chain(coders: list[Coder], pairs: dict[int, int]) -> list[Coder]:
    """The coders from the packed side on: `pairs` says whose output each input takes."""
    followers = {output: taker for taker, output in pairs.items()}
    at = next(index for index in range(len(coders)) if index not in pairs)
    chain = [coders[at]]
    while at in followers and len(chain) < len(coders):
        at = followers[at]
        chain.append(coders[at])
    return chain


def _substreams(source: _Bytes, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    kind = source.byte()
    if kind == _NUMBER:
        counts = [source.number() for _ in folders]
        kind = source.byte()
    for folder, count in zip(folders, counts, strict=True):
        sizes = [source.number() for _ in range(count - 1)] if kind == _SIZE else []
        folder.sizes = [*sizes, folder.size - sum(sizes)] if count else []
    if kind == _SIZE:
        kind = source.byte()
    while kind != _END:
        # Checksums, of which those that the folders have already are left out.
        if kind == _CRC:
            missing = sum(counts)
            source.take(4 * sum(source.some(missing)))
        kind = source.byte()


def _files(source: _Bytes, folders: list[Folder]) -> list[Item]:
    count = source.number()
    if count > _MOST:
        raise ValueError("too many files")
    empty = [False] * count
    names: list[str] = []
    while (kind := source.byte()) != _END:
        data = source.take(source.number())
        if kind == _EMPTY:
            empty = _Bytes(data).bits(count)
        elif kind == _NAMES and not data[0]:
            names = data[1:].decode("utf-16-le", "replace").split("\x00")[:count]
    places = [
        (number, sum(folder.sizes[:index]), size)
        for number, folder in enumerate(folders)
        for index, size in enumerate(folder.sizes)
    ]
    items: list[Item] = []
    for index in range(count):
        name = names[index] if index < len(names) else "unnamed"
        if empty[index] or not places:
            items.append(Item(name))
        else:
            folder, offset, size = places.pop(0)
            items.append(Item(name, folder, offset, size))
    return items
