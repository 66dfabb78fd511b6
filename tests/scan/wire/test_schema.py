"""A walk by a schema visits what is inside, and tells of fields that hide bytes."""

from __future__ import annotations

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.desk import Desk, Limits, Shared
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.protobuf import Message
from bartizan.scan.wire.schema import field_names, walk
from tests.scan.artefacts.support import rules
from tests.scan.wire.support import message

SCHEMA = {"Top": field_names("1:Node 2"), "Node": field_names("1 2:Node")}


def walked(data: bytes) -> tuple[list[str], list[str]]:
    shared = Shared(rules(), Limits())
    seen: list[str] = []
    desk = Desk("a", shared, lambda *_: None)
    walk(
        Message(Blocks(MemoryContent(data))),
        "Top",
        SCHEMA,
        lambda kind, one: seen.append(f"{kind} {one.last_text(1)}"),
        desk,
    )
    return seen, [found.evidence for found in shared.findings.values()]


def test_messages_are_visited_from_outside_in() -> None:
    inner = message((1, "b"))
    assert walked(message((1, message((1, "a"), (2, inner))), (2, "x"), (1, message((1, "c"))))) == (
        ["Node a", "Node b", "Node c"],
        [],
    )


def test_a_field_that_the_schema_does_not_have_is_told() -> None:
    assert walked(message((1, message((9, "x" * 40)))))[1] == ["field 9 of a Node: 40 bytes"]
    assert walked(message((1, message((9, "x" * 4)))))[1] == []
