"""Streams of OpenAI's formats: written, guarded, and read by the official client without a socket."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import httpx2
from openai import OpenAI

from bartizan.guard.exchange import Slot
from bartizan.guard.streams import AnswerStream, SseReader
from tests.guard.formats.reading import format_of
from tests.guard.streams.support import alone, begin

CHAT, RESPONSES = "openai-chat", "openai-responses"


def guarded(id: str) -> AnswerStream:
    streams = format_of(id).streams
    assert streams is not None
    return AnswerStream(streams, begin, alone)


def slots(id: str, tree: Any) -> list[Slot]:
    streams = format_of(id).streams
    assert streams is not None
    return streams.slots("", tree)


def written(*events: Any) -> bytes:
    """Chat's events have no type; those of responses have it twice."""
    out = []
    for one in events:
        head = f"event: {one['type']}\n" if "type" in one else ""
        out.append(f"{head}data: {json.dumps(one)}\n\n")
    return "".join(out).encode()


def passed(id: str, data: bytes, size: int = 1_000_000) -> bytes:
    stream = guarded(id)
    return b"".join(stream.feed(data[at : at + size]) for at in range(0, len(data), size)) + stream.end()


def trees(data: bytes) -> list[Any]:
    reader = SseReader()
    return [
        json.loads(frame.data) for frame in [*reader.feed(data), *reader.end()] if frame.data not in (None, "[DONE]")
    ]


def client(data: bytes, kind: str = "text/event-stream", status: int = 200) -> OpenAI:
    """The official client, which gets these bytes for whatever it asks."""

    def give(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(status, content=data, headers={"content-type": kind})

    http = httpx2.Client(transport=httpx2.MockTransport(give))
    return OpenAI(api_key="k", base_url="http://gateway.test/openai/v1", http_client=http, max_retries=0)


def pieces(text: str, size: int = 1) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for one in tree.values() if isinstance(tree, dict) else tree:
            yield from strings(one)


def joined(trees: Iterable[Any]) -> str:
    return "".join(text for tree in trees for text in strings(tree))
