"""The part of the loop over plain data that tells the kinds of literals, and which ones the machine must see itself.

Those are texts that are no UTF-8, keys that change what an object is, numbers in unusual spelling, and bytes that look
like a pickle. All functions stop at the end of what they may read.
"""

from __future__ import annotations

from typing import Any

__all__ = ["LITERALS", "byte", "is_latin", "line_length", "pushed", "slot", "text_at", "word"]

_NONE, _BOOL, _INT, _FLOAT, _STR, _BYTES, _BYTEARRAY, _LIST, _TUPLE, _DICT, _SET = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
"""Numbers of `memo.KINDS`."""
_EMPTY = 1 << 11
"""The mark of a tuple without items."""
_LONGEST = 4000
"""Digits of a number, and bytes of a line, that are read here."""


def pushed(data: Any, at: int, end: int, code: int) -> tuple[int, int]:  # noqa: C901, PLR0912 - a table, compiled
    """Return what an opcode pushes and how many bytes it takes, maybe too many; 0 for any that is not known here."""
    if code == 0x8C or code == 0x58:  # SHORT_BINUNICODE, BINUNICODE
        head = 2 if code == 0x8C else 5
        if at + head > end:
            return 0, 0
        stop = at + head + (byte(data, at + 1) if code == 0x8C else word(data, at + 1))
        return (_STR | (at + 1) << 16, stop - at) if stop <= end and harmless(data, at + head, stop, True) else (0, 0)
    if code == 0x4B:  # BININT1
        return _INT, 2
    if code == 0x47:  # BINFLOAT
        return _FLOAT, 9
    if code == 0x4D or code == 0x4A:  # BININT2, BININT
        return _INT, 3 if code == 0x4D else 5
    if code == 0x7D:  # EMPTY_DICT
        return _DICT, 1
    if code == 0x5D:  # EMPTY_LIST
        return _LIST, 1
    if code == 0x29:  # EMPTY_TUPLE
        return _TUPLE | _EMPTY, 1
    if code == 0x8F:  # EMPTY_SET
        return _SET, 1
    if code == 0x4E:  # NONE
        return _NONE, 1
    if code == 0x88 or code == 0x89:  # NEWTRUE, NEWFALSE
        return _BOOL, 1
    if code == 0x8A:  # LONG1
        return (_INT, 2 + byte(data, at + 1)) if at + 2 <= end else (0, 0)
    if code == 0x43 or code == 0x55 or code == 0x42 or code == 0x54 or code == 0x8B or code == 0x8E or code == 0x96:
        return counted(data, at, end, code)
    if code == 0x49 or code == 0x4C or code == 0x46 or code == 0x56 or code == 0x53:
        return line_of(data, at, end, code)
    return 0, 0


def counted(data: Any, at: int, end: int, code: int) -> tuple[int, int]:
    """Return the same for bytes, old strings and long numbers."""
    head = 2 if code == 0x43 or code == 0x55 else (5 if code == 0x42 or code == 0x54 or code == 0x8B else 9)
    if at + head > end:
        return 0, 0
    size = byte(data, at + 1) if head == 2 else word(data, at + 1)
    if size >= 1 << 31 or (head == 9 and word(data, at + 5) != 0) or at + head + size > end:
        return 0, 0
    if code == 0x8B:  # LONG4
        return _INT, 5 + size
    start = at + head
    if size > 8 and data[start] == 0x80 and 2 <= data[start + 1] <= 5:
        return 0, 0
    if code == 0x55 or code == 0x54:  # SHORT_BINSTRING, BINSTRING
        return (_STR, head + size) if harmless(data, start, start + size, False) else (0, 0)
    return _BYTEARRAY if code == 0x96 else _BYTES, head + size


