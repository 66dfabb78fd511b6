"""Text and logs, line by line: nothing is held back beyond the record that is being read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import IO

from bartizan.inspection.redaction import Edit
from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work
from bartizan.scan.rewriters.json_ import rewrite_line

__all__ = ["REWRITERS", "rewrite_stream"]

_LONGEST = 1 << 20  # bytes of a line that are looked at together
_TAIL = 4096  # characters of a longer line that are looked at again with what follows
_BATCH = 1 << 20  # bytes of lines that are inspected together when nobody waits for them
_KEY_LINES = 400
_KEY_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")
_KEY_END = b"-----END "
_ERRORS = "surrogateescape"
_SPACE = re.compile(r"\s")
_SUFFIXES = (".txt", ".log", ".out", ".err")


class Lines:
    """Plain text. Bytes that are no UTF-8 stay as they are."""

    name = "text"

    def recognises(self, head: bytes, name: str) -> int:
        """Take whatever has no zero bytes, as a last resort."""
        return 1 if b"\0" not in head or name.endswith(_SUFFIXES) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite lines, many at once."""
        lines = _Together(work, target.write)
        for data, more in _pieces(source):
            lines.take(data, more=more)
        lines.flush()


REWRITERS = (Lines(),)


def rewrite_stream(source: IO[bytes], target: IO[bytes], work: Work) -> None:
    """Rewrite lines as they come, each written and flushed before the next is read.

    Raises InputError for a line with zero bytes: that is no text.
    """
    lines = _Together(work, target.write)
    for data, more in _pieces(source):
        if b"\0" in data:
            raise InputError("the input is no text", help="give it as a file, whose format is then kept")
        lines.take(data, more=more)
        lines.flush()
        target.flush()


def _pieces(source: IO[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield lines, and parts of lines that are too long, of which more follows. A key in several lines is one."""
    while line := source.readline(_LONGEST):
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                yield line, True
                line = source.readline(_LONGEST)
            yield line, False
            continue
        if _KEY_BEGIN.search(line) and _KEY_END not in line:
            line += b"".join(_key(source))
        yield line, False


def _key(source: IO[bytes]) -> Iterator[bytes]:
    for _ in range(_KEY_LINES):
        line = source.readline(_LONGEST)
        yield line
        if not line or _KEY_END in line:
            return


class _Together:
    """Gathers lines, so that they are inspected together, until `flush`."""

    def __init__(self, work: Work, write: Callable[[bytes], object]) -> None:
        self.work = work
        self.write = write
        self.lines: list[str] = []
        # Lines of JSON are rewritten by their own rules; where they stand among the others.
        self.made: dict[int, list[bytes]] = {}
        self.size = 0
        self.long: _Long | None = None

    def take(self, data: bytes, *, more: bool) -> None:
        if more or self.long is not None:
            self.flush()
            self.long = self.long or _Long(self.work)
            self.write(self.long.feed(data, more=more))
            if not more:
                self.long = None
            return
        line = data.decode("utf-8", _ERRORS)
        if line.lstrip()[:1] in ("{", "[") and (made := rewrite_line(line, self.work)) is not None:
            self.made.setdefault(len(self.lines), []).append(made.encode("utf-8", _ERRORS))
        else:
            self.lines.append(line)
        self.size += len(data)
        if self.size > _BATCH:
            self.flush()

    def flush(self) -> None:
        done = 0
        texts = list(self.work.texts(self.lines)) if self.lines else []
        for place, made in [*self.made.items(), (len(texts), [])]:
            self.write("".join(texts[done:place]).encode("utf-8", _ERRORS))
            self.write(b"".join(made))
            done = place
        self.lines, self.made, self.size = [], {}, 0


class _Long:
    """A line that is too long to be looked at as a whole: windows that overlap."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.decoder = codecs.getincrementaldecoder("utf-8")(_ERRORS)
        self.rest = ""

    def feed(self, data: bytes, *, more: bool) -> bytes:
        text = self.rest + self.decoder.decode(data, final=not more)
        edits = self.work.find(text)
        cut = _cut(text, edits) if more else len(text)
        self.rest = text[cut:]
        return self.work.apply(text[:cut], [edit for edit in edits if edit.end <= cut]).encode("utf-8", _ERRORS)


def _cut(text: str, edits: list[Edit]) -> int:
    """Return how much of a window is settled: it ends at a space where there is one, and in no value."""
    cut = max(0, len(text) - _TAIL)
    spaces = [match.end() for match in _SPACE.finditer(text, max(0, cut - _TAIL), cut)]
    cut = spaces[-1] if spaces else cut
    for edit in edits:
        if edit.start < cut < edit.end:
            return edit.start or edit.end
    return cut
