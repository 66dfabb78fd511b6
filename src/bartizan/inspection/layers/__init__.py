"""Encodings that hide values, undone one at a time, with a map back to the text.

What a reader, a program of a few lines or a model undoes at once is undone here: base64, base32 and hexadecimal in rows
and lines, what is compressed in them (gzip, zlib, deflate), UTF-16, escapes of JSON, programs, URLs, HTML and mails,
lists of character codes and dumps, uuencode and ascii85 in their frames, numbers in lines, rot13 and text backwards.

These stay out, each for want of a sign that harmless text doesn't have as well:

- ascii85 and base91 without a frame, base58 and base45: any short code or identifier is such a text;
- rows of fewer than 16 characters, and lists of fewer than 8 numbers;
- a bare number backwards: it is another number, which passes the checks of a card as often as any other does;
- rot13 or text backwards without words of English, a key's known beginning or an account's checksum;
- other ciphers, bzip2, xz, Brotli and Zstandard, and what the model was taught in the same conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.armoured import FRAME, armoured
from bartizan.inspection.layers.codes import MANY_DIGITS, MARKED_NUMBERS, NUMBERS, SOME_DIGITS, character_codes
from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.encoded import Parts, Stretches, encoded_runs, long_rows
from bartizan.inspection.layers.escapes import (
    EMPHASIS,
    ESCAPE,
    QUOTED,
    code_escapes,
    html_entities,
    json_escapes,
    markdown,
    quoted_printable,
    url_escapes,
)
from bartizan.inspection.layers.turned import TURNED, marked_backwards, turned_lines, turned_rows
from bartizan.inspection.layers.unicode import look_alikes

__all__ = ["SIGNS", "Layer", "Parts", "Signs", "Stretches", "long_rows", "undo"]

SIGNS = {
    "emphasis": EMPHASIS,
    "escape": ESCAPE,
    "quoted": QUOTED,
    "frame": FRAME,
    "marked numbers": MARKED_NUMBERS,
    "turned": TURNED,
}
"""What the matcher looks for beside values, by name: without it there is nothing to undo in the way it is a sign of."""
Signs: TypeAlias = Mapping[str, Sequence[int]]
"""The signs that a text has, by name, and where each ends."""
_CHANGES = (
    ("", look_alikes),
    ("", json_escapes),
    ("escape", code_escapes),
    ("", url_escapes),
    ("", html_entities),
)
"""Ways of writing single characters, with the sign without which there is nothing to undo."""
_LOOKED_FOR = {name: re.compile(sign.encode()) for name, sign in SIGNS.items() if name != "emphasis"}


def undo(
    data: bytes,
    ends: NDArray[np.int64] | None,
    rows: Stretches | Parts,
    signs: Signs | None,
    digits: bool = True,
) -> Iterator[Layer]:
    """Yield every encoding that the text uses, undone.

    `ends` are those of the text's records, `rows` its long rows, `signs` what the matcher saw of `SIGNS`; None when it
    didn't look, then emphasis stays. `digits` is false when the text has no digit.
    """
    if signs is None:
        signs = {name: () for name, sign in _LOOKED_FOR.items() if sign.search(data)}
    # Nearly every text has nothing of all this, which is told here: each layer's own look costs as much as all of it.
    if signs or not data.isascii() or b"\\" in data or b"%" in data or b"&" in data:
        yield from _changes(data, ends, signs)
    numbers = data.translate(*NUMBERS) if digits else b""
    if "marked numbers" in signs or MANY_DIGITS in numbers:
        yield from character_codes(data, ends, marked="marked numbers" in signs)
    if "frame" in signs:
        yield from armoured(data, ends)
    some_rows = len(rows[0] if isinstance(rows, tuple) else rows) > 0
    if some_rows:
        yield from encoded_runs(data, rows, ends)
        yield from turned_rows(data, rows, ends)
    # What is worth to be turned holds a number or an address, or else is a row.
    if "turned" in signs and (b"@" in data or SOME_DIGITS in numbers):
        yield from turned_lines(data, ends)


def _changes(data: bytes, ends: NDArray[np.int64] | None, signs: Signs) -> Iterator[Layer]:
    """Yield the text with each way of writing single characters undone."""
    for sign, change in _CHANGES:
        if (not sign or sign in signs) and (layer := change(data, ends)) is not None:
            yield layer
    if "emphasis" in signs and (layer := markdown(data, ends, signs["emphasis"])) is not None:
        yield layer
    if not data.isascii():
        yield from marked_backwards(data, ends)
    if "quoted" in signs and (layer := quoted_printable(data, ends)) is not None:
        yield layer
