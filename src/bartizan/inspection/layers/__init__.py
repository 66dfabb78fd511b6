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

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.armoured import armoured
from bartizan.inspection.layers.codes import MANY_DIGITS, NUMBERS, SOME_DIGITS, character_codes
from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.encoded import Parts, Stretches, encoded_runs, long_rows
from bartizan.inspection.layers.escapes import (
    EMPHASIS,
    code_escapes,
    html_entities,
    json_escapes,
    markdown,
    quoted_printable,
    url_escapes,
)
from bartizan.inspection.layers.turned import marked_backwards, turned_lines, turned_rows
from bartizan.inspection.layers.unicode import look_alikes

__all__ = ["EMPHASIS", "Layer", "Parts", "Stretches", "long_rows", "undo"]

_CHANGES = (look_alikes, json_escapes, code_escapes, url_escapes, html_entities)


def undo(
    data: bytes, ends: NDArray[np.int64] | None, rows: Stretches | Parts, emphasis: Sequence[int]
) -> Iterator[Layer]:
    """Yield every encoding that the text uses, undone.

    `ends` are those of the text's records, `rows` its long rows, `emphasis` the places where the matcher reported
    `EMPHASIS`.
    """
    # Nearly every text has nothing of all this, which is told here: each layer's own look costs as much as all of it.
    if not data.isascii() or emphasis or b"\\" in data or b"%" in data or b"&" in data:
        for change in _CHANGES:
            layer = change(data, ends)
            if layer is not None:
                yield layer
        layer = markdown(data, ends, emphasis)
        if layer is not None:
            yield layer
        yield from marked_backwards(data, ends)
    if b"=" in data and (layer := quoted_printable(data, ends)) is not None:
        yield layer
    numbers = data.translate(*NUMBERS)
    long_numbers = SOME_DIGITS in numbers
    if long_numbers and MANY_DIGITS in numbers:
        yield from character_codes(data, ends)
    if b"~" in data or b"\n" in data:
        yield from armoured(data, ends)
    some_rows = len(rows[0] if isinstance(rows, tuple) else rows) > 0
    if some_rows:
        yield from encoded_runs(data, rows, ends)
        yield from turned_rows(data, rows, ends)
    # What is worth to be turned holds a number or an address, or else is a row.
    if long_numbers or b"@" in data:
        yield from turned_lines(data, ends)
