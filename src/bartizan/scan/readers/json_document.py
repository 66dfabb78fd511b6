"""JSON documents of any size: columns by path, places by the number of the element in the list that was cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import SAMPLE, Encoding, converted, encoding_of
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.json_stream import Piece, Run, runs
from bartizan.scan.readers.parts.lines import line_blocks, range_of
from bartizan.scan.readers.parts.members import Rewinding
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.rows import values_by_path
from bartizan.scan.readers.parts.whole import Whole

__all__ = ["READER", "document", "json_file", "looks_like_json"]

_SUFFIXES = (".json", ".geojson", ".webmanifest", ".har", ".topojson", ".jsonld")


class JsonReader(Whole):
    """Strings, numbers and keys."""

    name = "JSON"

    def recognises(self, head: bytes, name: str) -> int:
        """By suffix and beginning, or by a beginning that is no other format's."""
        if not looks_like_json(head):
            return 0
        if name.endswith((".jsonl", ".ndjson", ".ipynb")):
            return 1
        return 2 if name.endswith(_SUFFIXES) or head.lstrip()[:2] in (b'{"', b"[{", b"[[") else 1

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """One block a path and some megabytes; what isn't JSON is read as text."""
        with source.open() as file:
            yield from document(json_file(file))


def looks_like_json(head: bytes) -> bool:
    """Whether a file begins as a JSON object or list does."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head[2:].replace(b"\x00", b"").lstrip()
    begin, rest = text[:1], text[1:].lstrip()[:1]
    if begin == b"{":
        return rest in (b'"', b"}")
    return begin == b"[" and rest in b'"{[]-0123456789tfn' and rest != b""


def json_file(file: IO[bytes]) -> IO[bytes]:
    """Return a file's content as UTF-8."""
    encoding = encoding_of(file.read(SAMPLE)) or Encoding()
    if encoding.codec:
        return Rewinding(lambda: converted(range_of(file, Unit(), encoding.mark), encoding))  # type: ignore[return-value]
    file.seek(encoding.mark)
    return file


def document(file: IO[bytes]) -> Iterator[Block | Unread]:
    """Give the values of a document, by path."""
    seen: set[tuple[str, str]] = set()
    records = Records()
    long = LongText(records)
    rest: list[bytes] = []
    try:
        for item in runs(file, rest):
            if isinstance(item, Run):
                yield from blocks_of(item, seen)
            else:
                add_piece(item, long)
                yield from records.taken_when_full()
    except Bad as bad:
        yield from records.take()
        yield Unread(f"{bad}; the rest was read as text")
        yield from line_blocks(_after(rest, file))
    yield from records.take()


def blocks_of(run: Run, seen: set[tuple[str, str]]) -> Iterator[Block]:
    """Give the values of a run, by path."""
    yield from values_by_path(run.values, range(run.first, run.first + len(run.values)), run.path, seen)


def add_piece(piece: Piece, long: LongText) -> None:
    """Add a part of a string to what is collected of it."""
    long.add(piece.data.decode("utf-8", "replace"), piece.place, piece.path)
    if piece.last:
        long.end(piece.place, piece.path)


def _after(rest: list[bytes], file: IO[bytes]) -> Iterator[bytes]:
    yield from rest
    while chunk := file.read(1 << 20):
        yield chunk


READER = JsonReader()
