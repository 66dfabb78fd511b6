"""JSON documents of any size: cut into runs of whole elements, of which each is decoded at once.

The outermost container whose elements are small enough is cut between them; an element that is too large is entered.
Which commas stand between elements is told by counting quotes and brackets over whole arrays of bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.json_values import decoded
from bartizan.scan.readers.parts.rows import label

__all__ = ["Piece", "Run", "runs"]

_WINDOW = 4 << 20
"""Bytes that are decoded at once; a larger element is entered."""
_READ = 1 << 20
_SMALL = 64 << 10
"""Bytes in which the end of a small document is looked for."""
_SEPARATORS = re.compile(rb"[ \t\r\n,]*")
_BETWEEN = re.compile(rb"[ \t\r\n,\x1e]*(\xef\xbb\xbf)?[ \t\r\n]*")
_KEY = re.compile(rb'\s*("(?:[^"\\]|\\.)*")\s*:\s*', re.DOTALL)
_QUOTE, _BACKSLASH = 34, 92
_OPEN = np.zeros(256, np.int8)
_OPEN[[91, 123]] = 1
_OPEN[[93, 125]] = -1
_COMMA = 44


class Run(msgspec.Struct, frozen=True):
    """Elements that follow each other: of a list, from number `first` on, or fields of an object, as one object."""

    path: str
    values: list[Any]
    first: int


class Piece(msgspec.Struct, frozen=True):
    """A part of a string that is too large to be decoded, as it stands in the file."""

    path: str
    data: bytes
    last: bool
    place: int


class _Level(msgspec.Struct):
    kind: int
    path: str
    count: int = 0


class _Input:
    """What was read and not used yet."""

    def __init__(self, file: IO[bytes]) -> None:
        self.ended = False
        self.used = 0
        self._file = file
        self._data = b""
        self._at = 0

    def __len__(self) -> int:
        return len(self._data) - self._at

    def more(self) -> bool:
        """Read on; whether there was something."""
        chunk = self._file.read(_READ)
        self.ended = not chunk
        if chunk:
            self._data, self._at = self._data[self._at :] + chunk, 0
        return not self.ended

    def fill(self) -> None:
        """Read until there is enough for a window."""
        while len(self) < _WINDOW and not self.ended:
            self.more()

    def peek(self, size: int) -> bytes:
        """Return the next bytes."""
        return self._data[self._at : self._at + size]

    def rest(self) -> bytes:
        """Return everything that was read and not used."""
        return self._data[self._at :]

    def use(self, size: int) -> bytes:
        """Return the next bytes, and go behind them."""
        out = self._data[self._at : self._at + size]
        self._at += len(out)
        self.used += len(out)
        return out

    def match(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """Match a pattern here."""
        return pattern.match(self._data, self._at)

    def skip(self, pattern: re.Pattern[bytes]) -> None:
        """Go behind everything of a kind."""
        while True:
            found = self.match(pattern)
            self.use(found.end() - self._at if found else 0)
            if len(self) or self.ended or not self.more():
                return


def runs(file: IO[bytes], rest: list[bytes] | None = None) -> Iterator[Run | Piece]:
    """Give a document's values. Raises Bad where it is damaged; `rest` then holds what was read and not decoded."""
    source = _Input(file)
    try:
        # Several documents may follow each other.
        source.skip(_BETWEEN)
        while len(source):
            yield from _document(source)
            source.skip(_BETWEEN)
    except (ValueError, RecursionError) as error:
        if rest is not None:
            rest.append(source.rest())
        raise Bad(f"is not valid JSON at about byte {source.used:,}") from error


