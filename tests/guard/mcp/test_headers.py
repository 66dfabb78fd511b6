"""Headers that repeat the body: the official SDK's rules are the measure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared import inbound

from bartizan.guard.mcp import headers
from bartizan.guard.mcp.codes import HEADER_MISMATCH, INTERNAL_ERROR, METHOD_NOT_FOUND, PARSE_ERROR
from bartizan.guard.mcp.jsonrpc import Notification, Request, Response
from bartizan.guard.mcp.revisions import CAPABILITIES, MODERN, VERSION

META = {VERSION: MODERN, CAPABILITIES: {}}
SCHEMA = {
    "type": "object",
    "properties": {
        "region": {"type": "string", "x-mcp-header": "Region"},
        "count": {"type": "integer", "x-mcp-header": "Count"},
        "deep": {"type": "object", "properties": {"on": {"type": "boolean", "x-mcp-header": "On"}}},
    },
}


def call(arguments: Any = None, method: str = "tools/call", **params: Any) -> Request:
    return Request(1, method, {"_meta": META, "name": "t", "arguments": arguments, **params})


def sent(request: Request, schema: Any = None) -> list[tuple[str, str]]:
    repeated = tuple(headers.parameters(schema)) if schema is not None else ()
    return list(headers.emit(MODERN, request.method, request.params, repeated))


@given(st.text())
def test_values_are_written_as_the_sdk_writes_them(value: str) -> None:
    if "\ud800" <= max(value, default="") <= "\udfff":
        return
    assert headers.encoded(value) == inbound.encode_header_value(value)
    assert headers.decoded(headers.encoded(value)) == value
    assert inbound.decode_header_value(headers.encoded(value)) == value


@pytest.mark.parametrize(
    "value", ["=?base64?!?=", "=?base64?aGk?=", "=?base64?/w==?=", "=?base64?aGl=?=", "a\x00", "é"]
)
def test_values_that_mean_nothing_mean_nothing(value: str) -> None:
    assert headers.decoded(value) is None


def test_what_is_written_agrees_with_its_body_here_and_in_the_sdk() -> None:
    request = call({"region": " süd ", "count": 7, "deep": {"on": True}})
    made = sent(request, SCHEMA)
    assert headers.check(request, [("Accept", "a"), ("Accept", "b"), *made], SCHEMA) is None
    lower = {name.lower(): value for name, value in made}
    body = {"method": request.method, "params": request.params}
    assert isinstance(inbound.classify_inbound_request(body, headers=lower), inbound.InboundModernRoute)
    assert inbound.validate_mcp_param_headers(SCHEMA, request.params["arguments"], dict(made)) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MCP-Protocol-Version", "2025-11-25"),
        ("MCP-Protocol-Version", None),
        ("Mcp-Method", "tools/list"),
        ("Mcp-Method", None),
        ("Mcp-Name", "other"),
        ("Mcp-Name", "=?base64?!?="),
        ("Mcp-Name", None),
        ("Mcp-Param-Region", "north"),
        ("Mcp-Param-Region", None),
        ("Mcp-Param-Region", "=?base64?!?="),
        ("Mcp-Param-Count", "8"),
        ("Mcp-Param-Count", "x"),
    ],
)
def test_a_header_that_differs_is_a_fault(name: str, value: str | None) -> None:
    request = call({"region": "south", "count": 7})
    made = [(key, old) for key, old in sent(request, SCHEMA) if key != name]
    fault = headers.check(request, made if value is None else [*made, (name, value)], SCHEMA)
    assert fault is not None
    assert fault.code == HEADER_MISMATCH
    assert headers.status(fault.code) == 400


def test_a_header_twice_is_a_fault_even_when_both_agree() -> None:
    request = call()
    assert headers.check(request, [*sent(request), ("mcp-name", "t")]) is not None
    assert headers.check(Notification("n", {}), [("Mcp-Method", "n"), ("mcp-method", "n")]) is not None


def test_whole_numbers_are_compared_as_numbers() -> None:
    request = call({"count": 7.0})
    made = [(key, value) for key, value in sent(request) if key != "Mcp-Param-Count"]
    assert headers.check(request, [*made, ("Mcp-Param-Count", "7.00")], SCHEMA) is None
    assert sent(request, SCHEMA)[-1] == ("Mcp-Param-Count", "7")


def test_an_argument_that_is_missing_has_no_header() -> None:
    request = call({"region": None, "count": 2**60, "deep": 7})
    assert [name for name, _ in sent(request, SCHEMA)] == ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"]
    assert headers.check(request, sent(request), SCHEMA) is None
    assert headers.check(request, [*sent(request), ("Mcp-Param-On", "true")], SCHEMA) is not None


def test_a_task_is_named_where_it_is_and_need_not_be() -> None:
    request = call(method="tasks/get", taskId="t 1")
    assert ("Mcp-Name", "t 1") in sent(request)
    assert headers.check(request, [(name, value) for name, value in sent(request) if name != "Mcp-Name"]) is None
    assert headers.check(request, [*sent(request)[:2], ("Mcp-Name", "t2")]) is not None


def test_a_body_without_a_name_is_refused_for_that_and_not_for_its_header() -> None:
    request = Request(1, "resources/read", {"_meta": META})
    assert headers.check(request, sent(request)) is None


def test_methods_without_names_and_other_messages_have_little_to_compare() -> None:
    request = call(method="tools/list")
    assert headers.check(request, sent(request)) is None
    assert headers.check(Notification("n", {}), []) is None
    assert headers.check(Response(1, {}), []) is None


def test_older_revisions_have_their_version_only() -> None:
    assert headers.emit("2025-11-25", "tools/call", {"name": "t"}) == (("MCP-Protocol-Version", "2025-11-25"),)
    assert len(headers.emit(MODERN, "notifications/cancelled", None)) == 2


def test_the_revision_is_what_the_body_says_then_the_header() -> None:
    old = [("mcp-protocol-version", " 2025-06-18 ")]
    assert headers.revision_of(call(), old) == MODERN
    assert headers.revision_of(Request(1, "m", {}), old) == "2025-06-18"
    assert headers.revision_of(Request(1, "m", {"_meta": {VERSION: 7}}), []) == ""
    assert headers.revision_of(Response(1, {}), old) == "2025-06-18"


def test_status() -> None:
    assert [headers.status(code) for code in (PARSE_ERROR, METHOD_NOT_FOUND, INTERNAL_ERROR, 0)] == [400, 404, 200, 200]


def _schema(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"a": part}}


STRING = {"type": "string", "x-mcp-header": "A"}


@pytest.mark.parametrize(
    "schema",
    [
        _schema({"type": "string", "x-mcp-header": ""}),
        _schema({"type": "string", "x-mcp-header": "a b"}),
        _schema({"type": "string", "x-mcp-header": "a\r\nb"}),
        _schema({"type": "string", "x-mcp-header": 7}),
        _schema({"type": "number", "x-mcp-header": "A"}),
        _schema({"type": "array", "items": STRING}),
        _schema({"anyOf": [STRING]}),
        _schema({"$defs": {"x": STRING}}),
        {"x-mcp-header": "A", "type": "string"},
        {"properties": {"a": STRING, "b": {"type": "string", "x-mcp-header": "a"}}},
    ],
)
def test_a_schema_that_wants_what_can_not_be_is_unusable_here_and_in_the_sdk(schema: dict[str, Any]) -> None:
    assert headers.unusable(schema)
    assert inbound.find_invalid_x_mcp_header(schema) is not None
    assert headers.check(call({}), sent(call({})), schema) is None


@pytest.mark.parametrize("schema", [SCHEMA, {}, True, None, _schema({"enum": [{"x-mcp-header": 1}]})])
def test_other_schemas_are_usable(schema: Any) -> None:
    assert not headers.unusable(schema)
    assert inbound.find_invalid_x_mcp_header(schema) is None
