"""Walks protobuf messages by a small schema, and tells of fields that the schema doesn't have.

A schema says for each kind of message which fields it has, and what kind of message each holds ("" for plain values and
bytes, which are not read).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.wire.protobuf import BYTES, Field, Message

__all__ = ["Schema", "Visit", "cover_field", "field_names", "walk"]

Schema: TypeAlias = Mapping[str, Mapping[int, str]]
Visit: TypeAlias = Callable[[str, Message], None]
"""Gets what kind of message a field holds, and the message."""

_SMALL = 16
"""Bytes in an unknown field that hide nothing: newer versions add short ones."""
_HEAD = 12
"""Bytes of the tag and the length before a field, at the most: the length may take ten."""


def field_names(text: str) -> dict[int, str]:
    """Read a line of a schema: `1:Node 2 5:Tensor` are the fields 1, 2 and 5, of which 1 and 5 hold messages."""
    pairs = (one.partition(":") for one in text.split())
    return {int(number): kind for number, _, kind in pairs}


def cover_field(field: Field, desk: Desk) -> None:
    """Account for a field that the format has, with what stands before its bytes."""
    desk.cover(field.start - _HEAD, field.end)


def walk(message: Message, kind: str, schema: Schema, visit: Visit, desk: Desk) -> None:
    """Visit all messages inside, each before those inside it. Raises Malformed and LimitReached."""
    stack: list[tuple[str, Message, Iterator[Field]]] = [(kind, message, iter(message))]
    count = told = 0
    while stack:
        kind, message, rest = stack[-1]
        field = next(rest, None)
        if field is None:
            stack.pop()
            continue
        count += 1
        if count % 1024 == 0:
            desk.check_time()
        known = schema[kind].get(field.number)
        if known is None:
            if field.wire == BYTES and field.value >= _SMALL and told < 20:
                told += 1
                desk.hit("bytes-unaccounted", f"field {field.number} of a {kind}: {field.value} bytes",
                         offset=field.start)  # fmt: skip
        elif known and field.wire == BYTES:
            inner = message.inner(field)
            visit(known, inner)
            stack.append((known, inner, iter(inner)))
