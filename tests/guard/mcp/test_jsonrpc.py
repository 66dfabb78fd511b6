"""Messages are read strictly, and passed on with their own bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.types import jsonrpc_message_adapter

from bartizan.guard.mcp import jsonrpc
from bartizan.guard.mcp.codes import INVALID_REQUEST, PARSE_ERROR
from bartizan.guard.mcp.jsonrpc import Malformed, Notification, Request, Response, parse

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
OBJECTS = st.dictionaries(st.text(), TREES, max_size=4)


@pytest.mark.parametrize(
    ("wire", "code", "id"),
    [
        (b"", PARSE_ERROR, None),
        (b"\xff", PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping"', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":NaN}}', PARSE_ERROR, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":' + b"[" * 200 + b"]" * 200 + b"}}", PARSE_ERROR, None),
        (b"[]", INVALID_REQUEST, None),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', INVALID_REQUEST, None),
        (b'"text"', INVALID_REQUEST, None),
        (b'{"id":1,"method":"ping"}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"1.0","id":"a","method":"ping"}', INVALID_REQUEST, "a"),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":[1],"method":"ping"}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":99999999999999999999,"method":"ping"}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":"' + b"x" * 600 + b'","method":"ping"}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1,"method":""}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"a\\u0000b"}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"' + b"m" * 300 + b'"}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","result":{}}', INVALID_REQUEST, None),
        (b'{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"m"}}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"error":{"code":"1","message":"m"}}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"error":"no"}', INVALID_REQUEST, 1),
        (b'{"jsonrpc":"2.0","id":1,"error":{"code":1}}', INVALID_REQUEST, 1),
    ],
)
def test_what_is_no_message_is_said_to_be_none(wire: bytes, code: int, id: object) -> None:
    with pytest.raises(Malformed) as caught:
        parse(wire)
    assert (caught.value.code, caught.value.id) == (code, id)


def test_a_message_that_is_too_large_is_not_read() -> None:
    with pytest.raises(Malformed, match="larger than 10 bytes"):
        parse(b'{"jsonrpc":"2.0","method":"ping"}', largest=10)


def test_a_batch_of_many_is_refused_with_one_error() -> None:
    with pytest.raises(Malformed, match="batches"):
        parse(b"[" + b",".join([b'{"jsonrpc":"2.0","id":1,"method":"ping"}'] * 10_000) + b"]")


def test_the_four_kinds_are_told_apart() -> None:
    request = parse(b'{"jsonrpc":"2.0","id":"a","method":"ping","params":null}')
    assert isinstance(request, Request)
    assert (request.id, request.method, request.params) == ("a", "ping", {})
    assert isinstance(parse(b'{"jsonrpc":"2.0","method":"n","params":{"x":1}}'), Notification)
    result = parse(b'{"jsonrpc":"2.0","id":3,"result":{"x":1}}')
    assert isinstance(result, Response)
    assert (result.result, result.error) == ({"x": 1}, None)
    error = parse(b'{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"m","data":[1]}}')
    assert isinstance(error, Response)
    assert error.error is not None
    assert error.error.tree() == {"code": -1, "message": "m", "data": [1]}


def test_parameters_are_passed_on_with_their_own_bytes() -> None:
    request = parse(b'{ "jsonrpc":"2.0", "id":1, "method":"m", "params":{ "n": 1.10, "s":"\\u00e9" } }')
    assert isinstance(request, Request)
    made = jsonrpc.request_bytes(7, "m", request.params, request.raw())
    assert made == b'{"jsonrpc":"2.0","id":7,"method":"m","params":{ "n": 1.10, "s":"\\u00e9" }}'


@pytest.mark.parametrize(
    "wire",
    [
        b'{"jsonrpc":"2.0","id":1,"result":{\n"a":\r1}}',  # a line break would end the message on a pipe
        b'{"jsonrpc":"2.0","id":1,"\\u0072esult":{"a":1}}',
        b'{"jsonrpc":"2.0","id":1,"result":{"a":"\\ud83d"}}',
        b'{"jsonrpc":"2.0","id":1,"result":{"a":1e999}}',
    ],
)
def test_what_can_not_be_taken_over_is_written_anew_on_one_line(wire: bytes) -> None:
    message = parse(wire)
    assert isinstance(message, Response)
    made = jsonrpc.result_bytes("x", message.result, message.raw())
    assert b"\n" not in made
    assert b"\r" not in made
    again = json.loads(made)
    assert again["result"].keys() == {"a"}


def test_a_number_beyond_all_becomes_the_largest() -> None:
    assert jsonrpc.encode({"a": [float("inf"), -float("inf"), 1.5]}) == (
        b'{"a":[1.7976931348623157e+308,-1.7976931348623157e+308,1.5]}'
    )


def test_nothing_came_over_the_wire_means_nothing_to_take_over() -> None:
    assert Request(1, "m", {}).raw() == b""


@given(OBJECTS, st.text(max_size=20) | st.integers(-(2**63), 2**63 - 1))
def test_the_official_types_read_what_is_written(params: dict[str, Any], id: str | int) -> None:
    for made in (
        jsonrpc.request_bytes(id, "tools/call", params),
        jsonrpc.notification_bytes("notifications/message", params),
        jsonrpc.result_bytes(id, params),
        jsonrpc.error_bytes(id, -32000, "no", params),
    ):
        assert b"\n" not in made
        parse(made)
        if b"\\ud" not in made:  # half a surrogate pair is no text for them
            jsonrpc_message_adapter.validate_json(made)
    assert b"params" not in jsonrpc.request_bytes(id, "ping", None)


@given(st.binary(max_size=60))
def test_no_bytes_do_anything_but_what_is_said(wire: bytes) -> None:
    code = 0
    try:
        parse(wire)
    except Malformed as error:
        code = error.code
    assert code in (0, PARSE_ERROR, INVALID_REQUEST)


@pytest.mark.parametrize(
    ("wire", "id"),
    [
        (b'{"jsonrpc":"2.0","id":7,"result":{},"result":{}}', 7),
        (b'{"id":7,"error":7}', 7),
        (b'{"id":7,"method":"ping","x":{},"x":{}}', None),
        (b'{"id":"7","result":{}}', None),
        (b'{"id":true}', None),
        (b'{"id":7', None),
        (b"[7]", None),
        (b"", None),
    ],
)
def test_what_is_no_message_may_still_be_the_end_of_a_request(wire: bytes, id: int | None) -> None:
    assert jsonrpc.answered_id(wire) == id
