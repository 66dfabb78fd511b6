"""Reads what a server answers over http: bounded, and as it comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import msgspec

from bartizan.guard.gateway.mcp.http1 import Answer
from bartizan.guard.streams.sse import SseReader

__all__ = ["JSON", "SSE", "Said", "TooMuch", "answers", "error_of", "kind_of", "messages", "whole"]

JSON = "application/json"
SSE = "text/event-stream"
_ID = re.compile(rb"(?:^|[\r\n])id:? ?([\x20-\x7e]{0,1000})(?=[\r\n])")
_RETRY = re.compile(rb"(?:^|[\r\n])retry: ?(\d{1,7})(?=[\r\n])")
_ERROR_BYTES = 65_536
"""Bytes of an answer with a status that says it failed."""


class TooMuch(Exception):
    """A server says more than it may."""


class Said(NamedTuple):
    """One event of a stream: its data, empty where it has none; its id, and the milliseconds before a reconnection."""

    data: bytes
    id: str
    retry: int


class _Head(msgspec.Struct):
    id: Any = None
    method: Any = None


_HEAD = msgspec.json.Decoder(_Head)


def answers(message: bytes, id: int | None) -> bool:
    """Tell whether a message is the answer to request `id`, whatever else may be wrong with it."""
    try:
        head = _HEAD.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return head.method is None and head.id is not None and head.id == id


def kind_of(response: Answer) -> str:
    """Return the media type of an answer."""
    return response.header("content-type").split(";")[0].strip().lower()


async def whole(response: Answer, most: int) -> bytes:
    """Return a body. Raises TooMuch when it has more than `most` bytes, as soon as that can be told."""
    said = response.header("content-length")
    if said.isdecimal() and int(said) > most:
        raise TooMuch
    out, size = [], 0
    while chunk := await response.chunk():
        size += len(chunk)
        if size > most:
            raise TooMuch
        out.append(chunk)
    return out[0] if len(out) == 1 else b"".join(out)


async def messages(response: Answer, most: int) -> AsyncIterator[Said]:
    """Yield the events of a stream. Raises TooMuch for more than `most` bytes in all, StreamError for what is none."""
    events, size = SseReader(), 0
    while chunk := await response.chunk():
        size += len(chunk)
        if size > most:
            raise TooMuch
        await asyncio.sleep(0)  # a server that has much to say must not keep all others waiting
        for frame in events.feed(chunk):
            if frame.event in ("", "message"):
                found, retry = _ID.search(frame.raw), _RETRY.search(frame.raw)
                yield Said(
                    (frame.data or "").encode(),
                    found[1].decode() if found is not None else "",
                    int(retry[1]) if retry is not None else 0,
                )


async def error_of(response: Answer, id: int) -> bytes | None:
    """Return the error of JSON-RPC that an answer with a failing status holds, as one to request `id`; None without."""
    if kind_of(response) != JSON:
        return None
    try:
        said = msgspec.json.decode(await whole(response, _ERROR_BYTES))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TooMuch):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("error"), dict) or said.get("id") not in (None, id):
        return None
    return msgspec.json.encode({"jsonrpc": "2.0", "id": id, "error": said["error"]})
