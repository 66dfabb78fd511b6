"""Providers that lie, stop or go on without end: told in the caller's protocol, and on record."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import CHAT, HELLO, head, post, resident, told_to

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def survives(gate: Gate) -> Iterator[None]:
    yield
    assert post(gate, HELLO).status == 200


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
