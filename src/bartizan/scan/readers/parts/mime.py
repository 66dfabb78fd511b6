"""Mail messages as streams of lines: headers, and parts that are decoded as they come (RFC 5322, 2045 to 2047, 2231).

The standard library's parser holds a whole message in memory several times over; this one holds a line.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from typing import IO

import msgspec

__all__ = ["Body", "Head", "Lines", "decoded_body", "parts"]

_LINE = 1 << 20
"""Bytes after which a line is given in pieces."""
_MOST_HEADERS = 4 << 20
_MOST_PARTS = 20_000
_DEPTH = 50
_FOLD = re.compile(rb"\r?\n[ \t]+")
_JUNK = re.compile(rb"[^A-Za-z0-9+/]")


class Head(msgspec.Struct):
    """The headers of a message or part: names and decoded values, with the line of each."""

    fields: list[tuple[str, str, int]] = []
    kind: str = "text/plain"
    charset: str = ""
    name: str = ""
    transfer: str = ""
    boundary: bytes = b""


class Body(msgspec.Struct):
    """The lines of a part that holds no further parts, and its headers."""

    head: Head
    lines: Iterator[bytes]
    line: int


class Lines:
    """The lines of a file, with one to take back. `number` counts those that were given."""

    def __init__(self, file: IO[bytes]) -> None:
        self.number = 0
        self._file = file
        self._rest = b""
        self._ready: list[bytes] = []

    def next(self) -> bytes:
        """Give the next line with its end; nothing at the end."""
        if not self._ready:
            self._fill()
        if not self._ready:
            return b""
        self.number += 1
        return self._ready.pop()

    def back(self, line: bytes) -> None:
        """Take a line back."""
        self._ready.append(line)
        self.number -= 1

    def _fill(self) -> None:
        while True:
            chunk = self._file.read(_LINE)
            data = self._rest + chunk
            lines = data.splitlines(keepends=True) if b"\r" in data and b"\n" not in data else _split(data)
            if chunk and lines and not lines[-1].endswith(b"\n") and len(lines[-1]) < _LINE:
                self._rest = lines.pop()
            else:
                self._rest = b""
            if lines or not chunk:
                self._ready = lines[::-1]
                return


def _split(data: bytes) -> list[bytes]:
    lines = [line + b"\n" for line in data.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines


def parts(lines: Lines, *, mbox: bool = False) -> Iterator[Head | Body]:
    """Give one message: the headers of it and of each part, and the bodies, in their order.

    Each body's lines are to be read before going on. With `mbox`, a line that begins with `From ` ends the message.
    """
    count = 0
    stack: list[bytes] = []
    head: Head | None = _head(lines)
    default = "text/plain"
    while True:
        if head is not None:
            count += 1
            yield head
            if head.boundary and len(stack) < _DEPTH and count < _MOST_PARTS:
                default = "message/rfc822" if head.kind == "multipart/digest" else "text/plain"
                stack.append(head.boundary)
                # What stands before the first part is a body, too: it may hold words.
                body_head = Head(kind="text/plain")
            else:
                body_head = head
        else:
            body_head = Head(kind="text/plain")
        found: list[bytes] = []
        body = Body(body_head, _until(lines, stack, mbox, found), lines.number + 1)
        yield body
        for _ in body.lines:
            pass
        if not found:
            return
        boundary = found[0]
        if boundary.endswith(b"--") and boundary[2:-2] in stack:
            del stack[stack.index(boundary[2:-2]) :]
            head = None
        else:
            del stack[stack.index(boundary[2:]) + 1 :]
            head = _head(lines, default)


def _until(lines: Lines, stack: list[bytes], mbox: bool, found: list[bytes]) -> Iterator[bytes]:
    """Lines up to a boundary of the parts around, which goes into `found`, or the end of the message."""
    blank = True
    while line := lines.next():
        if stack and line.startswith(b"--"):
            bare = line.rstrip()
            if bare[2:] in stack or (bare.endswith(b"--") and bare[2:-2] in stack):
                found.append(bare)
                return
        if mbox:
            if blank and line.startswith(b"From "):
                lines.back(line)
                return
            # Writers put `>` before such lines in texts.
            if line.startswith(b">From "):
                line = line[1:]
        blank = not line.strip()
        yield line


def _head(lines: Lines, default: str = "text/plain") -> Head:
    """Read headers up to the blank line."""
    raw: list[tuple[bytes, int]] = []
    size = 0
    while line := lines.next():
        if not line.strip():
            break
        size += len(line)
        if line[:1] in b" \t" and raw:
            raw[-1] = (raw[-1][0] + line, raw[-1][1])
        elif b":" in line.split(b" ")[0] and size <= _MOST_HEADERS:
            raw.append((line, lines.number))
        else:
            # No header: the text begins without a blank line.
            lines.back(line)
            break
    return _described(raw, default)


def _described(raw: list[tuple[bytes, int]], default: str) -> Head:
    message = Message()
    fields: list[tuple[str, str, int]] = []
    for data, number in raw:
        before, _, after = _FOLD.sub(b" ", data).partition(b":")
        text = after.strip().decode("utf-8", "replace")
        title = before.decode("ascii", "replace").strip()
        fields.append((title, _words(text), number))
        if title.lower() in ("content-type", "content-disposition", "content-transfer-encoding"):
            message[title] = text
    message.set_default_type(default)
    boundary = message.get_boundary() or "" if message.get_content_maintype() == "multipart" else ""
    name = message.get_filename() or ""
    return Head(
        fields,
        message.get_content_type(),
        message.get_content_charset() or "",
        _words(name),
        str(message.get("content-transfer-encoding", "")).strip().lower(),
        boundary.encode("utf-8", "replace").rstrip(),
    )


def _words(text: str) -> str:
    """A header's value with its encoded words decoded."""
    if "=?" not in text:
        return text
    try:
        return "".join(
            part.decode(charset or "utf-8", "replace") if isinstance(part, bytes) else part
            for part, charset in decode_header(text)
        )
    except (HeaderParseError, LookupError, ValueError):
        return text


def decoded_body(body: Body) -> Iterator[bytes]:
    """Give the bytes of a part, without the coding for transport. What doesn't decode passes as it is."""
    if body.head.transfer == "base64":
        yield from _base64(body.lines)
    elif body.head.transfer == "quoted-printable":
        for line in body.lines:
            yield quopri.decodestring(line)
    else:
        yield from body.lines


def _base64(lines: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for line in lines:
        data = rest + _JUNK.sub(b"", line)
        cut = len(data) - len(data) % 4
        rest = data[cut:]
        if cut:
            yield binascii.a2b_base64(data[:cut])
    if len(rest) > 1:
        yield binascii.a2b_base64(rest + b"=" * (-len(rest) % 4))