def line_of(data: Any, at: int, end: int, code: int) -> tuple[int, int]:
    """Return the same for what stands in a line: numbers, texts, strings in quotes."""
    stop = at + 1
    limit = min(end, at + _LONGEST)
    while stop < limit and data[stop] != 0x0A:
        stop += 1
    if stop >= limit:
        return 0, 0
    if code == 0x56:  # UNICODE
        return (_STR | (at + 1) << 16, stop + 1 - at) if plain_line(data, at + 1, stop, True) else (0, 0)
    if code == 0x53:  # STRING
        quote = byte(data, at + 1)
        if stop - at < 3 or quote != data[stop - 1] or (quote != 0x27 and quote != 0x22):
            return 0, 0
        return (_STR, stop + 1 - at) if plain_line(data, at + 2, stop - 1, False) else (0, 0)
    kind = number_line(data, at + 1, stop, code)
    return kind, stop + 1 - at


def number_line(data: Any, start: int, stop: int, code: int) -> int:
    """Return the kind of a number in its ordinary spelling, 0 for another."""
    if code == 0x49 and stop - start == 2 and data[start] == 0x30 and 0x30 <= data[start + 1] <= 0x31:
        return _BOOL
    if code == 0x4C and stop > start and data[stop - 1] == 0x4C:  # the L after a long
        stop -= 1
    at = start + 1 if start < stop and data[start] == 0x2D else start
    digits = at
    while at < stop and 0x30 <= data[at] <= 0x39:
        at += 1
    if at == digits or (data[digits] == 0x30 and at - digits > 1):
        return 0
    if code != 0x46:
        return _INT if at == stop else 0
    if at < stop and data[at] == 0x2E:
        at += 1
        while at < stop and 0x30 <= data[at] <= 0x39:
            at += 1
    if at < stop and data[at] == 0x65:  # an exponent
        at += 2 if at + 1 < stop and (data[at + 1] == 0x2D or data[at + 1] == 0x2B) else 1
        digits = at
        while at < stop and 0x30 <= data[at] <= 0x39:
            at += 1
        if at == digits:
            return 0
    return _FLOAT if at == stop and stop - start < 300 else 0


def plain_line(data: Any, start: int, stop: int, unicode: bool) -> bool:
    """Tell whether a text in a line has ordinary escapes only, none of them for ASCII at its beginning."""
    if start < stop and data[start] == 0x80:
        return False
    at = start
    while at < stop:
        if data[at] != 0x5C:
            at += 1
            continue
        if at + 1 >= stop:
            return False
        kind = byte(data, at + 1)
        length = 2
        if unicode and (kind == 0x75 or kind == 0x55):
            length = 6 if kind == 0x75 else 10
        elif not unicode and kind == 0x78:
            length = 4
        if at + length > stop or (
            length == 10 and not (data[at + 2] == 0x30 and data[at + 3] == 0x30 and data[at + 4] == 0x30)
        ):
            return False
        if not unicode and length == 2 and kind != 0x5C and kind != 0x27 and kind != 0x6E and kind != 0x72:
            return False
        for place in range(at + 2, at + length):
            if not hexadecimal(byte(data, place)):
                return False
        if at - start < 2 and (length == 2 or not high(data, at, length)):
            return False
        at += length
    return harmless(data, start, stop, False)


def hexadecimal(byte: int) -> bool:
    """Tell whether a byte is a hexadecimal digit."""
    return 0x30 <= byte <= 0x39 or 0x41 <= byte <= 0x46 or 0x61 <= byte <= 0x66


def high(data: Any, at: int, length: int) -> bool:
    """Tell whether an escape stands for a character above 0x8F, by its digits: all else may begin a key or a pickle."""
    if length == 10:
        return byte(data, at + 5) != 0x30
    if length == 6 and (data[at + 2] != 0x30 or data[at + 3] != 0x30):
        return True
    return byte(data, at + length - 2) > 0x38


def harmless(data: Any, start: int, end: int, encoded: bool) -> bool:
    """Tell whether a text is UTF-8 where it is to be, and does not begin as a key that changes what an object is."""
    if end - start > 3 and data[start] == 0x5F and data[start + 1] == 0x5F:
        pair = byte(data, start + 2) << 8 | byte(data, start + 3)
        if (
            pair == 0x636C or pair == 0x7365 or pair == 0x7265 or pair == 0x6361 or pair == 0x6765 or pair == 0x6465
            or pair == 0x636F or pair == 0x676C or pair == 0x6275 or pair == 0x696E or pair == 0x6E65
        ):  # fmt: skip # cl, se, re, ca, ge, de, co, gl, bu, in, ne
            return False
    if not encoded:
        return True
    at = start
    while at < end:
        if data[at] < 0x80:
            at += 1
        else:
            length = character(data, at, end)
            if length == 0:
                return False
            at += length
    return True


