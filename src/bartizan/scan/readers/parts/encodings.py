"""How text is written as bytes: told by byte order marks, by what is valid, and else guessed, with how sure that is."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

import msgspec

__all__ = ["CONTROL", "SAMPLE", "Encoding", "converted", "encoding_of"]

SAMPLE = 65_536
"""Bytes of a file that are looked at."""
_MARKS = (
    (codecs.BOM_UTF8, "", ""),
    # The marks of UTF-32 begin with those of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
CONTROL = bytes(c for c in range(32) if c not in b"\t\n\r\f\x08\x1b") + b"\x7f"
"""Bytes that text doesn't hold."""
_HIGH = bytes(range(0x80, 0x100))
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LETTER_1252 = re.compile(
    rb"[A-Za-z \n][\xc0-\xd6\xd8-\xf6\xf8-\xff\x8a\x8c\x8e\x9a\x9c\x9e]|[\x91-\x94\x96\x97\xa0\xa7\xab\xbb\xb0]"
)
_UNUSED_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


class Encoding(msgspec.Struct, frozen=True):
    """A way to read bytes as text.

    `codec` is Python's name of it, empty where the bytes pass as they are. `mark` is the length of the byte order mark,
    `width` the bytes of a letter at least, `note` what a report says about it, with how sure a guess is in per cent.
    """

    codec: str = ""
    mark: int = 0
    width: int = 1
    note: str = ""


def encoding_of(head: bytes) -> Encoding | None:
    """Tell the encoding by a file's first bytes (up to SAMPLE); None where they are no text."""
    for mark, codec, note in _MARKS:
        if head.startswith(mark):
            width = 4 if "32" in codec else 2 if codec else 1
            return Encoding(codec, len(mark), width, note)
    if not head:
        return Encoding()
    if wide := _wide(head):
        return wide
    if len(head) - len(head.translate(None, CONTROL)) > len(head) // 100:
        return None
    return _narrow(head)


def _wide(head: bytes) -> Encoding | None:
    """UTF-16 or UTF-32 without a mark: most letters of most languages leave the same bytes zero."""
    size = len(head) // 4
    if size < 2:
        return None
    zeros = [head[place : size * 4 : 4].count(0) / size for place in range(4)]
    for codec, used, unused, width in (
        ("utf-32-le", (0,), (2, 3), 4),
        ("utf-32-be", (3,), (0, 1), 4),
        ("utf-16-le", (0, 2), (1, 3), 2),
        ("utf-16-be", (1, 3), (0, 2), 2),
    ):
        if all(zeros[i] > 0.7 for i in unused) and all(zeros[i] < 0.05 for i in used):
            try:
                text = head[: size * 4 - 4].decode(codec)
            except UnicodeDecodeError:
                continue
            if sum(not c.isprintable() and c not in "\t\r\n\f" for c in text) * 50 <= len(text):
                return Encoding(codec, 0, width, f"{codec[:6]}, guessed, 90 %")
    return None


def _narrow(head: bytes) -> Encoding | None:
    """UTF-8, or one of the one-byte encodings of western Europe."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        # The sample may end in the middle of a letter.
        decoder.decode(head, final=False)
        return Encoding()
    except UnicodeDecodeError:
        pass
    high = len(head) - len(head.translate(None, _HIGH))
    whole = sum(map(len, _MULTIBYTE.findall(head)))
    if whole * 2 >= high:
        return Encoding()
    letters = len(_LETTER_1252.findall(head))
    share = letters / high
    if high * 10 > len(head) * 4 or (share < 0.5 and high * 20 > len(head)):
        # So many high bytes that it is another alphabet, or no text: passed as it is, or refused.
        return Encoding() if high * 10 <= len(head) * 8 and _alphabet(head) else None
    codec = "latin-1" if _UNUSED_1252.search(head) else "windows-1252"
    return Encoding(codec, 0, 1, f"{codec}, guessed, {round(50 + 45 * share)} %")


def _alphabet(head: bytes) -> bool:
    """Whether bytes look like text of an encoding that isn't known here: lines, spaces, and no control characters."""
    spaces = sum(map(head.count, (b" ", b"\n", b",", b"\t", b";")))
    return spaces * 50 >= len(head) and len(head.translate(None, CONTROL)) == len(head)


def converted(pieces: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    """Give pieces of text as UTF-8, as they come; broken letters become replacement characters."""
    if not encoding.codec:
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8", "replace")
    if rest := decoder.decode(b"", final=True):
        yield rest.encode("utf-8", "replace")
