"""Mail: messages (.eml) and mailboxes (.mbox), with headers, texts, and what is attached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from tempfile import SpooledTemporaryFile

import msgspec

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import Encoding, converted
from bartizan.scan.readers.parts.lines import line_blocks
from bartizan.scan.readers.parts.members import Budget, budget_of, nested, summed
from bartizan.scan.readers.parts.mime import Body, Head, Lines, decoded_body, parts
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.window import Window

__all__ = ["READER", "text_part"]

_IN_MEMORY = 8 << 20
_FIELD = re.compile(rb"[!-9;-~]{1,70}:[ \t\r\n]")
_KNOWN = re.compile(
    rb"^(received|return-path|delivered-to|message-id|mime-version|from|to|subject|date|x-[a-z-]+|dkim-signature|content-type)"
    rb":",
    re.IGNORECASE | re.MULTILINE,
)
_PEOPLE = frozenset(
    [
        "from",
        "to",
        "cc",
        "bcc",
        "subject",
        "sender",
        "reply-to",
        "date",
        "delivered-to",
        "comments",
        "keywords",
        "organization",
    ]
)
_NO_CHARSETS = ("idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape")
_TECHNICAL = frozenset({"mime-version", "content-transfer-encoding"})
_SUFFIX = {
    "text/html": ".html",
    "text/plain": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
}


class MailReader(Whole):
    """Headers by their names, texts by line, attachments by their own readers."""

    name = "mail"

    def recognises(self, head: bytes, name: str) -> int:
        """By headers that only mail has."""
        if head.startswith(b"From ") and b"\n" in head:
            return 2 if _FIELD.match(head.split(b"\n", 1)[1]) else 0
        known = len({found.lower() for found in _KNOWN.findall(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])})
        if not _FIELD.match(head):
            return 0
        return 2 if known >= 3 or (name.endswith((".eml", ".mbox", ".mht", ".mhtml", ".nws")) and known) else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What stands in each message."""
        budget, _ = budget_of(source)
        with source.open() as file:
            lines = Lines(file)
            first = lines.next()
            mbox = first.startswith(b"From ")
            if not mbox:
                lines.back(first)
                yield from summed(_message(lines, source, budget, mbox=False))
            else:
                yield from summed(_mailbox(lines, source, budget))
            if budget.over:
                yield Unread(budget.over)


def _mailbox(lines: Lines, source: Source, budget: Budget) -> Iterator[Block | Unread]:
    number = 0
    while True:
        number += 1
        for item in _message(lines, source, budget, mbox=True):
            member = f"message {number}" + (f"!{item.member}" if item.member else "")
            yield msgspec.structs.replace(item, member=member)
        if not lines.next():
            return


def _message(lines: Lines, source: Source, budget: Budget, *, mbox: bool) -> Iterator[Block | Unread]:
    number = 0
    for item in parts(lines, mbox=mbox):
        if isinstance(item, Head):
            records = Records()
            for name, value, line in item.fields:
                told = name.lower()
                if told in _PEOPLE:
                    records.add(value, line, name)
                elif told not in _TECHNICAL:
                    records.add(f"{name}: {value}", line, "header")
            yield from records.take()
        elif item.head.kind == "text/plain" and not item.head.name:
            yield from text_part(decoded_body(item), item.head.charset, item.line)
        else:
            number += 1
            yield from _attachment(item, source, budget, number)


def text_part(pieces: Iterator[bytes], charset: str, line: int) -> Iterator[Block]:
    """Give a text in lines; its first stands in `line` of the message."""
    encoding = Encoding(_codec(charset))
    for block in line_blocks(_bunched(converted(pieces, encoding))):
        if bytes(block.data[:1024]).strip() or len(block.data) > 1024:
            yield msgspec.structs.replace(block, first=block.first + line - 1)


def _codec(charset: str) -> str:
    """Python's name of a charset; empty for UTF-8, and for what is no way to write letters."""
    if charset in ("", "utf-8", "us-ascii", *_NO_CHARSETS):
        return ""
    try:
        "".encode(charset)
    except (LookupError, ValueError):
        return ""
    return charset


def _bunched(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join lines to pieces that are worth a block."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= 1 << 20:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


def _attachment(body: Body, source: Source, budget: Budget, number: int) -> Iterator[Block | Unread]:
    """Unpack an attachment, since whoever reads it may jump about in it."""
    name = body.head.name or f"part {number}{_SUFFIX.get(body.head.kind, '')}"
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        size = 0
        for piece in decoded_body(body):
            copy.write(piece)
            size += len(piece)
        if not size:
            return
        # A window leaves the copy open when its reader closes it.
        opener = partial(Window, copy, 0, size)
        yield from nested(source, budget, name, opener=opener, size=size)  # type: ignore[arg-type]


READER = MailReader()
