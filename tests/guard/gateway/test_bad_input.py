"""What is no proper request, or no proper answer: bounded, told in the caller's protocol, on record, and survived."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.guard.gateway.running import Gate

pytestmark = pytest.mark.enable_socket

CHAT = "/openai/v1/chat/completions"
MOST = 20_000_000
HELLO = b'{"model": "demo-large", "messages": [{"role": "user", "content": "hello"}]}'


class Answer:
    """What came back over a bare socket: the status (0 when there was none), headers, the body and the seconds."""

    def __init__(self, data: bytes, seconds: float) -> None:
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        self.data, self.seconds = data, seconds
        self.status = int(first.split(b" ")[1]) if first.startswith(b"HTTP/1.") else 0
        pairs = (line.partition(b":") for line in lines)
        self.headers = {name.decode().lower(): value.strip().decode() for name, _, value in pairs}
        self.body = _joined(body) if "transfer-encoding" in self.headers else body

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def _joined(data: bytes) -> bytes:
    out, at = [], 0
    while (line := data.find(b"\r\n", at)) >= 0 and (size := int(data[at:line] or b"0", 16)):
        at = line + 2 + size + 2
        out.append(data[line + 2 : at - 2])
    return b"".join(out)


def raw(gate: Gate, *parts: bytes, pause: float = 0.0, seconds: float = 15.0) -> Answer:
    """Send bytes, and read until the other side closes or is silent."""
    started = time.monotonic()
    got = bytearray()
    with socket.create_connection(("127.0.0.1", gate.port), timeout=seconds) as opened:
        try:
            for part in parts:
                opened.sendall(part)
                time.sleep(pause)
        except OSError:
            pass
        try:
            while len(got) < MOST and (data := opened.recv(65536)):
                got += data
        except OSError:
            pass
    return Answer(bytes(got), time.monotonic() - started)


def head(
    gate: Gate, *lines: str, path: str = CHAT, user: str = "anna", method: str = "POST", close: bool = True
) -> bytes:
    """Return the head of a request."""
    every = [f"{method} {path} HTTP/1.1", "host: gateway", f"authorization: Bearer {gate.keys[user]}"]
    every += ["connection: close"] if close else []
    return "\r\n".join([*every, *lines, "", ""]).encode()


def post(gate: Gate, body: bytes, *lines: str, path: str = CHAT) -> Answer:
    """Send a whole body with its length."""
    kind = () if any(line.startswith("content-type") for line in lines) else ("content-type: application/json",)
    return raw(gate, head(gate, f"content-length: {len(body)}", *kind, *lines, path=path) + body)


@pytest.fixture(autouse=True)
def survives(gate: Gate) -> Iterator[None]:
    yield
    assert post(gate, HELLO).status == 200


def told(gate: Gate, before: int, rule: str) -> None:
    """Check that a refusal is on record."""
    assert rule in [event["rule"] for event in gate.events_after(before) if event["kind"] == "refusal"]


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


def resident(gate: Gate) -> int:
    """Return bytes of memory of the gateway and the processes that it has started."""
    from pathlib import Path

    assert gate.process is not None
    total, found = 0, [str(gate.process.pid)]
    while found:
        pid = found.pop()
        total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += (task / "children").read_text().split()
    return total


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


def test_slow_callers(gate: Gate) -> None:
    before = gate.settled()
    start = head(gate, "content-length: 100", "content-type: application/json")
    answer = raw(gate, start, *[b"x"] * 12, pause=0.3, seconds=10)
    assert answer.status == 408
    assert answer.seconds < 6
    told(gate, before, "body-too-slow")
    # A head that never ends: the server closes by itself, whatever else it says.
    assert raw(gate, b"POST / HTTP/1.1\r\n", *[b"x: y\r\n"] * 3, pause=0.2, seconds=20).seconds < 15


def test_many_slow_callers_keep_nobody_else_out(gate: Gate) -> None:
    slow = [socket.create_connection(("127.0.0.1", gate.port)) for _ in range(100)]
    try:
        for one in slow:
            one.sendall(head(gate, "content-length: 50")[:-2] + b"\r\n{")
        started = time.monotonic()
        assert post(gate, HELLO).status == 200
        assert time.monotonic() - started < 1.5
    finally:
        for one in slow:
            one.close()


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_content_types_that_are_not_of_the_format(gate: Gate, kind: str) -> None:
    """What goes to the provider is JSON, whatever the caller called it."""
    answer = post(gate, HELLO, f"content-type: {kind}")
    assert answer.status in (200, 415)
    if answer.status == 200:
        assert gate.demo.received[-1].header("content-type") == "application/json"


@pytest.mark.parametrize(
    "path",
    [
        "/openai/v1/../v1/chat/completions",
        "/openai/v1/%2e%2e/chat/completions",
        "/openai/v1/chat%2fcompletions",
        "/openai/v1//chat/completions",
        "//openai/v1/chat/completions",
        "/openai/v1/./chat/completions",
        "/openai/v1/chat/completions/",
        "/openai/v1/chat\\completions",
        "/openai/v1/chat/completions;a=b",
        "/OpenAI/v1/chat/completions",
        "/openai/v1/files",
        "/openai/v1/fine_tuning/jobs",
        "/openai/v1/chat/completions%00",
        "/gemini/v1beta/models/../../x:generateContent",
        "/gemini/v1beta/models/a%2fb:generateContent",
        "/gemini/v1beta/models/demo-large:deleteModel",
        "/azure/openai/deployments/../x/chat/completions",
        "/anthropic/v1/messages/batches",
        "/anthropic/v1/messages%3fx",
        "/",
        "/x" * 3000,
    ],
)
def test_paths_that_are_not_served(gate: Gate, path: str) -> None:
    seen, before = gate.demo.requests, gate.settled()
    answer = post(gate, HELLO, path=path)
    if answer.status == 200:  # the server has decoded it: what goes on is the one path that was decided about
        assert gate.demo.received[-1].target == CHAT
        return
    assert 400 <= answer.status < 500
    assert gate.demo.requests == seen
    if answer.headers.get("x-bartizan-rule"):
        told(gate, before, "path-not-served")


@pytest.mark.parametrize(
    "method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "CONNECT", "post", "X"]
)
def test_methods_that_are_not_served(gate: Gate, method: str) -> None:
    seen = gate.demo.requests
    answer = raw(gate, head(gate, "content-length: 0", method=method), seconds=5)
    assert answer.status in (0, 400, 404, 405)
    assert gate.demo.requests == seen


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
    answer = raw(gate, noise, seconds=3)
    assert answer.status == 0 or 400 <= answer.status < 600
    assert gate.demo.requests == seen


def test_more_than_one_credential(gate: Gate) -> None:
    before = gate.settled()
    answer = post(gate, HELLO, f"x-api-key: {gate.keys['paul']}")
    assert answer.status == 401
    told(gate, before, "credentials-differ")


# ---- answers that are none


def told_to(gate: Gate, prompt: str, *, stream: bool = False, path: str = CHAT) -> Answer:
    """Have the provider answer as a prompt says."""
    tree: dict[str, Any] = {"model": "demo-large", "messages": [{"role": "user", "content": prompt}]}
    if stream:
        tree["stream"] = True
    return post(gate, json.dumps({**tree, "max_tokens": 9}).encode(), path=path)


@pytest.mark.parametrize(
    "flag", ["html", "html-error", "wrong-type", "not-json", "twice", "gzip-bomb", "cut", "two-lengths"]
)
@pytest.mark.parametrize("path", [CHAT, "/anthropic/v1/messages"])
def test_answers_that_are_none(gate: Gate, flag: str, path: str) -> None:
    before = gate.settled()
    answer = told_to(gate, f"[[{flag}]]", path=path)
    assert answer.status == 502
    assert answer.seconds < 10
    assert "html" not in answer.body.decode()
    if path == CHAT:
        assert answer.json["error"]["code"] == "bartizan_denied"
    else:
        assert answer.json["type"] == "error"
    assert [event["kind"] for event in gate.events_after(before)] == ["refusal"]


@pytest.mark.parametrize("flag", ["cut", "no-end", "error-late", "crlf"])
def test_streams_that_end_otherwise(gate: Gate, flag: str) -> None:
    before = gate.settled()
    answer = told_to(gate, f"[[{flag}]] some words that are long enough to be cut in two", stream=True)
    assert answer.status == 200
    assert answer.body.startswith(b"data: ")
    assert ("upstream-cut" in answer.body.decode()) == (flag == "cut")
    assert len(gate.events_after(before, 2)) == 2


def test_a_stream_without_end_is_bounded(gate: Gate) -> None:
    memory = resident(gate)
    answer = told_to(gate, "[[endless]] on and on", stream=True)
    assert b"bartizan_denied" in answer.body[-1000:]
    assert len(answer.body) < 3_000_000
    assert resident(gate) - memory < 40_000_000


def test_a_caller_that_goes_away_is_on_record(gate: Gate) -> None:
    before = gate.settled()
    body = json.dumps(
        {
            "model": "demo-large",
            "stream": True,
            "messages": [{"role": "user", "content": "[[pause:100]]" + "word " * 50}],
        }
    ).encode()
    with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as opened:
        opened.sendall(head(gate, f"content-length: {len(body)}") + body)
        assert opened.recv(100)
    events = gate.events_after(before, 2)
    assert [event["kind"] for event in events] == ["stream", "call"]
    assert events[-1]["more"]["outcome"] == "caller-gone"


def test_one_key_for_every_caller_in_a_pipeline(gate: Gate) -> None:
    """Requests behind each other on one connection are answered in order, each by its own identity."""
    one = head(gate, f"content-length: {len(HELLO)}", "content-type: application/json", close=False) + HELLO
    two = head(gate, f"content-length: {len(HELLO)}", user="nobody") + HELLO
    answer = raw(gate, one + two, seconds=5)
    assert answer.data.count(b"HTTP/1.1 200") == 1
    assert answer.data.count(b"HTTP/1.1 403") == 1
    assert answer.data.index(b"HTTP/1.1 200") < answer.data.index(b"HTTP/1.1 403")
