"""Messages are read and written as Envoy does, and bytes that are none are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.extproc import BodyMode, Changes, Modes, Part, Received, WireError, read_message
from bartizan.guard.extproc.wire import write_body, write_headers, write_piece, write_refusal, write_trailers
from tests.guard.extproc.playing import Told, body, field, headers, told, varint

NAMES = st.text(st.characters(codec="ascii", categories=["Ll", "Nd"]), min_size=1, max_size=20)
VALUES = st.text(st.characters(codec="ascii"), max_size=200)


@given(st.lists(st.tuples(NAMES, VALUES)), st.booleans())
def test_headers_are_read_whole_and_in_order(pairs: list[tuple[str, str]], end: bool) -> None:
    said = headers(Part.RESPONSE_HEADERS, pairs, end=end, modes=(2, 4))
    modes = Modes(BodyMode.BUFFERED, BodyMode.FULL_DUPLEX_STREAMED)
    assert read_message(said) == Received(Part.RESPONSE_HEADERS, pairs, b"", end, modes)


@given(st.binary(max_size=70_000), st.booleans())
def test_bodies_are_read_and_written(content: bytes, end: bool) -> None:
    assert read_message(body(Part.REQUEST_BODY, content, end=end)) == Received(Part.REQUEST_BODY, [], content, end)
    assert told(write_body(Part.REQUEST_BODY, content)).body == content
    assert told(write_piece(Part.RESPONSE_BODY, content, end=end)) == Told(4, {}, [], content, end)


@given(st.binary(max_size=60))
def test_no_bytes_bring_anything_but_a_message_or_a_wire_error(data: bytes) -> None:
    try:
        part = read_message(data).part
    except WireError:
        return
    assert part in Part


def test_names_are_lower_case_and_values_may_be_texts_or_bytes() -> None:
    one = field(1, field(1, b"Accept") + field(2, b"a")) + field(
        1, field(1, b"x") + field(2, b"old") + field(3, b"\xe9")
    )
    assert read_message(field(2, field(1, one))).headers == [("accept", "a"), ("x", "é")]


def test_trailers_end_what_they_belong_to() -> None:
    assert read_message(headers(Part.REQUEST_TRAILERS, [("a", "b")])) == Received(
        Part.REQUEST_TRAILERS, [("a", "b")], end=True
    )


def test_fields_that_are_not_known_are_passed_over() -> None:
    more = (
        varint(9 << 3 | 1)
        + b"8 bytes."
        + varint(9 << 3 | 5)
        + b"four"
        + field(300, b"x")
        + field(8, b"")
        + field(12, 3)
    )
    inside = field(1, field(2, b"") + field(1, field(1, b"a") + field(9, b"?"))) + field(2, b"")
    assert read_message(more + field(2, inside) + field(10, 1)) == Received(
        Part.REQUEST_HEADERS, [("a", "")], observed=True
    )
    assert read_message(field(4, field(1, b"x") + field(3, 1))).body == b"x"
    assert read_message(field(2, b"") + field(11, field(3, 1))).modes == Modes(BodyMode.NONE, BodyMode.NONE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        field(10, 1),
        b"\x12\x05abc",
        b"\x12",
        b"\x13",
        b"\xff" * 12,
        field(2, 1),
        field(10, b"x"),
        field(4, field(2, b"x")),
        field(2, b"") + field(11, field(1, 9)),
    ],
)
def test_what_is_no_message_is_told(data: bytes) -> None:
    with pytest.raises(WireError):
        read_message(data)


def test_headers_are_changed_and_modes_asked_for() -> None:
    reply = write_headers(
        Part.RESPONSE_HEADERS,
        Changes((("a", "1"),), ("b", "c")),
        modes=Modes(BodyMode.BUFFERED, BodyMode.STREAMED),
        reroute=True,
    )
    assert told(reply) == Told(2, {"a": "1"}, ["b", "c"], None, modes=(2, 1), reroute=True)
    assert told(write_headers(Part.REQUEST_HEADERS)) == Told(1, {}, [], None)


def test_a_body_that_is_left_alone_differs_from_an_empty_one() -> None:
    assert told(write_body(Part.RESPONSE_BODY, None)).body is None
    assert told(write_body(Part.RESPONSE_BODY, b"")).body == b""
    assert told(write_body(Part.REQUEST_BODY, b"x", Changes((("a", "b"),)), reroute=True)) == Told(
        3, {"a": "b"}, [], b"x", reroute=True
    )


def test_trailers_and_refusals() -> None:
    assert told(write_trailers(Part.RESPONSE_TRAILERS, ("x",))) == Told(6, {}, ["x"], None)
    assert told(write_trailers(Part.REQUEST_TRAILERS, ())) == Told(5, {}, [], None)
    refusal = told(write_refusal(403, (("content-type", "application/json"),), b"{}", "bartizan_rule"))
    assert refusal == Told(7, {"content-type": "application/json"}, [], b"{}", True, None, 403, "bartizan_rule")
