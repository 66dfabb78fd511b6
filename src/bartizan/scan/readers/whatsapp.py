"""Chats of WhatsApp and the like as text: a message may go over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import SAMPLE, Encoding, converted, encoding_of
from bartizan.scan.readers.parts.lines import range_of
from bartizan.scan.readers.parts.members import Rewinding
from bartizan.scan.readers.parts.mime import Lines
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.whole import Whole

__all__ = ["READER"]

_MESSAGE = re.compile(
    r"[\u200e\u200f\ufeff]*\[?(\d{1,4}[./-]\d{1,2}[./-]\d{2,4}),? "
    r"(\d{1,2}[:.]\d{2}([:.]\d{2})?([ \u202f]?[APap]\.?[ ]?[Mm]\.?)?)\]?( -)? ([^:\n]{1,80}): ?"
)


class WhatsAppReader(Whole):
    """Messages under `message`, who wrote them under `author`; places are lines."""

    name = "chat text"

    def recognises(self, head: bytes, _name: str) -> int:
        """By lines that begin with date, time and a name."""
        lines = head.decode("utf-8", "replace").split("\n")[:40]
        found = sum(1 for line in lines if _MESSAGE.match(line))
        return 2 if found >= 2 and _MESSAGE.match(lines[0] + (lines[1] if len(lines) > 1 else "")) else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """Messages."""
        records = Records()
        message = LongText(records)
        place = 1
        with source.open() as file:
            encoding = encoding_of(file.read(SAMPLE)) or Encoding()
            lines = Lines(Rewinding(lambda: converted(range_of(file, Unit(), encoding.mark), encoding)))  # type: ignore[arg-type]
            while line := lines.next():
                text = line.decode("utf-8", "replace")
                if found := _MESSAGE.match(text):
                    message.end(place, "message")
                    place = lines.number
                    records.add(found[6], place, "author")
                    text = text[found.end() :]
                message.add(text, place, "message")
                yield from records.taken_when_full()
        message.end(place, "message")
        yield from records.take()


READER = WhatsAppReader()
