"""A client of HTTP/1.1 for MCP servers, whose requests end when nobody waits for their answers any more.

In MCP 2026-07-28 closing the connection is how a call is cancelled. pyreqwest (0.15) goes on with a request that was
sent until its headers come, whatever becomes of who waits for it; and a call has not two threads to change between
here. Answers are read strictly: what could be read in two ways is refused. Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from types import TracebackType
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from bartizan.guard.gateway.mcp.reaching import Reaching

__all__ = ["Answer", "Broken", "Connections"]

_HEAD = 64 * 1024
_LINE = 8 * 1024
_CONNECT = 10.0
_CHUNK = 1 << 18
_IDLE = 4.0
"""Seconds that a connection is kept unused; many servers close theirs after five, some in the middle of a request."""
_SPARE = 32
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d)(?: [^\r\n]*)?(?![\s\S])")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}(?![\s\S])")
_VALUE = re.compile(r"[\t\x20-\x7e]*(?![\s\S])")
_LENGTH = re.compile(r"\d{1,15}(?![\s\S])")
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(?:;[^\r\n]*)?(?![\s\S])")
_KEEP = re.compile(r"(?:^|[,; ])timeout=(\d{1,4})(?!\d)")


class Broken(Exception):
    """A connection that failed, or an answer that can't be read; the message is a word for what went wrong."""


