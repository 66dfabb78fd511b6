"""Providers whose answers are wrong as HTTP, or not what was asked for: bounded, told, on record, and not believed."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from collections.abc import Callable

import pytest

from tests.guard.gateway.conftest import Wide
from tests.guard.gateway.sockets import HELLO, Answer, post, resident

pytestmark = pytest.mark.enable_socket

JSON = "HTTP/1.1 200 OK\ncontent-type: application/json"
SSE = "HTTP/1.1 200 OK\ncontent-type: text/event-stream"
GOOD = (
    b'{"id":"x","object":"chat.completion","model":"liar",'
    b'"choices":[{"index":0,"message":{"role":"assistant","content":"fine"}}]}'
)
EVENT = b'data: {"id":"x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"fine"}}]}\n\n'
ACCOUNT = b"CH9300762011623852957"
LARGE = 100_000_000


def length(body: bytes, more: int = 0) -> str:
    return f"\ncontent-length: {len(body) + more}"


def zstd_bomb(size: int) -> bytes:
    """A frame of blocks that repeat one byte (RFC 8878, sections 3.1.1.1 and 3.1.1.2.2)."""
    block = 1 << 17
    count = size // block
    blocks = [((block << 3) | 2 | (number == count - 1)).to_bytes(3, "little") + b" " for number in range(count)]
    return b"\x28\xb5\x2f\xfd\x00\x38" + b"".join(blocks)


def ask(wide: Wide, *, stream: bool = False) -> Answer:
    tree = {"model": "liar", "stream": stream, "messages": [{"role": "user", "content": "hello"}]}
    return post(wide.gate, json.dumps(tree).encode())


WHOLE: dict[str, Callable[[], tuple[str, bytes]]] = {
    "redirect": lambda: ("HTTP/1.1 302 Found\nlocation: http://127.0.0.1:9/\ncontent-length: 0", b""),
    "permanent redirect": lambda: ("HTTP/1.1 308 X\nlocation: /v1/chat/completions\ncontent-length: 0", b""),
    "length too large": lambda: (JSON + length(GOOD, 5), GOOD),
    "length too small": lambda: (JSON + length(GOOD, -5), GOOD),
    "length huge": lambda: (JSON + "\ncontent-length: 99999999999999", GOOD),
    "length negative": lambda: (JSON + "\ncontent-length: -1", GOOD),
    "both lengths": lambda: (JSON + length(GOOD) + "\ntransfer-encoding: chunked", b"zz" + GOOD),
    "chunks malformed": lambda: (JSON + "\ntransfer-encoding: chunked", b"%x\r\n%b\r\nzz\r\n" % (len(GOOD), GOOD)),
    "chunks cut": lambda: (JSON + "\ntransfer-encoding: chunked", b"%x\r\n%b\r\n" % (len(GOOD), GOOD)),
    "said gzip, is not": lambda: (JSON + length(GOOD) + "\ncontent-encoding: gzip", GOOD),
    "said br, is not": lambda: (JSON + length(GOOD) + "\ncontent-encoding: br", GOOD),
    "gzip twice": lambda: (JSON + "\ncontent-encoding: gzip, gzip", gzip.compress(gzip.compress(GOOD))),
    "gzip, not told": lambda: (JSON, gzip.compress(GOOD)),
    "gzip cut": lambda: (JSON + "\ncontent-encoding: gzip", gzip.compress(GOOD)[:-9]),
    "gzip bomb": lambda: (JSON + "\ncontent-encoding: gzip", gzip.compress(b" " * LARGE, 1)),
    "deflate bomb": lambda: (JSON + "\ncontent-encoding: deflate", zlib.compress(b" " * LARGE, 1)),
    "zstd bomb": lambda: (JSON + "\ncontent-encoding: zstd", zstd_bomb(LARGE)),
    "a stream of plain bytes": lambda: (JSON, b" " * 10_000_000),
    "UTF-16": lambda: (JSON + "; charset=utf-16", GOOD.decode().encode("utf-16")),
    "not UTF-8": lambda: (JSON, GOOD.replace(b"fine", b"\xff\xfe")),
    "deep": lambda: (JSON, b"[" * 100_000),
    "no content": lambda: ("HTTP/1.1 204 No Content", b""),
    "partial": lambda: ("HTTP/1.1 206 Partial\ncontent-type: application/json" + length(GOOD), GOOD),
    "switching": lambda: ("HTTP/1.1 101 Switching Protocols\nconnection: upgrade\nupgrade: x", b"x"),
    "many headers": lambda: (JSON + "\nx: y" * 20_000 + length(GOOD), GOOD),
    "long header": lambda: (JSON + "\nx: " + "y" * 1_000_000 + length(GOOD), GOOD),
    "NUL in a header": lambda: (JSON + "\nx: a\0b" + length(GOOD), GOOD),
    "no HTTP": lambda: ("SSH-2.0-OpenSSH_9.9", b""),
    "nothing": lambda: ("", b""),
    "HTML": lambda: ("HTTP/1.1 200 OK\ncontent-type: text/html", b"<html>"),
    "no type": lambda: ("HTTP/1.1 200 OK" + length(GOOD), GOOD),
}


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_answers_that_are_wrong(wide: Wide, name: str, *, stream: bool) -> None:
    before, memory, calls = len(wide.gate.events()), resident(wide.gate), wide.liar.calls
    wide.liar.says(*WHOLE[name]())
    answer = ask(wide, stream=stream)
    assert answer.status == 502
    assert answer.json["error"]["code"] == "bartizan_denied"
    assert answer.seconds < 5
    assert resident(wide.gate) - memory < 30_000_000
    (event,) = wide.gate.events_after(before)
    assert (event["kind"], event["rule"]) == ("refusal", answer.headers["x-bartizan-rule"])
    assert wide.liar.calls - calls == 1, "asked once, and where it is configured"
    assert post(wide.gate, HELLO).status == 200


@pytest.mark.parametrize("code", [100, 103])
def test_answers_that_are_preceded(wide: Wide, code: int) -> None:
    wide.liar.says(f"HTTP/1.1 {code} X\n\n{JSON}{length(GOOD)}", GOOD)
    assert ask(wide).status == 200


STREAMS = {
    "cut": (b"\ntransfer-encoding: chunked", b"%x\r\n%b\r\n" % (len(EVENT), EVENT), "upstream-cut"),
    "length too large": (b"\ncontent-length: 100000", EVENT, "upstream-cut"),
    "not UTF-8": (b"", EVENT + EVENT.replace(b"fine", b"\xff"), "stream-not-followed"),
    "not JSON": (b"", EVENT + b"data: {\n\n", "stream-not-followed"),
    "a line without end": (b"", EVENT + b"data: " + b"x" * 20_000_000, "answer-too-large"),
    "HTML": (b"", EVENT + b"<html>\n\n", None),
}


@pytest.mark.parametrize("name", STREAMS)
def test_streams_that_are_wrong(wide: Wide, name: str) -> None:
    before, memory = len(wide.gate.events()), resident(wide.gate)
    more, body, rule = STREAMS[name]
    wide.liar.says(SSE + more.decode(), body)
    answer = ask(wide, stream=True)
    assert answer.status == 200
    assert answer.seconds < 5
    assert answer.body.startswith(EVENT) or rule is not None
    if rule is not None:
        assert f'"rule":"{rule}"'.encode() in answer.body
    assert resident(wide.gate) - memory < 60_000_000
    assert wide.gate.events_after(before, 2)[0]["kind"] == "stream"
    assert post(wide.gate, HELLO).status == 200


@pytest.mark.parametrize("begun", [False, True], ids=["before a head", "after an event"])
def test_a_provider_that_stalls_is_left_after_its_time(wide: Wide, *, begun: bool) -> None:
    before = len(wide.gate.events())
    wide.liar.answer, wide.liar.holds = b"", True
    if begun:
        wide.liar.says(SSE, EVENT, holds=True)
    started = time.monotonic()
    answer = ask(wide, stream=begun)
    assert time.monotonic() - started < 4
    assert (answer.status, b"upstream-" in answer.body) == (200 if begun else 502, True)
    assert len(wide.gate.events_after(before, 1 + begun)) == 1 + begun


@pytest.mark.parametrize("stream", [False, True])
def test_what_was_not_asked_for_is_inspected_all_the_same(wide: Wide, *, stream: bool) -> None:
    """JSON where a stream was asked for, and a stream where none was."""
    for told in (EVENT.replace(b"fine", ACCOUNT), GOOD.replace(b"fine", ACCOUNT)):
        wide.liar.says(SSE if told.startswith(b"data") else JSON, told)
        answer = ask(wide, stream=stream)
        assert ACCOUNT not in answer.data
        assert b"no-bank-details-out" in answer.data
        assert answer.seconds < 5, "a stream that is stopped ends"
