"""Callers and providers that are slow, or gone: each is let go in time, and keeps nobody else out."""

from __future__ import annotations

import json
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bartizan.guard.gateway.listening import bound_writing
from tests.guard.gateway.running import Gate
from tests.guard.gateway.sockets import HELLO, head, post, raw, resident

pytestmark = pytest.mark.enable_socket


def test_slow_callers_are_let_go(gate: Gate) -> None:
    """All at once: a head may take 10 seconds, as may the time between requests, and a body 2 in these tests."""
    ways: dict[str, tuple[list[bytes], float]] = {
        "body": ([head(gate, "content-length: 100"), *[b"x"] * 12], 0.3),
        "chunks": ([head(gate, "transfer-encoding: chunked"), *[b"1\r\nx\r\n"] * 12], 0.3),
        "head": ([b"POST / HTTP/1.1\r\n", *[b"x: y\r\n"] * 80], 0.15),
        "half a line": ([b"POST / HT"], 0),
        "nothing": ([], 0),
        "nothing more": ([head(gate, f"content-length: {len(HELLO)}", close=False) + HELLO], 0),
        "empty lines": ([b"\r\n" * 10_000], 0),
    }
    with ThreadPoolExecutor(len(ways)) as threads:
        begun = {
            name: threads.submit(raw, gate, *parts, pause=pause, seconds=20) for name, (parts, pause) in ways.items()
        }
        ended = {name: one.result() for name, one in begun.items()}
    for name in ("body", "chunks"):
        assert ended[name].status == 408, name
        assert ended[name].headers["x-bartizan-rule"] == "body-too-slow"
    assert ended["nothing more"].data.count(b"HTTP/1.1 200") == 1
    assert all(one.seconds < 15 for one in ended.values()), {name: one.seconds for name, one in ended.items()}
    assert sum(event["rule"] == "body-too-slow" for event in gate.events()) >= 2


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


@pytest.mark.parametrize("stream", [True, False])
def test_a_caller_that_leaves_a_silent_provider_holds_nothing(gate: Gate, *, stream: bool) -> None:
    before = gate.settled()
    tree = {"model": "demo-large", "stream": stream, "messages": [{"role": "user", "content": "[[stall]] some words"}]}
    body = json.dumps(tree).encode()
    with socket.create_connection(("127.0.0.1", gate.port), timeout=5) as opened:
        opened.sendall(head(gate, f"content-length: {len(body)}") + body)
        time.sleep(1.2)
        assert gate.demo.open
    left = time.monotonic()
    events = gate.events_after(before, 1 + stream)
    assert time.monotonic() - left < 2
    assert [event["kind"] for event in events] == ["stream", "call"][1 - stream :]
    assert events[-1]["more"]["outcome"] == "caller-gone"


def test_a_caller_that_reads_nothing_costs_no_more_than_an_answer_may(gate: Gate) -> None:
    """The server takes all of an answer at once: what bounds it is `limits.answer`, here two megabytes."""
    before, memory = gate.settled(), resident(gate)
    body = HELLO.replace(b"hello", b"[[endless]] on and on")[:-1] + b', "stream": true}'
    with socket.socket() as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.connect(("127.0.0.1", gate.port))
        opened.sendall(head(gate, f"content-length: {len(body)}") + body)
        events = gate.events_after(before, 2)
        if sys.platform == "linux":
            assert _ended(opened.getsockname()[1], within=15), "limits.seconds is 2 here"
    assert [event["rule"] for event in events] == ["staff", "answer-too-large"]
    assert resident(gate) - memory < 20_000_000


def _ended(port: int, within: float) -> bool:
    """Wait until nobody has a connection to a port of ours any more, though we have not closed it."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        if not any(line.split()[2].endswith(f":{port:04X}") for line in lines):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the setting")
def test_listening_sockets_are_bounded_and_no_others() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as other, Path("/dev/null").open():
        before = len(list(Path("/proc/self/fd").iterdir()))
        assert bound_writing(7) >= 1
        assert len(list(Path("/proc/self/fd").iterdir())) == before
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 7000
        assert other.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 0
