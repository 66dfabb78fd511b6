"""Plain text, logs, source code, configuration: everything whose lines are its records."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import SAMPLE, Encoding, converted, encoding_of
from bartizan.scan.readers.parts.lines import begins_at, line_blocks, line_units, range_of

__all__ = ["READER"]


class TextReader:
    """Lines as they stand; other encodings than UTF-8 are converted, bytes that are no letters pass."""

    name = "text"

    def recognises(self, head: bytes, _name: str) -> int:
        """Anything that is text; the weakest claim of all."""
        return 1 if encoding_of(head) is not None else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Byte ranges that end at line ends; one where letters take several bytes of which a line end may be a part."""
        encoding = _encoding(source)
        return line_units(source, target) if encoding.width == 1 else [Unit()]

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """Blocks of lines."""
        with source.open() as file:
            encoding = encoding_of(file.read(SAMPLE) or b"") or Encoding()
            offset = -1 if encoding.codec else begins_at(file, unit, encoding.mark)
            pieces = converted(range_of(file, unit, encoding.mark), encoding)
            yield from line_blocks(pieces, offset=offset, encoding=encoding.note if encoding.codec else "")


def _encoding(source: Source) -> Encoding:
    with source.open() as file:
        return encoding_of(file.read(SAMPLE) or b"") or Encoding()


READER = TextReader()
