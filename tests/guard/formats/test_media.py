"""What is a file or a seal, and what only looks like one."""

from __future__ import annotations

import base64

import pytest

from bartizan.guard.exchange import Exchange, Origin, Walk
from bartizan.guard.formats.media import is_made, is_opaque, take_file

BINARY = base64.b64encode(bytes(range(128, 255))).decode()


@pytest.mark.parametrize(
    ("value", "opaque"),
    [
        (BINARY, True),
        (base64.encodebytes(bytes(range(90))).decode(), True),
        ("5425233430109903", False),
        (base64.b64encode(b"Pay with the card that is on the table, please. " * 3).decode(), False),
        (base64.b64encode(("x" * 71 + "ü" + "y" * 80).encode()).decode(), False),
        ("sk-" + BINARY.replace("/", "_"), False),
        (BINARY + " ", False),
    ],
)
def test_what_can_be_nothing_but_opaque(value: str, opaque: bool) -> None:
    assert is_opaque(value) is opaque


@pytest.mark.parametrize(
    ("value", "made"),
    [("toolu_01A9xKd", True), ("gpt-5.2", True), ("response.new_event", True), ("claude-4-20250514", False),
     ("call_5425233430109903", False), ("anna", False)],
)  # fmt: skip
def test_names_that_providers_give(value: str, made: bool) -> None:
    assert is_made(value) is made


@pytest.mark.parametrize(("value", "texts"), [(BINARY, []), ("5425233430109903", ["5425233430109903"])])
def test_what_may_be_a_value_is_looked_at_and_noted_as_well(value: str, texts: list[str]) -> None:
    exchange = Exchange("any", b"", {"data": value})
    take_file(Walk(exchange), exchange.tree, "data", "image/png", Origin.USER, "user", None)
    assert [one.kind for one in exchange.opaque] == ["image"]
    assert [one.text for one in exchange.pieces] == texts
