"""Writes small OLE compound files, for tests: nothing that is installed here can. Format: [MS-CFB]."""

from __future__ import annotations

import struct

__all__ = ["compound_file"]

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF


def compound_file(streams: dict[str, bytes]) -> bytes:
    """Return a file with these streams; `/` in a name stands for a storage."""
    nodes: list[tuple[str, int, bytes, list[int]]] = [("Root Entry", 5, b"", [])]
    places = {"": 0}
    for path, data in streams.items():
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            key = "/".join(parts[:depth])
            if key not in places:
                places[key] = len(nodes)
                last = depth == len(parts)
                nodes.append((parts[depth - 1], 2 if last else 1, data if last else b"", []))
                nodes[places["/".join(parts[: depth - 1])]][3].append(places[key])
    sectors: list[bytes] = []
    fat: list[int] = []
    mini = bytearray()
    minifat: list[int] = []
    starts = [_END] * len(nodes)
    for index, (_, kind, data, _) in enumerate(nodes):
        if kind == 2 and data:
            if len(data) < 4096:
                count = -(-len(data) // 64)
                starts[index] = len(minifat)
                minifat += [*range(len(minifat) + 1, len(minifat) + count), _END]
                mini += data.ljust(count * 64, b"\0")
            else:
                starts[index] = _chain(data, sectors, fat)
    starts[0] = _chain(bytes(mini), sectors, fat) if mini else _END
    minifat_at = _chain(struct.pack(f"<{len(minifat)}L", *minifat), sectors, fat, b"\xff") if minifat else _END
    directory = b"".join(_entry(nodes, index, starts, len(mini)) for index in range(len(nodes)))
    directory_at = _chain(directory, sectors, fat)
    fat_sectors = -(-(len(fat) + 4) // 128)
    first = len(sectors)
    fat += [_FAT] * fat_sectors
    table = struct.pack(f"<{len(fat)}L", *fat).ljust(fat_sectors * 512, b"\xff")
    minis = -(-len(minifat) // 128)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9L", 0, fat_sectors, directory_at, 0, 4096, minifat_at, minis, _END, 0)
    head += struct.pack("<109L", *[*range(first, first + fat_sectors), *[_FREE] * (109 - fat_sectors)])
    return head + b"".join(sectors) + table


def _chain(data: bytes, sectors: list[bytes], fat: list[int], fill: bytes = b"\0") -> int:
    start = len(sectors)
    pieces = [data[at : at + 512].ljust(512, fill) for at in range(0, len(data), 512)]
    sectors += pieces
    fat += [*range(start + 1, start + len(pieces)), _END]
    return start


def _entry(nodes: list[tuple[str, int, bytes, list[int]]], index: int, starts: list[int], mini: int) -> bytes:
    name, kind, data, children = nodes[index]
    # Brothers hang on each other's right; the name's length decides their order, then its letters.
    right = _NONE
    for _, _, _, brothers in nodes:
        ordered = sorted(brothers, key=lambda i: (len(nodes[i][0]), nodes[i][0].upper()))
        if index in ordered[:-1]:
            right = ordered[ordered.index(index) + 1]
    ordered = sorted(children, key=lambda i: (len(nodes[i][0]), nodes[i][0].upper()))
    text = name.encode("utf-16-le") + b"\0\0"
    size = mini if kind == 5 else len(data)
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBB3L", len(text), kind, 1, _NONE, right, ordered[0] if ordered else _NONE)
        + bytes(16 + 4 + 16)
        + struct.pack("<LQ", starts[index], size)
    )
