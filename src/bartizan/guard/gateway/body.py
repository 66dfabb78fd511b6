"""Reads a request's body: bounded in bytes and in time, decompressed under the same bound."""

from __future__ import annotations

import asyncio
import zlib
from typing import Any

from granian._granian import RSGIProtocolClosed as ProtocolClosed

from bartizan.guard.refused import Refused

__all__ = ["read_body"]


async def read_body(scope: Any, proto: Any, most: int, seconds: float) -> bytes:
    """Return the whole body, decompressed.

    Raises Refused: 413 for more than `most` bytes, 408 when it isn't there after `seconds`, 415 for an encoding that is
    not taken, 400 for a body that doesn't decompress, that breaks off, or whose chunks are malformed.
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
    except ProtocolClosed:
        raise _broken_off() from None
    return data if encoding == "identity" else _inflated(data, encoding, most)


async def _chunks(proto: Any, most: int) -> bytes:
    """Read a body in chunks.

    The server gives an empty piece for the end of a body. It does so for an error too, and for trailers, and then once
    more for the end: a body that ended by mistake must not count as whole, or another reader of it saw something else.
    """
    out, size, ended = [], 0, False
    async for chunk in proto:
        if ended:
            raise _broken_off()
        ended = not chunk
        size += len(chunk)
        if size > most:
            raise Refused(413, "body-too-large", f"the body has more than {most} bytes")
        out.append(chunk)
    return b"".join(out)


def _broken_off() -> Refused:
    return Refused(400, "body-broken-off", "the body breaks off, or its chunks are malformed")


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
