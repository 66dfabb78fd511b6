"""JSON, JSON lines and notebooks: every string and number, with all else as it was, to the last space."""

from __future__ import annotations

import codecs
import json
import re
from enum import Enum
from typing import IO, TypeAlias

from bartizan.inspection.redaction import apply_edits
from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work, changed

__all__ = ["REWRITERS", "JsonText", "rewrite_line"]

_CHUNK = 256 << 10
_LONGEST = 256 << 20  # characters of one string
_ERRORS = "surrogateescape"
_TOKEN = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")|([{}\[\],])|([^\s"{}\[\],:]+)', re.DOTALL)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = frozenset({"true", "false", "null"})
_KNOWN = 10_000  # keys that are remembered to be harmless
_LEAST_DIGITS = 6  # no type is told by fewer
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".ipynb", ".geojson", ".jsonld", ".webmanifest", ".har")


class Json:
    """JSON documents, one or many in a file."""

    name = "json"

    def recognises(self, head: bytes, name: str) -> int:
        """Go by the name, and by a beginning that nothing else has."""
        start = head.removeprefix(codecs.BOM_UTF8).lstrip()
        if name.endswith(_SUFFIXES):
            return 2
        return 2 if re.match(rb'[{\[]\s*["{]', start) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite text as it comes, in bounded memory."""
        decoder = codecs.getincrementaldecoder("utf-8")(_ERRORS)
        document = JsonText(work)
        while chunk := source.read(_CHUNK):
            target.write(document.feed(decoder.decode(chunk)).encode("utf-8", _ERRORS))
        target.write(document.feed(decoder.decode(b"", final=True), last=True).encode("utf-8", _ERRORS))


REWRITERS = (Json(),)


def rewrite_line(line: str, work: Work) -> str | None:
    """Rewrite a line that is a JSON document; None when it is none."""
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return None
    return JsonText(work).feed(line, last=True)


class _Frame:
    """An object or array that is open: the path to it, and in an object the key that a value is awaited for."""

    __slots__ = ("key", "names", "path")

    def __init__(self, path: str, key: str | None) -> None:
        self.path = path
        self.key = key  # None in an array, "" in an object before a key
        self.names: set[str] = set()


class _Write(Enum):
    """How a text stands in the document: as it is, as a number, in quotes, or in quotes as a key."""

    BARE = 0
    NUMBER = 1
    STRING = 2
    KEY = 3


_Text: TypeAlias = tuple[str, str, int, int, _Write, _Frame]
"""The heading, the text, where it begins and ends, how it is written, and the object or array that it stands in."""


class JsonText:
    """Rewrites JSON text that comes in parts.

    A string that changes is written anew, all other text stays. A number that changes stays a number when its surrogate
    is one, and becomes a string otherwise, or `null` when nothing is left. Text that is no JSON is treated as text.
    """

    def __init__(self, work: Work) -> None:
        self.work = work
        self.rest = ""
        self.wanted = 0
        self.frames: list[_Frame] = [_Frame("", None)]
        self.texts: list[_Text] = []
        self.known: set[tuple[str, str]] = set()

    def feed(self, text: str, *, last: bool = False) -> str:
        """Take the next part, and return what is settled; all of it when this is the last one."""
        self.rest += text
        if len(self.rest) < self.wanted and not last:
            return ""
        done = self._read(last=last)
        made = self._written(self.rest[:done])
        self.rest = self.rest[done:]
        if len(self.rest) > _LONGEST:
            raise InputError(f"a string has more than {_LONGEST >> 20} million characters")
        # A long string is looked at again only when it has doubled.
        self.wanted = 2 * len(self.rest)
        return made

    def _written(self, text: str) -> str:
        """Do the work on what was read, and return it as it is then."""
        parts: list[str] = []
        at = 0
        keys = {(column, key) for column, key, _, _, how, _ in self.texts if how is _Write.KEY}
        for index, edits in changed(self.texts, self.work):
            column, old, start, end, how, frame = self.texts[index]
            keys.discard((column, old))
            parts += (text[at:start], _write(apply_edits(old, edits), how, frame, plain=text[start:end].isascii()))
            at = end
        if len(self.known) < _KNOWN:
            self.known |= keys
        self.texts = []
        return "".join((*parts, text[at:]))

    def _read(self, *, last: bool) -> int:
        """Read tokens, and return how far; what comes last in a part may go on in the next."""
        text, at, done = self.rest, 0, 0
        for match in _TOKEN.finditer(text):
            start, end = match.span()
            if '"' in text[at:start]:
                break  # a string that has not ended
            if end == len(text) and not last:
                return start
            kind = match.lastindex
            if kind == 1:
                self._string(match[0], start, end)
            elif kind == 2:
                self._mark(match[0])
            elif match[0] not in _WORDS:
                self._bare(match[0], start, end)
            at = done = end
        if not last:
            return done
        if rest := text[done:]:
            self.texts.append(("", rest, done, len(text), _Write.BARE, self.frames[-1]))
        return len(text)

    def _mark(self, mark: str) -> None:
        frame = self.frames[-1]
        if mark == ",":
            frame.key = None if frame.key is None else ""
        elif mark in "{[":
            self.frames.append(_Frame(_column(frame), "" if mark == "{" else None))
        elif len(self.frames) > 1:
            self.frames.pop()

    def _bare(self, token: str, start: int, end: int) -> None:
        frame = self.frames[-1]
        if not _NUMBER.fullmatch(token):
            self.texts.append((_column(frame), token, start, end, _Write.BARE, frame))
        elif sum(map(str.isdigit, token)) >= _LEAST_DIGITS:
            self.texts.append((_column(frame), token, start, end, _Write.NUMBER, frame))

    def _string(self, token: str, start: int, end: int) -> None:
        frame = self.frames[-1]
        text = token[1:-1]
        if "\\" in token:
            try:
                text = json.loads(token, strict=False)
            except ValueError:
                self.texts.append((_column(frame), text, start + 1, end - 1, _Write.BARE, frame))
                return
        if frame.key != "":
            if text:
                self.texts.append((_column(frame), text, start, end, _Write.STRING, frame))
            return
        frame.key = text
        if text and (frame.path, text) not in self.known:
            self.texts.append((frame.path, text, start, end, _Write.KEY, frame))


def _column(frame: _Frame) -> str:
    if not frame.key:
        return frame.path
    return f"{frame.path}.{frame.key}" if frame.path else frame.key


def _write(new: str, how: _Write, frame: _Frame, *, plain: bool) -> str:
    """Return how a changed text is written; a number that is one no more becomes a string, or `null`."""
    if how is _Write.BARE:
        return new
    if how is _Write.NUMBER and (not new or _NUMBER.fullmatch(new)):
        return new or "null"
    return json.dumps(_unlike(frame.names, new) if how is _Write.KEY else new, ensure_ascii=plain)


def _unlike(names: set[str], new: str) -> str:
    """Return a key that no other changed key of the object has, so that no entry is lost to a reader."""
    key, number = new, 1
    while key in names:
        number += 1
        key = f"{new}-{number}"
    names.add(key)
    return key