class _Wire(asyncio.Protocol):
    """One connection. What comes is kept until it is read, and no more is taken than fits."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._data = bytearray()
        self._waiter: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._paused = self.idle = False
        self.over = False
        """Whether nothing more comes."""

    # ---- what the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; after a tunnel was made, with the transport that speaks TLS in it."""
        self.transport = cast(asyncio.Transport, transport)  # those of uvloop are no subclasses of it

    def data_received(self, data: bytes) -> None:
        """Take bytes. Nothing may come while nothing was asked."""
        if self.idle:
            self.abort()
            return
        self._data += data
        if len(self._data) > _CHUNK and not self._paused and self.transport is not None:
            self._paused = True
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """Learn that nothing more comes."""
        self.over = True
        self._wake()

    def connection_lost(self, error: Exception | None) -> None:
        """Learn that the connection is gone."""
        del error
        self.over = True
        self._wake()
        self.resume_writing()

    def pause_writing(self) -> None:
        """Have whoever writes wait."""
        self._room = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Let whoever writes go on."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)
        self._room = None

    # ---- what a request does

    async def send(self, data: bytes) -> None:
        """Write, and wait while the other side reads nothing. Raises Broken."""
        if self.transport is None or self.transport.is_closing():
            raise Broken("ConnectionLost")
        self.transport.write(data)
        if self._room is not None:
            await self._room

    async def line(self, end: bytes, most: int) -> bytes:
        """Read up to and with an `end`, at most so many bytes. Raises Broken."""
        looked = 0
        while (at := self._data.find(end, looked)) < 0:
            looked = max(len(self._data) - len(end) + 1, 0)
            if len(self._data) > most:
                raise Broken("HeadError")
            await self._more()
        if at > most:
            raise Broken("HeadError")
        return self._taken(at + len(end))

    async def some(self, most: int) -> bytes:
        """Read what there is, at most so many bytes; empty when nothing more comes."""
        if not self._data and not self.over:
            await self._wait()
        return self._taken(min(most, len(self._data)))

    def keep(self) -> bool:
        """Keep it for the next request, if it is good for one."""
        self.idle = not self.over and not self._data and self.transport is not None
        return self.idle

    def use(self) -> bool:
        """Use it for a request, if it still is good for one."""
        good = self.idle and not self.over and self.transport is not None and not self.transport.is_closing()
        self.idle = False
        return good

    def abort(self) -> None:
        """End it at once."""
        if self.transport is not None:
            self.transport.abort()
        self.over = True

    async def _more(self) -> None:
        if self.over:
            raise Broken("ConnectionLost")
        await self._wait()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _taken(self, size: int) -> bytes:
        out = bytes(memoryview(self._data)[:size])
        del self._data[:size]
        if self._paused and len(self._data) <= _CHUNK and self.transport is not None:
            self._paused = False
            self.transport.resume_reading()
        return out

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Connections:
    """Connections to one server, kept open between requests. To be used and closed within one event loop.

    `tls` is None for plain http; `proxy` the address of a proxy, empty for none.
    """

    def __init__(self, url: str, reaching: Reaching, tls: ssl.SSLContext | None, proxy: str = "") -> None:
        self._reaching, self._tls = reaching, tls
        place = urlsplit(url)
        self._target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        self._authority = place.netloc
        self._proxy = urlsplit(proxy) if proxy else None
        if self._proxy is not None and tls is None:
            self._target = f"http://{place.netloc}{self._target}"
        self._idle: deque[tuple[_Wire, float]] = deque()

    def request(self, method: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """Return a request that is sent when it is entered (`async with`), and ended when it is left."""
        return Answer(self, method, headers, body)

    async def wire(self) -> _Wire:
        """Return a connection. Raises Broken and NotReached."""
        now = asyncio.get_running_loop().time()
        while self._idle:
            wire, until = self._idle.pop()
            if wire.use() and now < until:
                return wire
            wire.abort()
        return await self._connected()

    def back(self, wire: _Wire, seconds: float) -> None:
        """Take a connection back for the next request."""
        self._idle.append((wire, asyncio.get_running_loop().time() + seconds))
        if len(self._idle) > _SPARE:
            self._idle.popleft()[0].abort()

    def head(self, method: str, headers: Mapping[str, str], size: int) -> bytes:
        """Write the head of a request. Raises Broken for what no header may hold."""
        lines = [f"{method} {self._target} HTTP/1.1", f"host: {self._authority}", "accept-encoding: identity"]
        if self._proxy is not None and self._tls is None:
            lines += _credentials(self._proxy)
        if size or method == "POST":
            lines.append(f"content-length: {size}")
        for name, value in headers.items():
            if not _NAME.match(name.encode()) or not _VALUE.match(value):
                raise Broken("HeaderError")
            lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "", ""]).encode("ascii")

    def close(self) -> None:
        """Close the connections that nobody uses."""
        while self._idle:
            self._idle.pop()[0].abort()

    async def _connected(self) -> _Wire:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(_CONNECT):
                if self._proxy is not None:
                    return await self._through(self._proxy)
                address = await self._reaching.address()
                name = self._reaching.host if self._tls is not None else None
                _, wire = await loop.create_connection(
                    _Wire, address, self._reaching.port, ssl=self._tls, server_hostname=name
                )
                return wire
        except (OSError, TimeoutError, UnicodeError) as error:
            raise Broken(type(error).__name__) from None

    async def _through(self, proxy: SplitResult) -> _Wire:
        """Connect through a proxy; to what speaks TLS, by a tunnel."""
        loop = asyncio.get_running_loop()
        _, wire = await loop.create_connection(_Wire, proxy.hostname or "", proxy.port or 80)
        if self._tls is None:
            return wire
        place = f"{self._reaching.host}:{self._reaching.port}"
        head = [f"CONNECT {place} HTTP/1.1", f"host: {place}", *_credentials(proxy), "", ""]
        await wire.send("\r\n".join(head).encode("ascii"))
        found = _STATUS.match((await _head(wire))[0])
        if found is None or found[2] != b"200" or wire.transport is None:
            wire.abort()
            raise Broken("ProxyError")
        inner = await loop.start_tls(wire.transport, wire, self._tls, server_hostname=self._reaching.host)
        if inner is None:
            raise Broken("ProxyError")
        wire.connection_made(inner)
        return wire