def character(data: Any, at: int, end: int) -> int:
    """Return how many bytes a character above ASCII takes in UTF-8, half of a pair allowed; 0 where it is broken."""
    lead = byte(data, at)
    length = 2 if 0xC2 <= lead <= 0xDF else (3 if 0xE0 <= lead <= 0xEF else (4 if 0xF0 <= lead <= 0xF4 else 0))
    if length == 0 or at + length > end:
        return 0
    second = byte(data, at + 1)
    least = 0xA0 if lead == 0xE0 else (0x90 if lead == 0xF0 else 0x80)
    most = 0x8F if lead == 0xF4 else 0xBF
    if second < least or second > most:
        return 0
    for place in range(at + 2, at + length):
        if data[place] < 0x80 or data[place] > 0xBF:
            return 0
    return length


def slot(data: Any, at: int, end: int, code: int, count: int) -> tuple[int, int]:
    """Return the number of the memo's slot that an opcode names, and how many bytes the opcode takes; -1 for none."""
    if code == 0x94:  # MEMOIZE
        return count, 1
    if code == 0x68 or code == 0x71:  # BINGET, BINPUT
        return (byte(data, at + 1), 2) if at + 2 <= end else (-1, 0)
    if code == 0x6A or code == 0x72:  # LONG_BINGET, LONG_BINPUT
        return (word(data, at + 1), 5) if at + 5 <= end else (-1, 0)
    index, place = 0, at + 1
    while place < end and 0x30 <= data[place] <= 0x39 and place < at + 12:
        index = 10 * index + byte(data, place) - 0x30
        place += 1
    return (index, place + 1 - at) if at + 1 < place < end and data[place] == 0x0A else (-1, 0)


def word(data: Any, at: int) -> int:
    """Return four bytes as a number, the low one first."""
    return byte(data, at) | byte(data, at + 1) << 8 | byte(data, at + 2) << 16 | byte(data, at + 3) << 24


def text_at(data: Any, at: int) -> tuple[int, int]:
    """Return where the text of an opcode begins, and its length. The opcode was found whole before."""
    if data[at] == 0x56:  # UNICODE
        end = at + 1
        while data[end] != 0x0A:
            end += 1
        return at + 1, end - at - 1
    return (at + 2, byte(data, at + 1)) if data[at] == 0x8C else (at + 5, word(data, at + 1))


def line_length(data: Any, start: int, end: int) -> int:
    """Return the length of a line of a name, -1 where it does not end soon."""
    for place in range(start, min(end, start + 256)):
        if data[place] == 0x0A:
            return place - start
    return -1


def is_latin(data: Any, at: int) -> bool:
    """Tell whether the text of an opcode, a short one, has only characters of one byte in Latin-1."""
    start, size = text_at(data, at)
    line = data[at] == 0x56
    for place in range(start, start + size):
        if not line and data[place] >= 0xC4:
            return False
        if (
            line
            and data[place] == 0x5C
            and (
                data[place + 1] == 0x55
                or (data[place + 1] == 0x75 and (data[place + 2] != 0x30 or data[place + 3] != 0x30))
            )
        ):
            return False
    return size <= 512


def byte(data: Any, at: int) -> int:
    """Return a byte, as a number that the compiler takes for a signed one like all others."""
    return int(data[at])


LITERALS = (
    byte,
    word,
    text_at,
    line_length,
    is_latin,
    slot,
    character,
    harmless,
    hexadecimal,
    high,
    plain_line,
    number_line,
    line_of,
    counted,
    pushed,
)
"""Each after what it calls itself: a compiler needs them in this order."""
