"""Texts in UTF-16 and UTF-32, told by their mark, are handled as UTF-8 and written as they came."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from bartizan.model import InputError

__all__ = ["narrowed", "wide", "widen"]

_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_SPOOL = 16 << 20
_CHUNK = 1 << 20


def wide(head: bytes) -> str:
    """Return the encoding that the first bytes mark; nothing for other texts."""
    return next((encoding for mark, encoding in _MARKS.items() if head.startswith(mark)), "")


@contextmanager
def narrowed(source: IO[bytes], encoding: str) -> Iterator[IO[bytes]]:
    """Give a temporary copy in UTF-8, the mark included. Raises InputError for bytes that are no such text."""
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as copy:
        _recode(source, copy, encoding, "utf-8")
        copy.seek(0)
        yield copy


def widen(source: IO[bytes], target: IO[bytes], encoding: str) -> None:
    """Write a text in UTF-8 in its first encoding."""
    source.seek(0)
    _recode(source, target, "utf-8", encoding)


def _recode(source: IO[bytes], target: IO[bytes], old: str, new: str) -> None:
    decoder = codecs.getincrementaldecoder(old)("surrogatepass")
    try:
        while chunk := source.read(_CHUNK):
            target.write(decoder.decode(chunk).encode(new, "surrogatepass"))
        target.write(decoder.decode(b"", final=True).encode(new, "surrogatepass"))
    except UnicodeDecodeError:
        raise InputError(f"the text is marked as {old}, and is none", help="save it as UTF-8") from None
