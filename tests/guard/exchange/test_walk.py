"""The walk takes every text of a body, and puts others in place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import Exchange, Kind, Origin, Walk, decode_body, encode_body

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def taken(tree: Any) -> Exchange:
    data = encode_body(tree)
    exchange = Exchange("any", data, decode_body(data))
    Walk(exchange).tree(exchange.tree, Origin.USER, "user", None)
    return exchange


def texts(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, list):
        return [text for item in tree for text in texts(item)]
    return [text for key, value in tree.items() for text in (key, *texts(value))] if isinstance(tree, dict) else []


@given(st.lists(TREES, max_size=3))
def test_every_text_is_a_piece_and_nothing_changes_unless_asked(tree: list[Any]) -> None:
    exchange = taken(tree)
    assert [piece.text for piece in exchange.pieces if piece.kind is not Kind.NUMBER] == texts(tree)
    assert exchange.render() == encode_body(tree)


@given(st.lists(TREES, min_size=1, max_size=3))
def test_a_piece_is_replaced_where_it_stands(tree: list[Any]) -> None:
    exchange = taken(tree)
    for number, piece in enumerate(exchange.pieces):
        if piece.kind is Kind.TEXT:
            piece.replace(f"text {number}")
    wanted = [f"text {n}" for n, piece in enumerate(exchange.pieces) if piece.kind is Kind.TEXT]
    again = taken(decode_body(exchange.render()))
    assert [piece.text for piece in again.pieces if piece.kind is Kind.TEXT] == wanted


def test_a_name_is_replaced_in_its_place() -> None:
    exchange = taken({"a": 1, "secret": "x", "b": 2})
    next(piece for piece in exchange.pieces if piece.text == "secret").replace("hidden")
    assert exchange.render() == b'{"a":1,"hidden":"x","b":2}'


def test_long_numbers_are_texts_as_well() -> None:
    exchange = taken({"card": 4111111111111111, "small": 7, "list": [-98765432101]})
    numbers = [piece for piece in exchange.pieces if piece.kind is Kind.NUMBER]
    assert [(piece.text, piece.path) for piece in numbers] == [
        ("4111111111111111", "/card"),
        ("-98765432101", "/list/0"),
    ]
    numbers[0].replace("hidden")
    assert exchange.render() == b'{"card":"hidden","small":7,"list":[-98765432101]}'


def test_json_in_a_string_is_walked_and_written_back() -> None:
    body = {"arguments": '{"to": "anna", "more": [1, "x"]}', "broken": '{"a": ', "plain": "hello", "none": 5}
    exchange = Exchange("any", encode_body(body), decode_body(encode_body(body)))
    walk = Walk(exchange)
    for name in body:
        walk.inner(exchange.tree, name, Origin.TOOL_CALL, "assistant", None)
    paths = {piece.path: piece for piece in exchange.pieces}
    assert set(paths) == {"/arguments/#/to", "/arguments/#/more", "/arguments/#/more/1", "/broken", "/plain"}
    assert exchange.render() == encode_body(body)
    paths["/arguments/#/more/1"].replace("ü")
    assert decode_body(exchange.render())["arguments"] == '{"to":"anna","more":[1,"ü"]}'


def test_members_that_a_format_knows_are_taken_without_their_names() -> None:
    exchange = Exchange("any", b"", {"name": "n", "known": "k", "other": {"deep": "d"}, "a/b~": "slash"})
    walk = Walk(exchange)
    walk.plain(exchange.tree, ("name", "absent"), Origin.USER, "", None)
    walk.rest(exchange.tree, ("name", "known"), Origin.PARAMETER, "", None)
    assert [piece.text for piece in exchange.pieces] == ["n", "other", "deep", "d", "a/b~", "slash"]
    assert exchange.pieces[-1].path == "/a~1b~0"
    walk.opaque("image", ((None, "x"), 0))
    assert exchange.opaque[0].path == "/x/0"
    assert walk.run() == 1
    assert walk.run() == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4111111111111111, "4111111111111111"),
        (4111111111111111.0, "4111111111111111"),
        (12345678.5, "12345678.5"),
        (1e300, "1e+300"),
        (-41234567.0, "-41234567"),
    ],
)
def test_a_long_number_is_taken_as_people_write_it(value: float, text: str) -> None:
    exchange = Exchange("f", b"", {"n": value})
    Walk(exchange).member(exchange.tree, "n", Origin.USER, "", None)
    assert [piece.text for piece in exchange.pieces] == [text]
