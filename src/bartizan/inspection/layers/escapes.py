"""Escapes in JSON strings, URLs, HTML and Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Edits, Layer

__all__ = [
    "EMPHASIS",
    "ESCAPE",
    "QUOTED",
    "code_escapes",
    "html_entities",
    "json_escapes",
    "markdown",
    "quoted_printable",
    "url_escapes",
]

Ends: TypeAlias = NDArray[np.int64] | None
_JSON = np.zeros(256, np.uint8)
_JSON[[ord(mark) for mark in '"\\/bfnrt']] = [ord(mark) for mark in '"\\/ \n\n\r\t']
_HEX = np.full(256, 255, np.uint8)
_HEX[[ord(mark) for mark in "0123456789abcdef"]] = range(16)
_HEX[[ord(mark) for mark in "ABCDEF"]] = range(10, 16)
_UNICODE = re.compile(rb"\\u[0-9A-Fa-f]{4}(?:\\u[dD][c-fC-F][0-9A-Fa-f]{2})?")
# Browsers read numbers without the semicolon too. A list of them has blanks between, which are none of the text.
_ENTITY = re.compile(
    rb"&(?:(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
    rb"|(?:#[0-9]{2,7}(?![0-9])|#[xX][0-9A-Fa-f]{2,6}(?![0-9A-Fa-f]))(?:[ ,]{1,2}(?=&#))?)"
)
_CODE = re.compile(
    rb"(?<!\\)\\(?:x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|U([0-9A-Fa-f]{8})|([0-3][0-7]{2}))(?:[ ,](?=\\[x0-7]))?"
)
# A mark of equality before the one that ends a line underlines a heading; in mails it is written `=3D`.
_QUOTED = re.compile(rb"=(?:(?<!==)[ \t]{0,8}\r?\n|([0-9A-F]{2}(?:=[0-9A-F]{2})*))")
_PERCENT = re.compile(rb"%[0-9A-Fa-f]{2}")
_FILLED = re.compile(rb"[0-9A-Za-z+/_-]{16,}=\Z")
_LINE = 100
"""Characters of a line of base64, at most."""
_TOP = 0x110000
_GROUP = 10
"""Characters from a blank between groups of digits to the next one, at most."""
EMPHASIS = r"[0-9A-Za-z@.\-](?:\*\*|__)[0-9A-Za-z@.\-]"
"""Emphasis of Markdown that stands inside a value."""
ESCAPE = r"\\(?:x[0-9A-Fa-f]{2}|u\{[0-9A-Fa-f]|U[0-9A-Fa-f]{8}|[0-3][0-7]{2})"
"""What a text has that holds characters as programs write them."""
QUOTED = r"=[0-9A-F]{2}|[^=]=[ \t]{0,8}\r?\n"
"""What a text has that holds characters as mails write them."""


def json_escapes(data: bytes, ends: Ends) -> Layer | None:
    r"""Undo `\n`, `\"`, `\u00e9` and the like."""
    if b"\\" not in data:
        return None
    text = np.frombuffer(data, np.uint8)
    slashes = np.flatnonzero(text[:-1] == 92)
    # Of a row of backslashes, every second one is what the one before it escapes.
    slashes = _every_second(slashes)
    plain = slashes[_JSON[text[slashes + 1]] > 0]
    if not plain.size and b"\\u" not in data:
        return None
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


def code_escapes(data: bytes, ends: Ends) -> Layer | None:
    r"""Undo `\x40`, `\100`, `\u{40}` and `\U00000040`, as programs write characters, also in lists."""
    changes: list[tuple[int, int, bytes]] = []
    for match in _CODE.finditer(data):
        byte, braced, wide, octal = match.groups()
        if braced or wide:
            code = int(braced or wide, 16)
            if code < _TOP and (value := chr(code).encode(errors="replace")):
                changes.append((*match.span(), value))
        else:
            code = int(byte, 16) if byte else int(octal, 8)
            if code >= ord(" ") or chr(code).isspace():
                changes.append((*match.span(), bytes([code])))
    if not changes:
        return None
    edits = Edits(data)
    for change in changes:
        edits.one(*change)
    return edits.layer("escape", ends)


def quoted_printable(data: bytes, ends: Ends) -> Layer | None:
    """Undo `=40` and lines that end in `=` (RFC 2045), but for what any assignment of a number looks like."""
    runs = [match for match in _QUOTED.finditer(data) if _is_quoted(data, match.start(), match.group(1))]
    if not runs:
        return None
    edits = Edits(data)
    for match in runs:
        if match.group(1) is None:
            edits.one(*match.span(), b"")
        else:
            for place in range(match.start(), match.end(), 3):
                edits.one(place, place + 3, bytes([int(data[place + 1 : place + 3], 16)]))
    return edits.layer("quoted-printable", ends)


def _is_quoted(data: bytes, place: int, digits: bytes | None) -> bool:
    """Tell whether a lone `=40` is a character: letters and digits are not written so, and it stands inside a word.

    A row of them always is, and so is the end of a line, which has no digits.
    """
    if digits is None:
        # Base64 in lines ends so too, when it is filled up to fours.
        row = _FILLED.search(data, max(0, place - _LINE), place + 1)
        return row is None or len(row.group()) % 4 != 0
    if len(digits) > len("40"):
        return True
    before, after = data[place - 1 : place], data[place + 3 : place + 4]
    if not before.isalnum() or not after.isalnum():
        return False
    if not digits.isdigit():
        return not bytes([int(digits, 16)]).isalpha()
    if after.isdigit():
        # `n=4096` is a number; a blank between groups of digits has another one near by.
        near = data.rfind(b"=20", max(0, place - _GROUP), place) >= 0 or b"=20" in data[place + 3 : place + 3 + _GROUP]
        return digits == b"20" and before.isdigit() and near
    return digits == b"40" or digits[:1] == b"2"


def url_escapes(data: bytes, ends: Ends) -> Layer | None:
    """Undo `%40` and the like, and `+` for a space beside them."""
    if _PERCENT.search(data) is None:
        return None
    text = np.frombuffer(data, np.uint8)
    percents = np.flatnonzero(text[:-2] == 37)
    high, low = _HEX[text[percents + 1]], _HEX[text[percents + 2]]
    good = (high < 16) & (low < 16)
    edits = Edits(data)
    edits.fixed(percents[good], 3, high[good] * 16 + low[good])
    return edits.layer("url", ends)


def html_entities(data: bytes, ends: Ends) -> Layer | None:
    """Undo `&#64;`, `&commat;` and the like."""
    if b"&" not in data:
        return None
    matches = list(_ENTITY.finditer(data))
    if not matches:
        return None
    edits = Edits(data)
    for match in matches:
        value = html.unescape(match.group().decode().rstrip(" ,")).encode(errors="replace")
        if len(value) <= len(match.group()) and not value.startswith(b"&"):
            edits.one(*match.span(), value)
        elif match.group().lower() == b"&amp;":
            edits.one(*match.span(), b"&")
    return edits.layer("html", ends)


def markdown(data: bytes, ends: Ends, places: Sequence[int]) -> Layer | None:
    """Take away emphasis that stands inside a value: `4012**8888**...`; `places` are where the matcher saw it end."""
    edits = Edits(data)
    for place in places:
        edits.one(place - 3, place - 1, b"")
    return edits.layer("markdown", ends)
