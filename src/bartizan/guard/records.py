"""Files of records, one JSON object a line, as the command line keeps keys, blocks and openings of sandboxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from bartizan.model import InputError, Place

__all__ = ["read_records", "write_records"]

Record = TypeVar("Record", bound=msgspec.Struct)


def read_records(
    content: bytes, kind: type[Record], name: str, *, wrong: str, help: str
) -> Iterator[tuple[Place, Record]]:
    """Yield each record with its place in the file `name`.

    Raises InputError with the line that is none, which says `wrong` and `help`, and nothing of what stands in it.
    """
    decoder = msgspec.json.Decoder(kind)
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        place = Place(name, number)
        try:
            record = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InputError(wrong, place=place, help=help) from None
        yield place, record


def write_records(records: Iterable[msgspec.Struct]) -> bytes:
    """Return the file's content."""
    return b"".join(msgspec.json.encode(record) + b"\n" for record in records)
