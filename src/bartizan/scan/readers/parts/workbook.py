"""What a sheet needs to know of its workbook: sheets' names, shared strings, and which formats are dates."""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from datetime import datetime, timedelta
from typing import IO

from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.package import Package
from bartizan.scan.readers.parts.xmlstream import parsed

__all__ = ["Strings", "Workbook"]

_IN_MEMORY = 32 << 20
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of built-in formats that show a date or time: ECMA-376 part 1, 18.8.30."""
_LITERAL = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_EPOCH = datetime(1899, 12, 30)
_EPOCH_1904 = datetime(1904, 1, 1)
_CELL_STRING = 1 << 20


class Strings:
    """Shared strings by number; on disk from some size on."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - lives as long as this
        self._ends = array("Q", [0])
        self._view: bytes | mmap.mmap | None = None

    def add(self, text: str) -> None:
        """Add the next one."""
        data = text.encode("utf-8", "surrogatepass")
        self._file.write(data)
        self._ends.append(self._ends[-1] + len(data))

    def __getitem__(self, number: int) -> bytes:
        """Return one; empty where there is none."""
        if not 0 <= number < len(self._ends) - 1:
            return b""
        if self._view is None:
            self._view = self._seen()
        return self._view[self._ends[number] : self._ends[number + 1]]

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        if isinstance(self._view, mmap.mmap):
            self._view.close()

    def _seen(self) -> bytes | mmap.mmap:
        if self._ends[-1] <= _IN_MEMORY:
            self._file.seek(0)
            return self._file.read()
        self._file.flush()
        return mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)


class Workbook:
    """The parts of a workbook that others refer to."""

    def __init__(self, package: Package) -> None:
        self.strings = Strings()
        self.sheets: dict[str, str] = {}
        self.names: list[tuple[str, str]] = []
        self.problem = ""
        self._dates: list[bool] = []
        self._epoch = _EPOCH
        self._read(package)

    def date(self, style: int, value: str) -> str:
        """Return a cell's number as a date where its style says so, the number otherwise."""
        if not 0 <= style < len(self._dates) or not self._dates[style]:
            return value
        try:
            moment = self._epoch + timedelta(days=float(value))
        except (ValueError, OverflowError):
            return value
        return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ", "seconds")

    def _read(self, package: Package) -> None:
        targets = _Relations()
        book = _Book()
        styles = _Styles()
        shared = _Shared(self.strings)
        for name, handler in (
            ("xl/_rels/workbook.xml.rels", targets),
            ("xl/workbook.xml", book),
            ("xl/styles.xml", styles),
            ("xl/sharedStrings.xml", shared),
        ):
            entry = package.parts.get(name)
            if entry is None:
                continue
            try:
                for _ in parsed(package.content(entry), handler):
                    pass
            except Bad as bad:
                self.problem = str(bad)
        self._dates = styles.dates
        self.names = book.names
        if book.since_1904:
            self._epoch = _EPOCH_1904
        for title, identity in book.sheets:
            if identity in targets.found:
                self.sheets[targets.found[identity]] = title


class _Ignoring:
    """A handler's events that nobody needs here."""

    def line(self, number: int) -> None:
        """Not needed."""

    def aside(self, data: str, kind: str) -> None:
        """Not needed."""

    def text(self, data: str) -> None:
        """Not needed."""

    def end(self, name: str) -> None:
        """Not needed."""


class _Relations(_Ignoring):
    def __init__(self) -> None:
        self.found: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            self.found[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"


class _Book(_Ignoring):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.names: list[tuple[str, str]] = []
        self.since_1904 = False
        self._name = ""
        self._text: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "definedName":
            self._name = attributes.get("name", "unnamed")
            self._text = [attributes.get("comment", "")]
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")

    def text(self, data: str) -> None:
        if self._name and len(self._text) < 1000:
            self._text.append(data)

    def end(self, name: str) -> None:
        if name == "definedName":
            self.names.append((self._name, "".join(self._text)))
            self._name = ""


class _Styles(_Ignoring):
    def __init__(self) -> None:
        self.dates: list[bool] = []
        self._formats: dict[int, bool] = {}
        self._cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        number = attributes.get("numFmtId", "0")
        key = int(number) if number.isdecimal() else 0
        if name == "numFmt":
            code = _LITERAL.sub("", attributes.get("formatCode", "")).lower()
            self._formats[key] = any(letter in code for letter in "ymdh")
        elif name == "cellXfs":
            self._cells = True
        elif name == "xf" and self._cells:
            self.dates.append(self._formats.get(key, key in _DATES))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._cells = False


class _Shared(_Ignoring):
    def __init__(self, strings: Strings) -> None:
        self._strings = strings
        self._parts: list[str] = []
        self._size = 0
        self._inside = False
        self._phonetic = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self._parts, self._size = [], 0
        self._phonetic += name == "rPh"
        self._inside = name == "t" and not self._phonetic

    def text(self, data: str) -> None:
        # No cell may hold more than 32,767 letters; a file that says otherwise is bounded here.
        if self._inside and self._size < _CELL_STRING:
            self._parts.append(data)
            self._size += len(data)

    def end(self, name: str) -> None:
        if name == "t":
            self._inside = False
        elif name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            self._strings.add("".join(self._parts))
