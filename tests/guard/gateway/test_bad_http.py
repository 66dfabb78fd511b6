"""What is no proper HTTP, or comes too slowly: nobody reads it two ways, and it keeps nobody else out."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import HELLO, head, post, raw, told

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def survives(gate: Gate) -> Iterator[None]:
    yield
    assert post(gate, HELLO).status == 200


def test_both_lengths_are_refused(gate: Gate) -> None:
    """Request smuggling (RFC 9112, section 6.3): the body is read one way by everybody, or not at all."""
    seen = gate.demo.requests
    hidden = b"0\r\n\r\n" + head(gate, f"content-length: {len(HELLO)}", "content-type: application/json") + HELLO
    for lines in (
        (f"content-length: {len(hidden)}", "transfer-encoding: chunked"),
        ("transfer-encoding: chunked", f"content-length: {len(hidden)}"),
        (f"content-length: {len(HELLO)}", "content-length: 3"),
        ("transfer-encoding: xchunked", f"content-length: {len(HELLO)}"),
        ("transfer-encoding: identity, chunked", f"content-length: {len(HELLO)}"),
        ("transfer-encoding : chunked", f"content-length: {len(HELLO)}"),
    ):
        answer = raw(gate, head(gate, *lines, close=False) + hidden, seconds=3)
        assert answer.data.count(b"HTTP/1.1 200") == 0, lines
    assert gate.demo.requests == seen


@pytest.mark.parametrize("length", ["-1", "+5", "0x10", "5, 5", "99999999999999999999999", "1e3", "٣"])
def test_lengths_that_are_none(gate: Gate, length: str) -> None:
    answer = raw(
        gate, head(gate).replace(b"\r\n\r\n", f"\r\ncontent-length: {length}\r\n\r\n".encode()) + HELLO, seconds=5
    )
    assert answer.status in (0, 400, 413)


def test_a_body_in_chunks(gate: Gate) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in HELLO) + b"0\r\n\r\n"
    assert raw(gate, head(gate, "transfer-encoding: chunked", "content-type: application/json") + chunks).status == 200
    before = gate.settled()
    many = (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 40 + b"0\r\n\r\n"
    answer = raw(gate, head(gate, "transfer-encoding: chunked") + many)
    assert answer.status == 413
    told(gate, before, "body-too-large")


@pytest.mark.parametrize(
    "more",
    [
        b"zz\r\nhi\r\n0\r\n\r\n",
        b"-2\r\nhi\r\n0\r\n\r\n",
        b"2\nhi\n0\n\n",
        b"2\r\nhiXX0\r\n\r\n",
        b"ffffffffffffffffffff\r\n",
        b"2;" + b"x" * 100_000 + b"\r\nhi\r\n0\r\n\r\n",
        b"0\r\nx: y\r\n\r\n",
        b"0\r\n" + b"x: y\r\n" * 20_000 + b"\r\n",
    ],
    ids=["size", "negative", "bare LF", "no end of line", "huge size", "huge extension", "trailer", "many trailers"],
)
def test_a_whole_body_with_malformed_chunks_behind_it_is_none(gate: Gate, more: bytes) -> None:
    """What one reader takes for the end may not be the end for another: such a body goes nowhere."""
    before, seen = gate.settled(), gate.demo.requests
    answer = raw(gate, head(gate, "transfer-encoding: chunked") + b"%x\r\n%b\r\n" % (len(HELLO), HELLO) + more)
    assert (answer.status, answer.headers["x-bartizan-rule"]) == (400, "body-broken-off")
    assert answer.json["error"]["code"] == "bartizan_denied"
    told(gate, before, "body-broken-off")
    assert gate.demo.requests == seen


@pytest.mark.parametrize("line", ["transfer-encoding: chunked", "content-length: 2000"])
def test_a_body_that_breaks_off_goes_nowhere(gate: Gate, line: str) -> None:
    before, seen = gate.settled(), gate.demo.requests
    with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as opened:
        opened.sendall(head(gate, line) + b"%x\r\n%b\r\n" % (len(HELLO), HELLO))
        opened.shutdown(socket.SHUT_WR)
        assert opened.recv(1000).startswith(b"HTTP/1.1 400")
    told(gate, before, "body-broken-off")
    assert gate.demo.requests == seen


FIRST = {
    "two content-lengths": ("content-length: 2\r\ncontent-length: 3", 400),
    "content-length twice in one": ("content-length: 2, 2", 400),
    "transfer-encoding that ends otherwise": ("transfer-encoding: chunked, gzip", 400),
    "transfer-encoding identity": ("transfer-encoding: identity", 400),
    "space before the colon": ("content-length : 2", 400),
    "folded line": ("x: a\r\n b", 400),
    "NUL in a value": ("x: a\0b", 400),
    "NUL in a name": ("x\0: a", 400),
    "CR in a value": ("x: a\rb", 400),
    "no name": (": a", 400),
    "no colon": ("abc", 400),
    "many headers": ("\r\n".join(["x: y"] * 120), 431),
    "long header": ("x: " + "y" * 300_000, 431),
}


@pytest.mark.parametrize(("lines", "status"), FIRST.values(), ids=FIRST.keys())
def test_what_the_server_refuses_before_the_gateway_sees_it(gate: Gate, lines: str, status: int) -> None:
    """As docs/gateway.md says, it has an answer without a body, ends the connection, and is no event."""
    before = gate.settled()
    answer = raw(gate, head(gate, lines, close=False) + b"hi", seconds=5)
    assert (answer.status, answer.body) == (status, b"")
    assert answer.headers["connection"] == "close"
    assert answer.seconds < 4
    assert gate.settled() == before


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("x: " + "y" * 30_000, 200),
        ("\r\n".join(["x: y"] * 90), 200),
        ("x-api-key: \xff", 200),
        ("x-api-key: " + "y" * 30_000, 401),
        ("traceparent: 00-" + "\xff" * 32 + "-0000000000000000-01", 200),
        ("content-encoding: \xff", 200),
        ("expect: nothing", 200),
        ("upgrade: websocket\r\nsec-websocket-key: x\r\nsec-websocket-version: 13\r\nconnection: upgrade", 200),
    ],
    ids=[
        "long",
        "many",
        "no text as a second key",
        "long key",
        "no text as a trace",
        "no text",
        "expectation",
        "upgrade",
    ],
)
def test_odd_headers(gate: Gate, line: str, status: int) -> None:
    before = gate.settled()
    start = head(gate, f"content-length: {len(HELLO)}", "x-odd: here")
    answer = raw(gate, start.replace(b"x-odd: here", line.encode("latin-1")) + HELLO, seconds=5)
    assert answer.status == status
    assert len(gate.events_after(before)) == 1


@pytest.mark.parametrize(
    "noise",
    [
        b"GET /openai/v1/models\r\n\r\n",
        b"GET /\r\n",
        b"\0" * 1000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\xff" * 200,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\nhost: x\n\n",
        b"POST / HTTP/1.1\r\nhost: x\r\n" + b"a: " + b"b" * 200_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 20_000 + b"\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\na\0b: c\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        b"\r\n" * 10_000,
    ],
    ids=range(13),
)
def test_noise(gate: Gate, noise: bytes) -> None:
    seen = gate.demo.requests
    answer = raw(gate, noise, seconds=0.7)
    assert answer.status == 0 or 400 <= answer.status < 600
    assert gate.demo.requests == seen


def test_one_key_for_every_caller_in_a_pipeline(gate: Gate) -> None:
    """Requests behind each other on one connection are answered in order, each by its own identity."""
    one = head(gate, f"content-length: {len(HELLO)}", "content-type: application/json", close=False) + HELLO
    two = head(gate, f"content-length: {len(HELLO)}", user="nobody") + HELLO
    answer = raw(gate, one + two, seconds=5)
    assert answer.data.count(b"HTTP/1.1 200") == 1
    assert answer.data.count(b"HTTP/1.1 403") == 1
    assert answer.data.index(b"HTTP/1.1 200") < answer.data.index(b"HTTP/1.1 403")