class Answer:
    """One request and its answer: `status`, `headers` by their names in lower case, and the body in pieces."""

    def __init__(self, connections: Connections, method: str, headers: Mapping[str, str], body: bytes) -> None:
        self._connections, self._method, self._given, self._body = connections, method, headers, body
        self._wire: _Wire | None = None
        self.status = 0
        self.headers: dict[str, str] = {}
        self._left: int | None = 0
        self._chunked = self._ended = self._keeps = False

    async def __aenter__(self) -> Answer:
        """Send the request, and read the head of its answer. Raises Broken and NotReached."""
        head = self._connections.head(self._method, self._given, len(self._body))
        wire = self._wire = await self._connections.wire()
        try:
            await wire.send(head + self._body)
            await self._begun(wire)
        except BaseException:
            wire.abort()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._wire is not None
        if self._ended and self._keeps and self._wire.keep():
            self._connections.back(self._wire, self._seconds())
        else:
            self._wire.abort()

    def header(self, name: str) -> str:
        """Return a header, empty where there is none."""
        return self.headers.get(name, "")

    async def chunk(self) -> bytes:
        """Return the next piece of the body, empty at its end. Raises Broken where it breaks off."""
        assert self._wire is not None
        if self._ended:
            return b""
        if self._chunked and not self._left:
            self._left = await self._size(self._wire)
        if self._left == 0:
            self._ended = True
            return b""
        data = await self._wire.some(_CHUNK if self._left is None else min(self._left, _CHUNK))
        if self._left is None:
            self._ended = not data
            return data
        if not data:
            raise Broken("ConnectionLost")
        self._left -= len(data)
        if not self._left:
            if self._chunked and await self._wire.line(b"\r\n", 2) != b"\r\n":
                raise Broken("ChunkError")
            self._ended = not self._chunked
        return data

    async def _begun(self, wire: _Wire) -> None:
        for _ in range(8):
            first, lines = await _head(wire)
            found = _STATUS.match(first)
            if found is None:
                break
            if found[2][:1] != b"1":
                self.status = int(found[2])
                self._taken(lines)
                self._framed()
                kept = "close" not in self.header("connection").lower()
                self._keeps = kept and found[1] == b"1" and self._left is not None
                return
        raise Broken("StatusError")

    def _taken(self, lines: list[bytes]) -> None:
        for line in lines:
            name, colon, value = line.partition(b":")
            if not colon or not _NAME.match(name):
                raise Broken("HeaderError")
            key, said = name.decode().lower(), value.strip(b" \t").decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {said}" if key in self.headers else said

    def _framed(self) -> None:
        """Find out how long the body is (RFC 9112, section 6.3)."""
        coding, length = self.header("transfer-encoding").lower(), self.header("content-length")
        if self.header("content-encoding").lower() not in ("", "identity"):
            raise Broken("EncodingError")
        if coding:
            if coding != "chunked" or length:
                raise Broken("LengthError")
            self._chunked = True
        elif self.status in (204, 304):
            self._left = 0
        elif length:
            one, *others = {part.strip() for part in length.split(",")}
            if others or not _LENGTH.match(one):
                raise Broken("LengthError")
            self._left = int(one)
        else:
            self._left = None
        self._ended = self._left == 0 and not self._chunked

    async def _size(self, wire: _Wire) -> int:
        """Read the size of the next chunk; behind the last one, what else there is."""
        found = _SIZE.match((await wire.line(b"\r\n", _LINE))[:-2])
        if found is None:
            raise Broken("ChunkError")
        size = int(found[1], 16)
        if not size:
            for _ in range(100):
                if await wire.line(b"\r\n", _LINE) == b"\r\n":
                    return 0
            raise Broken("ChunkError")
        return size

    def _seconds(self) -> float:
        """Return how long the connection may be kept."""
        found = _KEEP.search(self.header("keep-alive"))
        return _IDLE if found is None else min(max(float(found[1]) - 1, 0), 55.0)


async def _head(wire: _Wire) -> tuple[bytes, list[bytes]]:
    first, *lines = (await wire.line(b"\r\n\r\n", _HEAD))[:-4].split(b"\r\n")
    return first, lines


def _credentials(proxy: SplitResult) -> list[str]:
    if proxy.username is None:
        return []
    word = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [f"proxy-authorization: Basic {b64encode(word.encode()).decode()}"]
