"""joblib before version 0.10, compressed: `ZF`, a length in hexadecimal digits, zlib.

Source: `joblib/numpy_pickle_compat.py`.

Newer files are recognised by what they are: a compressed stream, or a pickle with the bytes of arrays in it.
"""

from __future__ import annotations

import re

from bartizan.scan.archives.squeezed import unpack
from bartizan.scan.artefacts.content import Window
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_HEADER = re.compile(rb"ZF0x([0-9a-f]{1,17}) *")
_LENGTH = 21
"""Bytes of `ZF` and of the length, which is filled up with blanks."""


def recognise(look: Look) -> bool:
    """Tell by the header."""
    return _HEADER.match(look.head) is not None


def examine(look: Look, desk: Desk) -> None:
    """Unpack it, and examine what comes out. Raises Malformed, LimitReached."""
    found = _HEADER.match(look.head)
    assert found is not None
    start = _LENGTH + (look.head[_LENGTH : _LENGTH + 1] == b" ")
    result = unpack(Window(look.content, start), "zlib", desk)
    with result.content as content:
        if content.size:
            desk.inside("content", content, listed=True)
        if result.problem:
            raise Malformed(result.problem, start + result.packed)
        if content.size != int(found[1], 16):
            raise Malformed("it unpacks to another size than it says", 0)
    desk.cover(0, start + result.packed)


FORMAT = Format(name="joblib-old", title="Old joblib file", group="model", recognise=recognise, examine=examine)
