"""Streams of a format, guarded as small as can be: `SECRET` is hidden, `STOP` ends the stream."""

from __future__ import annotations

import json
from typing import Any

from bartizan.guard.formats import formats
from bartizan.guard.streams import AnswerStream, Reader, SseReader
from tests.guard.streams.support import alone, begin


def event(tree: Any, *, named: bool = False) -> bytes:
    head = f"event: {tree['type']}\n" if named else ""
    return f"{head}data: {json.dumps(tree)}\n\n".encode()


def guarded(id: str, reader: Reader | None = None) -> AnswerStream:
    answers = formats()[id].streams
    assert answers is not None
    return AnswerStream(answers, begin, alone, reader)


def passed(id: str, data: bytes, size: int = 0, reader: Reader | None = None) -> bytes:
    """What comes out when the bytes arrive in parts of a size."""
    stream = guarded(id, reader)
    size = size or len(data)
    return b"".join(stream.feed(data[at : at + size]) for at in range(0, len(data), size)) + stream.end()


def trees(data: bytes) -> list[Any]:
    reader = SseReader()
    return [json.loads(frame.data) for frame in [*reader.feed(data), *reader.end()] if frame.data is not None]
