"""Bare pickles: one or several in a row, with or without a protocol, after junk, and what stands behind their end."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

_SUFFIXES = frozenset({".pkl", ".pickle", ".pck", ".pk", ".p", ".dill", ".pcl", ".cpickle"})
_OTHERS = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18",
    b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x89HDF", b"\x93NUMPY", b"GGUF", b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"ZF",
    b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"{", b"<",
)  # fmt: skip
"""What other formats begin with."""
_INNER = re.compile(rb"\x80[\x02-\x05](?:\x95.{6}\x00\x00|[c}\](]|\x8c[\x01-\x7f][\w.]{2}|X.\x00\x00\x00)", re.DOTALL)
_BLOCK = 1 << 20
_SEARCHED = 64 << 20
_INSIDE = 200


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
    if begins(look.head[:64]) or look.suffix not in _SUFFIXES or not _INNER.search(look.head):
        try:
            end = examine_pickle(content, desk)
        except Malformed as error:
            broken = error
            end = max(error.offset, 0) + 1
    _rest(content, desk, end)
    if broken is not None:
        raise broken


def _rest(content: Content, desk: Desk, start: int) -> None:
    """Examine the pickles in what follows: a loader that is called again, or at another place, finds them."""
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
        try:
            at = examine_pickle(content, desk, start=at)
        except Malformed:
            at += 2


FORMAT = Format(name="pickle", title="Pickle", group="model", recognise=recognise, examine=examine)
