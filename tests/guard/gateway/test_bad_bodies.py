"""Bodies that are none: refused in the caller's protocol and on record, in little time and memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest

from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import HELLO, head, post, raw, resident, told

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def survives(gate: Gate) -> Iterator[None]:
    yield
    assert post(gate, HELLO).status == 200


@pytest.mark.parametrize(
    ("name", "body", "rule"),
    [
        ("key twice", b'{"model": "demo-large", "model": "x", "messages": []}', "body-not-understood"),
        ("key twice, escaped", b'{"model": "demo-large", "mod\\u0065l": "x", "messages": []}', "body-not-understood"),
        (
            "deep",
            b'{"model": "demo-large", "messages": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            "body-not-understood",
        ),
        ("deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "body-not-understood"),
        ("not UTF-8", HELLO.replace(b"hello", b"he\xff\xfello"), "body-not-understood"),
        ("overlong UTF-8", HELLO.replace(b"hello", b"\xc0\xaf"), "body-not-understood"),
        ("UTF-16", HELLO.decode().encode("utf-16"), "body-not-understood"),
        ("a byte order mark", b"\xef\xbb\xbf" + HELLO, "body-not-understood"),
        ("not JSON", b"model=demo-large", "body-not-understood"),
        ("NaN", HELLO.replace(b'"hello"', b"NaN"), "body-not-understood"),
        ("two values", HELLO + HELLO, "body-not-understood"),
        ("a list", b"[" + HELLO + b"]", "body-not-understood"),
        ("nothing", b"", "body-not-understood"),
        ("huge number", HELLO.replace(b'"hello"', b"1" * 100_000), "body-not-understood"),
        ("infinite number", HELLO[:-1] + b', "x": 1e999, "y": "4111111111111111"}', "body-not-understood"),
        ("messages of another kind", b'{"model": "demo-large", "messages": {"a": 1}}', "body-not-understood"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bodies(gate: Gate, name: str, body: bytes, rule: str) -> None:
    before, seen = gate.settled(), gate.demo.requests
    answer = post(gate, body)
    assert (answer.status, answer.headers["x-bartizan-rule"]) == (400, rule), name
    assert answer.json["error"]["code"] == "bartizan_denied"
    assert answer.seconds < 5
    assert gate.demo.requests == seen
    told(gate, before, rule)


def test_refusals_are_in_the_callers_protocol(gate: Gate) -> None:
    claude = post(gate, b"{", path="/anthropic/v1/messages").json
    assert (claude["type"], claude["error"]["type"]) == ("error", "invalid_request_error")
    gemini = post(gate, b"{", path="/gemini/v1beta/models/demo-large:generateContent").json
    assert (gemini["error"]["code"], gemini["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert post(gate, b"{", path="/openai/v1/responses").json["error"]["code"] == "bartizan_denied"


def test_a_body_that_is_too_large(gate: Gate) -> None:
    before = gate.settled()
    answer = raw(gate, head(gate, "content-length: 100000000"), b"x" * 200_000)
    assert (answer.status, answer.headers["x-bartizan-rule"]) == (413, "body-too-large")
    assert answer.seconds < 5
    told(gate, before, "body-too-large")


def test_a_body_of_a_hundred_megabytes_costs_no_memory(gate: Gate) -> None:
    before = resident(gate)
    raw(gate, head(gate, "content-length: 100000000"), *[b"x" * 1_000_000] * 100)
    raw(gate, head(gate, "transfer-encoding: chunked"), *[b"100000\r\n" + b"x" * 0x100000 + b"\r\n"] * 100)
    assert resident(gate) - before < 40_000_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_bodies(gate: Gate, encoding: str) -> None:
    packed = gzip.compress(HELLO) if encoding == "gzip" else zlib.compress(HELLO)
    assert post(gate, packed, f"content-encoding: {encoding}").status == 200
    bomb = b" " * 50_000_000
    bomb = gzip.compress(bomb) if encoding == "gzip" else zlib.compress(bomb)
    before, memory = gate.settled(), resident(gate)
    answer = post(gate, bomb, f"content-encoding: {encoding}")
    assert answer.status == 413
    assert resident(gate) - memory < 30_000_000
    told(gate, before, "body-too-large")
    assert post(gate, packed[:-9], f"content-encoding: {encoding}").status == 400
    assert post(gate, packed + packed, f"content-encoding: {encoding}").status == 400
    assert post(gate, HELLO, f"content-encoding: {encoding}").status == 400


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip, gzip", "x-y"])
def test_encodings_that_are_not_taken(gate: Gate, encoding: str) -> None:
    before = gate.settled()
    assert post(gate, HELLO, f"content-encoding: {encoding}").status == 415
    told(gate, before, "encoding-not-taken")


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_content_types_that_are_not_of_the_format(gate: Gate, kind: str) -> None:
    """What goes to the provider is JSON, whatever the caller called it."""
    answer = post(gate, HELLO, f"content-type: {kind}")
    assert answer.status in (200, 415)
    if answer.status == 200:
        assert gate.demo.received[-1].header("content-type") == "application/json"
