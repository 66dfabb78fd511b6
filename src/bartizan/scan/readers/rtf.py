"""RTF: the text, with fields, notes and properties; pictures and embedded objects are told. Rich Text Format 1.9.1."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.whole import Whole

__all__ = ["READER"]

_READ = 256 << 10
_DEPTH = 500
_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\'?"
)
_LEFT_OUT = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "themedata",
        "colorschememapping",
        "latentstyles",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "xmlnstbl",
        "datastore",
        "filetbl",
        "pgptbl",
        "revtbl",
        "wgrffmtfilter",
    ]
)
_PICTURES = {"pict": "pictures are not inspected for data", "objdata": "embedded objects of an RTF file are not read"}
_BREAKS = frozenset(["par", "pard", "line", "sect", "page", "row", "cell", "nestcell", "nestrow"])
_SPECIAL = {
    "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip
_INFO = frozenset(
    [
        "title",
        "subject",
        "author",
        "manager",
        "company",
        "operator",
        "keywords",
        "comment",
        "doccomm",
        "hlinkbase",
        "category",
    ]
)
_SYMBOLS = {b"~": " ", b"_": "-", b"-": ""}


class RtfReader(Whole):
    """Paragraphs, by number."""

    name = "RTF"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"{\\rtf") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """The text."""
        document = _Document()
        with source.open() as file:
            for token in _tokens(file, document):
                document.take(token)
                yield from document.records.taken_when_full()
        document.end()
        yield from document.records.take()
        for reason in sorted(document.told):
            yield Unread(reason)
        if document.depth > 0:
            yield Unread("breaks off: the RTF file is truncated")


def _tokens(file: IO[bytes], document: _Document) -> Iterator[re.Match[bytes]]:
    rest = b""
    ended = False
    while not ended:
        chunk = file.read(_READ)
        ended = not chunk
        data = rest + chunk
        at = 0
        # A token may be cut off at the end of a chunk.
        safe = len(data) if ended else len(data) - 64
        while at < safe:
            if document.binary:
                step = min(document.binary, len(data) - at)
                document.binary -= step
                at += step
                continue
            found = _TOKEN.match(data, at)
            assert found is not None
            yield found
            at = found.end()
        rest = data[at:]


class _Document:
    """What is open at the present place: groups, and how letters are written in them."""

    def __init__(self) -> None:
        self.records = Records()
        self.binary = 0
        self.told: set[str] = set()
        self._text = LongText(self.records)
        self._column = ""
        self._place = 1
        self._groups: list[tuple[str, int]] = []
        self._skipped = 0
        self._star = False
        self._codec = "cp1252"
        self._after_unicode = 1
        self._to_skip = 0
        self._bytes = bytearray()

    @property
    def depth(self) -> int:
        """Groups that are open."""
        return len(self._groups)

    def take(self, token: re.Match[bytes]) -> None:
        """Take the next token."""
        word, number, code, symbol, brace, text = token.groups()
        if code is not None:
            self._letter(bytes([int(code, 16)]))
            return
        if text is not None and not self._skipped:
            self._letter(text)
            return
        self._flush()
        if brace == b"{":
            if len(self._groups) < _DEPTH:
                self._groups.append((self._column, self._skipped))
        elif brace == b"}":
            self._close()
        elif word is not None:
            self._word(word.decode("ascii"), int(number) if number else None)
        elif symbol == b"*":
            self._star = True
        elif symbol in _SYMBOLS and not self._skipped:
            self._text.add(_SYMBOLS[symbol], self._place, self._column)
        elif symbol and symbol in b"\\{}":
            self._letter(symbol)

    def end(self) -> None:
        """Give what is left."""
        self._flush()
        self._text.end(self._place, self._column)

    def _letter(self, data: bytes) -> None:
        if self._skipped:
            return
        if self._to_skip:
            cut = min(self._to_skip, len(data))
            self._to_skip -= cut
            data = data[cut:]
        self._bytes += data

    def _flush(self) -> None:
        if self._bytes:
            self._text.add(self._bytes.decode(self._codec, "replace"), self._place, self._column)
            self._bytes.clear()

    def _close(self) -> None:
        if not self._groups:
            return
        column, skipped = self._groups.pop()
        if column != self._column:
            self._text.end(self._place, self._column)
        self._column, self._skipped, self._star = column, skipped, False

    def _word(self, word: str, number: int | None) -> None:
        starred, self._star = self._star, False
        if word in _PICTURES:
            self.told.add(_PICTURES[word])
            self._skipped = 1
        elif word in _LEFT_OUT or (
            starred and word not in ("fldinst", "annotation", "shptxt", "bkmkstart", "shpinst", "shppict")
        ):
            self._skipped = 1
        elif word == "bin" and number and number > 0:
            self.binary = number
        elif word == "ansicpg" and number:
            self._codec = _codec(number)
        elif word == "uc" and number is not None:
            self._after_unicode = max(0, number)
        elif word == "u" and number is not None and not self._skipped:
            self._text.add(_character(number), self._place, self._column)
            self._to_skip = self._after_unicode
        elif word in _SPECIAL and not self._skipped:
            self._text.add(_SPECIAL[word], self._place, self._column)
        elif word in _BREAKS and not self._skipped:
            self._text.end(self._place, self._column)
            self._place += word == "par"
        else:
            self._heading(word)

    def _heading(self, word: str) -> None:
        """Groups whose text is no part of the paragraph around them."""
        column = {"fldinst": "field", "footnote": "footnote", "annotation": "comment"}.get(word, "")
        column = column or (f"property.{word}" if word in _INFO else "")
        if column and column != self._column:
            self._text.end(self._place, self._column)
            self._column = column


def _codec(number: int) -> str:
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return "cp1252"


def _character(number: int) -> str:
    number &= 0xFFFF
    # Halves of surrogate pairs come apart; they are joined by whoever reads the bytes.
    return chr(number)


READER = RtfReader()
