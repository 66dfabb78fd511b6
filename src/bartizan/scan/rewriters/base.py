"""What every rewriter gets: the work to do, and texts that stand somewhere in a file."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, Protocol

from bartizan.inspection.redaction import Edit, Editor, apply_edits
from bartizan.model import InputError

__all__ = ["HEAD", "Rewriter", "Slot", "Unread", "Work", "changed", "head_of", "resolve", "seekable", "spread"]

HEAD = 4096
"""Bytes by which formats are told."""

DEPTH = 8
"""Containers inside each other that are opened."""

UNPACKED = 64 << 30
"""Bytes that containers of one file may hold in all."""

_SPOOL = 16 << 20


class Unread(NamedTuple):
    """A part of a file that could not be inspected, and why; `kept` tells that it is in the output all the same."""

    member: str
    reason: str
    kept: bool = False


class Rewriter(Protocol):
    """One format. Each module of this package has its own in `REWRITERS`, found by being there."""

    name: str
    """The format's name in reports."""

    def recognises(self, head: bytes, name: str) -> int:
        """Tell how sure this rewriter is: 0 no, 1 by name only or as a last resort, 2 by content, 3 by magic number.

        `head` is the first `HEAD` bytes, `name` the file's name in lower case.
        """
        ...

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:
        """Copy `source` to `target` with the work done on every text.

        Raises InputError for content that is damaged or can't be kept in its format; the target is then thrown away.
        """
        ...


class Work:
    """What is done to texts, and what came of it.

    `inner` rewrites a file inside a container; it raises InputError for one that no rewriter takes.
    """

    def __init__(self, editor: Editor, inner: Callable[[IO[bytes], IO[bytes], Work, str], str]) -> None:
        self.editor = editor
        self.counts: Counter[str] = Counter()
        self.unread: list[Unread] = []
        self.unpacked = 0
        self._inner = inner
        self._path: list[str] = []

    def find(self, text: str, column: str = "") -> list[Edit]:
        """Return what is to be changed in a text; not counted until `apply`."""
        return self.editor.edits(text, column) if text else []

    def count(self, edits: Iterable[Edit]) -> None:
        """Note edits that are made."""
        self.counts.update(edit.type for edit in edits)

    def apply(self, text: str, edits: Sequence[Edit]) -> str:
        """Make edits and count them."""
        self.count(edits)
        return apply_edits(text, edits)

    def text(self, text: str, column: str = "") -> str:
        """Return a text with the work done."""
        return self.apply(text, self.find(text, column))

    def texts(self, texts: Sequence[str], column: str = "") -> list[str]:
        """Return many texts of one heading with the work done."""
        done = self.editor.edits_many(texts, column)
        return [self.apply(text, edits) for text, edits in zip(texts, done, strict=True)]

    def member(self, source: IO[bytes], target: IO[bytes], name: str) -> bool:
        """Rewrite a file inside this one; False, with a note, when that can't be done."""
        if len(self._path) == DEPTH:
            self.skip(name, f"more than {DEPTH} containers inside each other")
            return False
        self._path.append(name)
        try:
            self._inner(source, target, self, name)
        except InputError as error:
            self.unread.append(Unread("!".join(self._path), error.message))
            return False
        finally:
            self._path.pop()
        return True

    def skip(self, name: str, reason: str, *, kept: bool = False) -> None:
        """Note a part that is not inspected."""
        self.unread.append(Unread("!".join([*self._path, name]), reason, kept))

    def unpack(self, size: int) -> None:
        """Count bytes that came out of a container. Raises InputError when they are more than any file should hold."""
        self.unpacked += size
        if self.unpacked > UNPACKED:
            raise InputError(f"containers hold more than {UNPACKED >> 30} GiB", help="unpack it, and redact the folder")


_NONE: list[Edit] = []


class Slot(NamedTuple):
    """A text somewhere in a file, the heading it stands under, and how to write it back with edits made."""

    column: str
    text: str
    put: Callable[[Sequence[Edit]], None]


def resolve(slots: Sequence[Slot], work: Work) -> None:
    """Do the work on many texts, each different one once, and write back those that change, in order."""
    for at, edits in changed(slots, work):
        slots[at].put(edits)


def changed(texts: Sequence[tuple[Any, ...]], work: Work) -> Iterator[tuple[int, list[Edit]]]:
    """Yield which of many texts change, in order, and how, and count it; each begins with heading and text."""
    groups: defaultdict[str, dict[str, list[Edit]]] = defaultdict(dict)
    for one in texts:
        groups[one[0]][one[1]] = _NONE
    touched: set[str] = set()
    for column, group in groups.items():
        found = work.editor.edits_many(list(group), column)
        if any(found):
            touched.add(column)
            group.update(zip(list(group), found, strict=True))
    if touched:
        for at, one in enumerate(texts):
            if one[0] in touched and (edits := groups[one[0]][one[1]]):
                work.count(edits)
                yield at, edits


def spread(segments: Sequence[str], edits: Sequence[Edit]) -> list[str]:
    """Make edits of a text that is cut into segments; a replacement goes to the segment that the edit begins in."""
    out: list[str] = []
    start = 0
    for segment in segments:
        end = start + len(segment)
        parts: list[str] = []
        at = start
        for edit in edits:
            if edit.end <= start or edit.start >= end:
                continue
            parts.append(segment[at - start : max(edit.start, start) - start])
            if edit.start >= start:
                parts.append(edit.text)
            at = min(edit.end, end)
        parts.append(segment[at - start :])
        out.append("".join(parts))
        start = end
    return out


def head_of(source: IO[bytes]) -> bytes:
    """Return the first bytes of a file, and leave it at its beginning."""
    peek = getattr(source, "peek", None)
    if peek is not None and not source.seekable():
        return bytes(peek(HEAD)[:HEAD])
    head = source.read(HEAD)
    source.seek(0)
    return head


@contextmanager
def seekable(source: IO[bytes]) -> Iterator[IO[bytes]]:
    """Give a file with the same content in which one can jump; a temporary copy where the source is a stream."""
    if source.seekable():
        yield source
        return
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.seek(0)
        yield copy
