"""The objects of a PDF file (ISO 32000-1, 7.5), as far as metadata need them: found by cross-reference, in bounds."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from bartizan.scan.labels.pdfsyntax import (
    MOST_STREAM,
    Buffer,
    Name,
    Parser,
    PdfError,
    Ref,
    inflated,
    predicted,
    whole_numbers,
)

__all__ = ["Document", "Stream"]

_OBJECT = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+obj")
_SECTION = re.compile(rb"(\d{1,10})[ ]+(\d{1,10})[ ]*[\r\n]*")
_ENTRY = re.compile(rb"\s*(\d{10}) (\d{5}) ([fn])")
_START = re.compile(rb"\s*(\d{1,12})")
_DIGITS = re.compile(rb"\d{1,10}")
_CONTAINER = re.compile(rb"/(?:ObjStm|XRef)\b")
_HEAD = 1000
"""Bytes in which an object's dictionary says that it holds others."""
_HOPS, _MOST_OBJECTS = 200, 2_000_000


class Stream(msgspec.Struct):
    """A stream: its dictionary, and its bytes as they stand in the file."""

    entries: dict[str, Any]
    raw: bytes


class Document:
    """Resolves objects by number. `trailer` holds the newest entries of all trailers.

    Where the cross-reference is damaged, objects are found by looking for them. Raises PdfError where that fails too.
    """

    def __init__(self, data: Buffer) -> None:
        self.data = data
        self._parser = Parser(data)
        self.trailer: dict[str, Any] = {}
        self._places: dict[int, tuple[int, int]] = {}
        """Object number to (0, offset in the file), or (number of an object stream, index in it)."""
        self._known: dict[int, Any] = {}
        self._streams: dict[int, tuple[bytes, list[int]]] = {}
        try:
            self._cross_references()
            whole = isinstance(self.get(self.trailer.get("Root")), dict)
        except PdfError:
            whole = False
        if not whole:
            self._rebuild()

    def get(self, value: Any, hops: int = 0) -> Any:
        """Return what a value refers to, itself when it is no reference, None when there is no such object."""
        if not isinstance(value, Ref):
            return value
        if hops > _HOPS:
            raise PdfError
        if value.number not in self._known:
            self._known[value.number] = None  # what asks for itself gets nothing
            self._known[value.number] = self._load(value.number)
        return self.get(self._known[value.number], hops + 1)

    def decoded(self, stream: Stream) -> bytes:
        """Return a stream's content. Raises PdfError for filters other than Flate."""
        filters = self.get(stream.entries.get("Filter"))
        names = [filters] if isinstance(filters, Name) else [self.get(one) for one in filters or []]
        parms = self.get(stream.entries.get("DecodeParms"))
        listed = [self.get(one) for one in parms] if isinstance(parms, list) else [parms]
        content = stream.raw
        for number, name in enumerate(names):
            own = listed[number] if number < len(listed) and isinstance(listed[number], dict) else {}
            if name == "Crypt" and own.get("Name", "Identity") == "Identity":
                continue
            if name != "FlateDecode":
                raise PdfError
            content = predicted(inflated(content), own)
        return content

    def _load(self, number: int) -> Any:
        container, place = self._places.get(number, (0, -1))
        if container:
            return self._contained(container, place)
        match = _OBJECT.match(self.data, self._parser.skip(place)) if 0 <= place < len(self.data) else None
        if match is None or int(match[1]) != number:
            if place >= 0:
                raise PdfError
            return None
        return self._object(match.end())

    def _object(self, at: int) -> Any:
        value, at = self._parser.parse(at)
        at = self._parser.skip(at)
        if not isinstance(value, dict) or self.data[at : at + 6] != b"stream":
            return value
        at += 6
        at += 2 if self.data[at : at + 2] == b"\r\n" else 1
        length = self.get(value.get("Length"))
        end = at + length if isinstance(length, int) and 0 <= length <= MOST_STREAM else -1
        if end < 0 or b"endstream" not in self.data[end : end + 20]:
            end = self.data.find(b"endstream", at, at + MOST_STREAM)
            if end < 0:
                raise PdfError
        return Stream(value, bytes(self.data[at:end]))

    def _contained(self, container: int, index: int) -> Any:
        if container not in self._streams:
            stream = self.get(Ref(container))
            if not isinstance(stream, Stream):
                raise PdfError
            content = self.decoded(stream)
            first, count = stream.entries.get("First"), stream.entries.get("N")
            if not isinstance(first, int) or not isinstance(count, int):
                raise PdfError
            numbers = [int(word) for word in _DIGITS.findall(content[: max(0, first)])[: 2 * count]]
            self._streams[container] = (content, [first + offset for offset in numbers[1::2]])
        content, offsets = self._streams[container]
        if not 0 <= index < len(offsets):
            raise PdfError
        return Parser(content).parse(offsets[index])[0]

    def _cross_references(self) -> None:
        size = len(self.data)
        mark = self.data.rfind(b"startxref", max(0, size - 4096))
        number = _START.match(self.data, mark + 9) if mark >= 0 else None
        if number is None:
            raise PdfError
        begin = max(0, self.data.find(b"%PDF-", 0, 1024))
        todo, seen = [int(number[1]) + begin], set[int]()
        while todo:
            at = todo.pop()
            if at in seen or len(seen) > _HOPS or not 0 <= at < size:
                continue
            seen.add(at)
            at = self._parser.skip(at)
            trailer = self._table(at + 4, begin) if self.data[at : at + 4] == b"xref" else self._xref_stream(at, begin)
            for key, value in trailer.items():
                self.trailer.setdefault(key, value)
            todo += [trailer[key] + begin for key in ("Prev", "XRefStm") if isinstance(trailer.get(key), int)]

    def _table(self, at: int, begin: int) -> dict[str, Any]:
        at = self._parser.skip(at)
        while match := _SECTION.match(self.data, at):
            at = match.end()
            for number in range(int(match[1]), int(match[1]) + min(int(match[2]), _MOST_OBJECTS)):
                row = _ENTRY.match(self.data, at)
                if row is None:
                    raise PdfError
                at = row.end()
                if row[3] == b"n":
                    self._places.setdefault(number, (0, int(row[1]) + begin))
            at = self._parser.skip(at)
        if self.data[at : at + 7] != b"trailer":
            raise PdfError
        trailer = self._parser.parse(at + 7)[0]
        if not isinstance(trailer, dict):
            raise PdfError
        return trailer

    def _xref_stream(self, at: int, begin: int) -> dict[str, Any]:
        match = _OBJECT.match(self.data, at)
        stream = self._object(match.end()) if match else None
        if not isinstance(stream, Stream):
            raise PdfError
        widths = stream.entries.get("W")
        index = stream.entries.get("Index", [0, stream.entries.get("Size")])
        if not isinstance(widths, list) or not isinstance(index, list) or len(index) % 2:
            raise PdfError
        if not whole_numbers(widths, 3) or not whole_numbers(index, 0) or not 0 < sum(widths) <= 24:
            raise PdfError
        numbers = (n for first, count in zip(index[::2], index[1::2], strict=True) for n in range(first, first + count))
        content, step = self.decoded(stream), sum(widths)
        for number, start in zip(numbers, range(0, len(content) - step + 1, step), strict=False):
            self._entry(number, content[start : start + step], widths, begin)
        return stream.entries

    def _entry(self, number: int, row: bytes, widths: list[int], begin: int) -> None:
        fields, at = [], 0
        for width in widths:
            fields.append(int.from_bytes(row[at : at + width], "big"))
            at += width
        kind = fields[0] if widths[0] else 1
        if kind == 1:
            self._places.setdefault(number, (0, fields[1] + begin))
        elif kind == 2:
            self._places.setdefault(number, (fields[1], fields[2]))

    def _rebuild(self) -> None:
        """Find objects where they stand, the last one of each number; trailers too."""
        self.trailer, self._places, self._known = {}, {}, {}
        for count, match in enumerate(_OBJECT.finditer(self.data)):
            if count > _MOST_OBJECTS:
                break
            self._places[int(match[1])] = (0, match.start())
        for match in re.finditer(rb"trailer", self.data):
            self._merge(match.end())
        for number, (_, at) in list(self._places.items()):
            if _CONTAINER.search(self.data, at, at + _HEAD) is None:
                continue
            try:
                found = self.get(Ref(number))
                if isinstance(found, Stream) and found.entries.get("Type") == "XRef":
                    self.trailer |= found.entries
                elif isinstance(found, Stream) and found.entries.get("Type") == "ObjStm":
                    self._unpack(number, found)
            except PdfError:
                continue
        if "Root" not in self.trailer:
            raise PdfError

    def _merge(self, at: int) -> None:
        try:
            found = self._parser.parse(at)[0]
        except PdfError:
            return
        if isinstance(found, dict):
            self.trailer |= found

    def _unpack(self, number: int, stream: Stream) -> None:
        first = stream.entries.get("First", 0)
        words = _DIGITS.findall(self.decoded(stream)[: first if isinstance(first, int) else 0])
        for index, word in enumerate(words[::2]):
            self._places.setdefault(int(word), (number, index))
