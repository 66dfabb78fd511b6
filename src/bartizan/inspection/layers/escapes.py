"""Escapes in JSON strings, URLs, HTML and Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Edits, Layer

__all__ = ["EMPHASIS", "html_entities", "json_escapes", "markdown", "url_escapes"]

Ends: TypeAlias = NDArray[np.int64] | None
_JSON = np.zeros(256, np.uint8)
_JSON[[ord(mark) for mark in '"\\/bfnrt']] = [ord(mark) for mark in '"\\/ \n\n\r\t']
_HEX = np.full(256, 255, np.uint8)
_HEX[[ord(mark) for mark in "0123456789abcdef"]] = range(16)
_HEX[[ord(mark) for mark in "ABCDEF"]] = range(10, 16)
_UNICODE = re.compile(rb"\\u[0-9A-Fa-f]{4}(?:\\u[dD][c-fC-F][0-9A-Fa-f]{2})?")
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
EMPHASIS = r"[0-9A-Za-z@.\-](?:\*\*|__)[0-9A-Za-z@.\-]"
"""What the matcher looks for: emphasis of Markdown that stands inside a value."""


def json_escapes(data: bytes, ends: Ends) -> Layer | None:
    r"""Undo `\n`, `\"`, `\u00e9` and the like."""
    if b"\\" not in data:
        return None
    text = np.frombuffer(data, np.uint8)
    slashes = np.flatnonzero(text[:-1] == 92)
    # Of a row of backslashes, every second one is what the one before it escapes.
    slashes = _every_second(slashes)
    plain = slashes[_JSON[text[slashes + 1]] > 0]
    edits = Edits(data)
    edits.fixed(plain, 2, _JSON[text[plain + 1]])
    if b"\\u" in data:
        # Behind a backslash that another one escapes stands JSON in a string: it is undone when it is outermost.
        outer = set(slashes.tolist()) if b"\\\\" in data else None
        for match in _UNICODE.finditer(data):
            if outer is None or match.start() in outer:
                edits.one(*match.span(), _utf8(match.group()))
    return edits.layer("json", ends)


def _every_second(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Keep the first, third, ... of each row of neighbours."""
    fresh = np.ones(places.size, np.bool_)
    fresh[1:] = places[1:] != places[:-1] + 1
    if fresh.all():
        return places
    first = np.maximum.accumulate(np.where(fresh, np.arange(places.size), 0))
    kept: NDArray[np.int64] = places[(np.arange(places.size) - first) % 2 == 0]
    return kept


def _utf8(escape: bytes) -> bytes:
    units = [int(part, 16) for part in escape.split(b"\\u")[1:]]
    text = "".join(map(chr, units)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.encode()


def url_escapes(data: bytes, ends: Ends) -> Layer | None:
    """Undo `%40` and the like, and `+` for a space beside them."""
    if b"%" not in data:
        return None
    text = np.frombuffer(data, np.uint8)
    percents = np.flatnonzero(text[:-2] == 37)
    high, low = _HEX[text[percents + 1]], _HEX[text[percents + 2]]
    good = (high < 16) & (low < 16)
    if not good.any():
        return None
    edits = Edits(data)
    edits.fixed(percents[good], 3, high[good] * 16 + low[good])
    return edits.layer("url", ends)


def html_entities(data: bytes, ends: Ends) -> Layer | None:
    """Undo `&#64;`, `&commat;` and the like."""
    if b"&" not in data:
        return None
    edits = Edits(data)
    for match in _ENTITY.finditer(data):
        value = html.unescape(match.group().decode()).encode(errors="replace")
        if len(value) <= len(match.group()) and not value.startswith(b"&"):
            edits.one(*match.span(), value)
        elif match.group().lower() == b"&amp;":
            edits.one(*match.span(), b"&")
    return edits.layer("html", ends)


def markdown(data: bytes, ends: Ends, places: Sequence[int]) -> Layer | None:
    """Take away emphasis that stands inside a value: `4012**8888**...`; `places` are where the matcher saw it end."""
    if not places:
        return None
    edits = Edits(data)
    for place in places:
        edits.one(place - 3, place - 1, b"")
    return edits.layer("markdown", ends)
