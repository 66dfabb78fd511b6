"""Bare pickles: one or several in a row, with or without a protocol, after junk, and what stands behind their end."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.desk import Desk, Held
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_SUFFIXES = frozenset({".pkl", ".pickle", ".pck", ".pk", ".p", ".dill", ".pcl", ".cpickle"})
_OTHERS = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18",
    b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x89HDF", b"\x93NUMPY", b"GGUF", b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"ZF",
    b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"{", b"<",
)  # fmt: skip
"""What other formats begin with."""
_INNER = re.compile(rb"\x80[\x02-\x05](?:\x95.{6}\x00\x00|[c}\](]|\x8c[\x01-\x7f][\w.]{2}|X.\x00\x00\x00)", re.DOTALL)
_CHANCE = re.compile(rb"\x80[\x02-\x05][c}\](]", re.DOTALL)
"""What stands in any megabyte of weights."""
_NAME = re.compile(rb"c[\w.]{2,200}\n[\w.]{1,200}\n")
_BLOCK = 1 << 20
_ALL: tuple[str, ...] = ("safe", "unknown", "dangerous")
_GRAVE: tuple[str, ...] = ("dangerous",)
_SEARCHED = 64 << 20
_INSIDE = 200
_LOOKED = 1 << 16


def recognise(look: Look) -> bool:
    """Tell by the first opcodes, or by the name where no other format begins so."""
    from bartizan.scan.pickles.start import begins, text_pickle

    head = look.head
    if head[:1] == b"\x80" and begins(head[:64]):
        return True
    if look.suffix in _SUFFIXES:
        return look.size > 0 and not head.startswith(_OTHERS) and head[257:262] != b"ustar"
    return text_pickle(head, whole=look.size == len(head))


def examine(look: Look, desk: Desk) -> None:
    """Examine the pickles from the start on, or from the first on that is found; then what else is in the file."""
    from bartizan.scan.pickles import examine_pickle
    from bartizan.scan.pickles.start import begins

    content = look.content
    broken: Malformed | None = None
    end = 0
    if begins(look.head) or look.suffix not in _SUFFIXES or not _INNER.search(look.head):
        try:
            end = examine_pickle(content, desk)
        except Malformed as error:
            broken = error
            end = max(error.offset, 0) + 1
    _rest(content, desk, end)
    if broken is not None:
        raise broken


def _rest(content: Content, desk: Desk, start: int) -> None:
    """Examine the pickles in what follows: a loader that is called again, or at another place, finds them.

    Three bytes of weights can look like the begin of one, which then breaks soon: what it tells until then is kept
    where it is dangerous, or where a name was in it.
    """
    from bartizan.scan.pickles import examine_pickle

    at, found = start, 0
    while at < min(content.size, start + _SEARCHED) and found < _INSIDE:
        desk.check_time()
        block = content.read(at, _BLOCK + 16)
        match = _INNER.search(block)
        if match is None:
            at += _BLOCK
            continue
        found += 1
        at += match.start()
        held = Held(desk)
        held.covered = desk.covered
        worth = _ALL
        try:
            at = examine_pickle(content, held, start=at)
        except Malformed as error:
            worth = _GRAVE if _by_chance(content, at, error.offset) else _ALL
            at += 2
        except LimitReached:
            desk.check_time()
            if not _by_chance(content, at, at + _LOOKED):
                raise
            worth = _GRAVE
            at += 2
        finally:
            held.release(worth)


def _by_chance(content: Content, start: int, end: int) -> bool:
    """Tell whether what began like a pickle has too little of one, no name, to be more than a few bytes of data."""
    read = content.read(start, min(max(end - start, 0), _LOOKED))
    return _CHANCE.match(read) is not None and _NAME.search(read) is None


FORMAT = Format(name="pickle", title="Pickle", group="model", recognise=recognise, examine=examine)
