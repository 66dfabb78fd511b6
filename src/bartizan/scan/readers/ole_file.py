"""OLE files: Outlook messages (.msg) are read, embedded packages unpacked, encrypted and old Office files told.

Properties of messages: Microsoft's [MS-OXMSG] and [MS-OXPROPS]; packages: [MS-OLEDS] 2.3.6.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from functools import partial

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.members import Budget, Member, budget_of, nested, summed
from bartizan.scan.readers.parts.ole import Compound, compound
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.rtf_packed import unpacked
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.sources import Memory, seekable

__all__ = ["READER"]

_PROPERTY = re.compile(r"(.*/)?__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$", re.IGNORECASE)
_NAMES = {
    **dict.fromkeys(("0037", "0E1D", "0070"), "Subject"),
    **dict.fromkeys(("0C1A", "0C1F", "0042", "0065"), "From"),
    **dict.fromkeys(("0E04", "3001", "3003", "39FE"), "To"),
    **dict.fromkeys(("3707", "3704"), "attachment"),
    "0E03": "Cc",
    "0E02": "Bcc",
    "007D": "header",
    "1000": "",
}
_BODY_HTML, _BODY_RTF, _DATA = "1013", "1009", "3701"
_TEXT, _NARROW, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_OLD = (
    ("WordDocument", "a Word file of before 2007, which is not read; save it as .docx"),
    ("Workbook", "an Excel file of before 2007, which is not read; save it as .xlsx"),
    ("Book", "an Excel file of before 1997, which is not read; save it as .xlsx"),
    ("PowerPoint Document", "a PowerPoint file of before 2007, which is not read; save it as .pptx"),
    ("VisioDocument", "a Visio file of before 2013, which is not read"),
    ("VBA/dir", "macros in Visual Basic, which are not read"),
    ("Catalog", "a cache of thumbnails, which is not inspected for data"),
)


class OleReader(Whole):
    """Messages, packages, and reasons for the rest."""

    name = "OLE file"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What is in it."""
        budget, _ = budget_of(source)
        with seekable(source) as file:
            try:
                with compound(file) as ole:
                    yield from summed(_contents(ole, source, budget))
            except Bad as bad:
                yield Unread(str(bad))


def _contents(ole: Compound, source: Source, budget: Budget) -> Iterator[Block | Unread]:
    if ole.has("EncryptedPackage") or ole.has("EncryptionInfo"):
        yield Unread("is an encrypted Office file")
        return
    if any(name.startswith("__properties_version1.0") for name in ole.names):
        yield from _Message(ole, source, budget).blocks()
        return
    if ole.has("\x01Ole10Native"):
        yield from _package(ole, source, budget)
        return
    for name in ("Package", "CONTENTS"):
        if ole.has(name):
            yield from nested(source, budget, name.lower(), partial(_stream, ole, name), size=ole.size(name))
            return
    for name, kind in _OLD:
        if any(found == name or found.endswith(f"/{name}") for found in ole.names):
            yield Unread(f"is {kind}")
            return
    yield Unread("is an OLE file of an unknown kind, which is not inspected for data")


def _stream(ole: Compound, name: str, member: Member, skip: int = 0, size: int = 1 << 62) -> Iterator[bytes]:
    try:
        for chunk in ole.content(name, skip + size):
            piece = chunk[skip:] if skip else chunk
            skip = max(0, skip - len(chunk))
            if piece:
                yield piece
    except Bad as bad:
        member.problem = str(bad)


def _package(ole: Compound, source: Source, budget: Budget) -> Iterator[Block | Unread]:
    """A file that was put into a document as an icon."""
    name = "\x01Ole10Native"
    head = b"".join(ole.content(name, 8192))
    label, _, rest = head[6:].partition(b"\x00")
    path, _, rest = rest.partition(b"\x00")
    if len(rest) < 12:
        raise Bad("is a damaged OLE package")
    (length,) = struct.unpack_from("<L", rest, 4)
    command = rest[8 : 8 + length]
    if len(rest) < 12 + length:
        raise Bad("is a damaged OLE package")
    (size,) = struct.unpack_from("<L", rest, 8 + length)
    skip = len(head) - len(rest) + 12 + length
    records = Records()
    for text in (label, path, command.rstrip(b"\x00")):
        records.add(text.decode("cp1252", "replace"), 1, "link")
    yield from records.take()
    shown = label.decode("cp1252", "replace") or "package"
    yield from nested(source, budget, shown, partial(_stream, ole, name, skip=skip, size=size), size=size)


class _Message:
    """An Outlook message; storages of recipients and attachments have properties of their own."""

    def __init__(self, ole: Compound, source: Source, budget: Budget) -> None:
        self._ole = ole
        self._source = source
        self._budget = budget

    def blocks(self) -> Iterator[Block | Unread]:
        """Give every text, the bodies and the attachments. Raises Bad."""
        records = Records()
        for name in self._ole.names:
            found = _PROPERTY.match(name)
            if not found:
                continue
            number, kind = found[2].upper(), found[3].upper()
            if kind in (_TEXT, _NARROW):
                self._text(name, kind, _NAMES.get(number, "property"), records)
                yield from records.taken_when_full()
            elif kind == _BINARY and number in (_BODY_HTML, _BODY_RTF, _DATA):
                yield from records.take()
                yield from self._part(name, found[1] or "", number)
            elif kind == _BINARY and number == "0C1D":
                records.add(self._ole.small(name).rstrip(b"\x00"), 1, "From")
        yield from records.take()

    def _text(self, name: str, kind: str, column: str, records: Records) -> None:
        long = LongText(records)
        codec = "utf-16-le" if kind == _TEXT else "cp1252"
        rest = b""
        for chunk in self._ole.content(name):
            data = rest + chunk
            cut = len(data) - len(data) % 2
            rest = data[cut:]
            long.add(data[:cut].decode(codec, "replace"), 1, column)
        long.add(rest.decode("cp1252", "replace") if kind == _NARROW else "", 1, column)
        long.end(1, column)

    def _part(self, name: str, storage: str, number: str) -> Iterator[Block | Unread]:
        if number == _BODY_RTF:
            held = Memory("body.rtf", unpacked(self._ole.small(name)))
            yield from nested(self._source, self._budget, held.name, opener=held.open, size=held.size)  # type: ignore[arg-type]
            return
        shown = "body.html" if number == _BODY_HTML else self._file_name(storage)
        yield from nested(
            self._source, self._budget, shown, partial(_stream, self._ole, name), size=self._ole.size(name)
        )

    def _file_name(self, storage: str) -> str:
        for number in ("3707", "3704", "3001"):
            for kind, codec in ((_TEXT, "utf-16-le"), (_NARROW, "cp1252")):
                name = f"{storage}__substg1.0_{number}{kind}"
                if self._ole.has(name):
                    return self._ole.small(name)[:1000].decode(codec, "replace").rstrip("\x00")
        return "attachment"


READER = OleReader()
