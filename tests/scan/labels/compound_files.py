"""Writes small compound files and property sets, the counterpart of what is read."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping

__all__ = ["compound_file", "property_set"]

_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of version 3; streams below 4,096 bytes go to the mini stream, as they must."""
    nodes = _nodes(streams)
    mini, mini_fat, large = bytearray(), list[int](), list[tuple[int, bytes]]()
    starts = dict[int, int]()
    for number, (_, path, _) in enumerate(nodes):
        content = streams.get(path, b"")
        if len(content) >= 4096:
            large.append((number, content))
        elif content:
            starts[number] = len(mini) // 64
            count = (len(content) + 63) // 64
            mini_fat += [*range(starts[number] + 1, starts[number] + count), _END]
            mini += content.ljust(count * 64, b"\0")
    body, fat = bytearray(), list[int]()

    def add(content: bytes, fill: bytes = b"\0") -> int:
        count = (len(content) + 511) // 512
        if not count:
            return _END
        first = len(fat)
        fat.extend([*range(first + 1, first + count), _END])
        body.extend(content.ljust(count * 512, fill))
        return first

    for number, content in large:
        starts[number] = add(content)
    mini_start = add(bytes(mini))
    mini_fat_start = add(struct.pack(f"<{len(mini_fat)}I", *mini_fat), b"\xff")
    directory = b"".join(
        _entry(node, number, starts.get(number, _END), len(streams.get(node[1], b"")), mini_start, len(mini))
        for number, node in enumerate(nodes)
    )
    directory_start = add(directory)
    fat_count = 1
    while (len(fat) + fat_count) > fat_count * 128:
        fat_count += 1
    places = range(len(fat), len(fat) + fat_count)
    fat.extend([_FAT] * fat_count)
    body.extend(struct.pack(f"<{len(fat)}I", *fat).ljust(fat_count * 512, b"\xff"))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIII", 0, fat_count, directory_start, 0, 4096, mini_fat_start, 1, _END)
    header += struct.pack("<I", 0) + struct.pack("<109I", *places, *[_FREE] * (109 - fat_count))
    return header + bytes(body)


def _nodes(streams: Mapping[str, bytes]) -> list[tuple[str, str, list[int]]]:
    """Name, path and children of each storage and stream, the root first."""
    nodes: list[tuple[str, str, list[int]]] = [("Root Entry", "", [])]
    known = {"": 0}
    for path in streams:
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            here = "/".join(parts[:depth])
            if here not in known:
                known[here] = len(nodes)
                nodes.append((parts[depth - 1], here, []))
                nodes[known["/".join(parts[: depth - 1])]][2].append(known[here])
    return nodes


def _entry(node: tuple[str, str, list[int]], number: int, start: int, size: int, mini: int, mini_size: int) -> bytes:
    name, _, children = node
    kind = 5 if number == 0 else 1 if children else 2
    child = children[0] if children else _NONE
    raw = (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0") + struct.pack("<HBB", len(name) * 2 + 2, kind, 1)
    raw += struct.pack("<III", _NONE, _SIBLINGS.pop(number, _NONE), child) + bytes(36)
    for one, other in itertools.pairwise(children):
        _SIBLINGS[one] = other
    return raw + (struct.pack("<IQ", mini, mini_size) if number == 0 else struct.pack("<IQ", start, size))


_SIBLINGS: dict[int, int] = {}


def property_set(named: Mapping[int, str], own: Mapping[str, str | bool | int], page: int = 1252) -> bytes:
    """A document summary: properties by number, and properties that people added."""
    sets = [
        ("02d5cdd59c2e1b10939708002b2cf9ae", _set({1: _short(page)} | {n: _text(t, page) for n, t in named.items()}))
    ]
    if own:
        names = b"".join(_named(number, name, page) for number, name in enumerate(own, 2))
        values = {number: _any(value, page) for number, value in enumerate(own.values(), 2)}
        content = {0: struct.pack("<I", len(own)) + names, 1: _short(page)} | values
        sets.append(("05d5cdd59c2e1b10939708002b2cf9ae", _set(content)))
    head = struct.pack("<HHI16sI", 0xFFFE, 0, 0, bytes(16), len(sets))
    at, body = 28 + 20 * len(sets), b""
    for format, made in sets:
        head += bytes.fromhex(format) + struct.pack("<I", at + len(body))
        body += made
    return head + body


def _set(values: Mapping[int, bytes]) -> bytes:
    at, places, body = 8 + 8 * len(values), b"", b""
    for number, value in values.items():
        places += struct.pack("<II", number, at + len(body))
        body += value + bytes(-len(value) % 4)
    return struct.pack("<II", at + len(body), len(values)) + places + body


def _short(page: int) -> bytes:
    return struct.pack("<IHH", 2, page, 0)


def _any(value: str | bool | int, page: int) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<IHH", 0x0B, 0xFFFF if value else 0, 0)
    return struct.pack("<Ii", 0x03, value) if isinstance(value, int) else _text(value, page)


def _text(text: str, page: int) -> bytes:
    if page == 1200:
        raw = text.encode("utf-16-le") + b"\0\0"
        return struct.pack("<II", 0x1F, len(raw) // 2) + raw
    raw = text.encode("cp1252") + b"\0"
    return struct.pack("<II", 0x1E, len(raw)) + raw


def _named(number: int, name: str, page: int) -> bytes:
    if page == 1200:
        raw = name.encode("utf-16-le") + b"\0\0"
        return struct.pack("<II", number, len(raw) // 2) + raw + bytes(-len(raw) % 4)
    raw = name.encode("cp1252") + b"\0"
    return struct.pack("<II", number, len(raw)) + raw