def _document(source: _Input) -> Iterator[Run | Piece]:
    if source.peek(1) not in b"[{":
        source.fill()
        yield Run("", [decoded(source.peek(_WINDOW))], 1)
        source.use(len(source))
        return
    levels = [_Level(source.use(1)[0], "")]
    while levels:
        source.skip(_SEPARATORS)
        if not len(source):
            raise ValueError("ends inside")
        if source.peek(1) in b"]}":
            source.use(1)
            levels.pop()
            continue
        source.fill()
        size, number, closed = _elements(source.peek(_SMALL))
        if not closed and len(source) > _SMALL:
            size, number, _ = _elements(source.peek(_WINDOW))
        if size:
            # What doesn't decode stays, for whoever reads the rest.
            run = _run(source.peek(size), levels[-1], number)
            source.use(size)
            yield run
        else:
            yield from _enter(source, levels)


def _run(data: bytes, level: _Level, number: int) -> Run:
    """Decode whole elements."""
    if level.kind == ord("{"):
        return Run(level.path, [decoded(b"{" + data + b"}")], max(1, level.count))
    values = decoded(b"[" + data + b"]")
    level.count += number
    return Run(level.path, values, level.count - number + 1)


def _enter(source: _Input, levels: list[_Level]) -> Iterator[Piece]:
    """Go into an element that is larger than the window."""
    level = levels[-1]
    path = level.path
    if level.kind == ord("{"):
        found = source.match(_KEY)
        if found is None:
            raise ValueError("no key")
        path = f"{path}.{label(str(decoded(found[1])))}" if path else label(str(decoded(found[1])))
        yield Piece(path, found[1], True, max(1, level.count))
        source.use(len(found[0]))
    else:
        level.count += 1
    first = source.peek(1)
    if first and first in b"[{" and len(levels) < 500:
        levels.append(_Level(source.use(1)[0], path))
    elif first == b'"':
        source.use(1)
        yield from _string(source, path, max(1, level.count))
    else:
        raise ValueError("neither a container nor a string")


def _string(source: _Input, path: str, place: int) -> Iterator[Piece]:
    """A string in pieces, up to its closing quote."""
    while True:
        data = source.rest()
        quotes = _quotes(np.frombuffer(data, np.uint8))
        if len(quotes):
            yield Piece(path, source.use(int(quotes[0])), True, place)
            source.use(1)
            return
        # A backslash at the end belongs to what follows.
        yield Piece(path, source.use(len(data.rstrip(b"\\"))), False, place)
        if not source.more():
            raise ValueError("ends inside a string")


def _elements(data: bytes) -> tuple[int, int, bool]:
    """How many bytes are whole elements of the container that is open, how many those are, and whether it ends."""
    letters = np.frombuffer(data, np.uint8)
    quotes = _quotes(letters)
    depth = _OPEN[letters]
    marks = np.flatnonzero((depth != 0) | (letters == _COMMA))
    # A mark with an odd number of quotes before it stands in a string.
    marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
    depths = np.cumsum(depth[marks])
    closing = np.flatnonzero(depths < 0)
    stop = int(closing[0]) if len(closing) else len(marks)
    commas = marks[:stop][(depths[:stop] == 0) & (letters[marks[:stop]] == _COMMA)]
    if len(closing):
        return int(marks[stop]), len(commas) + 1, True
    return (int(commas[-1]), len(commas), False) if len(commas) else (0, 0, False)


def _quotes(letters: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where quotes stand that begin or end a string: those after an even number of backslashes."""
    quotes: NDArray[np.int64] = np.flatnonzero(letters == _QUOTE)
    slashes = np.flatnonzero(letters == _BACKSLASH)
    if not len(slashes) or not len(quotes):
        return quotes
    # The first backslash of the row that each backslash stands in.
    begins = np.concatenate(([True], slashes[1:] != slashes[:-1] + 1))
    first = slashes[np.maximum.accumulate(np.where(begins, np.arange(len(slashes)), 0))]
    place = np.searchsorted(slashes, quotes) - 1
    before = (place >= 0) & (slashes[place] == quotes - 1)
    odd = before & ((quotes - first[place]) % 2 == 1)
    outside: NDArray[np.int64] = quotes[~odd]
    return outside
