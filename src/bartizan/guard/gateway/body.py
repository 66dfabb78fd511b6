"""Reads a request's body: bounded in bytes and in time, decompressed under the same bound."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from bartizan.guard.refused import Refused

__all__ = ["read_body"]


async def read_body(scope: Any, proto: Any, most: int, seconds: float) -> bytes:
    """Return the whole body, decompressed.

    Raises Refused: 413 for more than `most` bytes, 408 when it isn't there after `seconds`, 415 for an encoding that is
    not taken, 400 for a body that doesn't decompress.
    """
    said = scope.headers.get("content-length")
    if said is not None and int(said) > most:
        raise Refused(413, "body-too-large", f"the body has more than {most} bytes")
    encoding = (scope.headers.get("content-encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "deflate"):
        raise Refused(415, "encoding-not-taken", "the body's content-encoding is not taken: send gzip or none")
    try:
        async with asyncio.timeout(seconds):
            data = await (proto() if said is not None else _chunks(proto, most))
    except TimeoutError:
        raise Refused(408, "body-too-slow", f"the body was not there after {seconds:g} seconds") from None
    return data if encoding == "identity" else _inflated(data, encoding, most)


async def _chunks(proto: Any, most: int) -> bytes:
    out, size = [], 0
    async for chunk in proto:
        size += len(chunk)
        if size > most:
            raise Refused(413, "body-too-large", f"the body has more than {most} bytes")
        out.append(chunk)
    return b"".join(out)


def _inflated(data: bytes, encoding: str, most: int) -> bytes:
    reader = zlib.decompressobj(31 if encoding == "gzip" else 15)
    try:
        out = reader.decompress(data, most + 1)
    except zlib.error:
        raise Refused(400, "body-not-decompressed", f"the body is not {encoding}") from None
    if len(out) > most or reader.unconsumed_tail:
        raise Refused(413, "body-too-large", f"the body has more than {most} bytes when it is decompressed")
    if not reader.eof or reader.unused_data:
        raise Refused(400, "body-not-decompressed", f"the body is not one whole {encoding} stream")
    return out
