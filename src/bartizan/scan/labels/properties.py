"""Property sets (MS-OLEPS) of older Office files: summary, document summary and the properties that people add."""

from __future__ import annotations

import codecs
import struct
from collections.abc import Iterator

__all__ = ["read_properties"]

_NAMED = {
    bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9"): {2: "title", 3: "subject", 5: "keywords", 6: "comments"},
    bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae"): {2: "category", 26: "content type", 27: "content status"},
}
_MOST = 5_000


def read_properties(raw: bytes) -> list[tuple[str, str]]:
    """Return names and texts of a property set stream. Raises ValueError for a damaged one."""
    try:
        return list(_sets(raw))
    except (struct.error, IndexError, LookupError) as error:
        raise ValueError("damaged property set") from error


def _sets(raw: bytes) -> Iterator[tuple[str, str]]:
    mark, _, _, count = struct.unpack_from("<HHI16xI", raw)
    if mark != 0xFFFE or count > 2:
        raise ValueError("no property set")
    for number in range(count):
        format, offset = struct.unpack_from("<16sI", raw, 28 + 20 * number)
        yield from _set(raw, offset, _NAMED.get(format, {}))


def _set(raw: bytes, base: int, known: dict[int, str]) -> Iterator[tuple[str, str]]:
    count = min(struct.unpack_from("<I", raw, base + 4)[0], _MOST)
    places = {id: base + at for id, at in (struct.unpack_from("<II", raw, base + 8 + 8 * n) for n in range(count))}
    page = struct.unpack_from("<H", raw, places[1] + 4)[0] if 1 in places else 1252
    names = known | (_dictionary(raw, places[0], page) if 0 in places else {})
    for id, at in places.items():
        if id > 1 and id in names:
            text = _value(raw, at, page)
            if text is not None:
                yield names[id], text


def _dictionary(raw: bytes, at: int, page: int) -> dict[int, str]:
    count = min(struct.unpack_from("<I", raw, at)[0], _MOST)
    at += 4
    out = {}
    for _ in range(count):
        id, length = struct.unpack_from("<II", raw, at)
        size = length * 2 if page == 1200 else length
        out[id] = _decoded(raw[at + 8 : at + 8 + size], page)
        at += 8 + (size + 3) // 4 * 4 if page == 1200 else 8 + size
    return out


def _value(raw: bytes, at: int, page: int) -> str | None:
    kind = struct.unpack_from("<I", raw, at)[0]
    if kind in (0x1E, 0x1F):
        length = struct.unpack_from("<I", raw, at + 4)[0]
        if kind == 0x1F:
            return _decoded(raw[at + 8 : at + 8 + 2 * length], 1200)
        return _decoded(raw[at + 8 : at + 8 + length], page)
    if kind == 0x0B:
        return "true" if struct.unpack_from("<H", raw, at + 4)[0] else "false"
    return str(struct.unpack_from("<i", raw, at + 4)[0]) if kind == 0x03 else None


def _decoded(raw: bytes, page: int) -> str:
    name = {1200: "utf-16-le", 65001: "utf-8", 10000: "mac-roman"}.get(page, f"cp{page}")
    return raw.decode(codecs.lookup(name).name, "replace").partition("\0")[0]
