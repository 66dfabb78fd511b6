"""People who look through pages over kept-alive connections, and how long each page takes them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from litestar.router import Router

from bartizan.console import pages

__all__ = ["browse", "fetch", "list_pages"]

_LEFT_OUT = ("/signin", "/signout", "/enrol", "/exchange/export", "/static", "/profile/", "/oidc")


def list_pages() -> list[str]:
    """Return the addresses of pages that need no name: found from the console's own routes."""
    found = set()
    for route in Router(path="/", route_handlers=list(pages.ROUTES)).routes:
        path = route.path
        plain = "{" not in path and not path.endswith(("/new", "/start")) and not path.startswith(_LEFT_OUT)
        if plain and "GET" in getattr(route, "methods", ()):
            found.add(path or "/")
    return sorted(found)


class Connection:
    """One connection, opened when it is first used and again when the server closed it."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie = port, cookie
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a page; returns its status and its body as it came, which may be compressed."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 22)
        reader, writer = self._streams
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: {self._cookie}\r\n"
            "Accept: text/html\r\nAccept-Encoding: gzip\r\nSec-Fetch-Site: same-origin\r\n\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(head.split(" ", 2)[1])
        if "transfer-encoding: chunked" in head:
            body = await _chunked(reader)
        else:
            length = next((line for line in head.split("\r\n") if line.startswith("content-length:")), ":0")
            body = await reader.readexactly(int(length.partition(":")[2]))
        if "connection: close" in head:
            self.close()
        return status, body

    def close(self) -> None:
        """Let go of the connection."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _chunked(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return body


async def fetch(port: int, cookie: str, path: str, times: int) -> tuple[int, int, list[float]]:
    """Ask for one page several times, one after the other: its status, its size, and the seconds of each."""
    connection, took, status, size = Connection(port, cookie), [], 0, 0
    for _ in range(times):
        begun = time.perf_counter()
        status, body = await connection.get(path)
        took.append(time.perf_counter() - begun)
        size = len(body)
    connection.close()
    return status, size, took


async def browse(
    port: int, cookies: Sequence[str], paths: Sequence[str], seconds: float, think: float
) -> tuple[dict[str, list[float]], dict[str, int]]:
    """Let as many people as there are cookies look at pages for a while.

    Each thinks for half to one and a half times `think` seconds between two pages. Returns the seconds by page, and how
    often a page was not answered with 200.
    """
    took: dict[str, list[float]] = {path: [] for path in paths}
    failed: dict[str, int] = {}
    end = time.perf_counter() + seconds

    async def somebody(number: int, cookie: str) -> None:
        chosen, connection = random.Random(number), Connection(port, cookie)  # noqa: S311 - the same walk each time
        await asyncio.sleep(chosen.random() * think)
        while time.perf_counter() < end:
            path = chosen.choice(paths)
            begun = time.perf_counter()
            status, _ = await connection.get(path)
            took[path].append(time.perf_counter() - begun)
            if status != 200:
                failed[f"{path} {status}"] = failed.get(f"{path} {status}", 0) + 1
            await asyncio.sleep(think * (0.5 + chosen.random()))
        connection.close()

    await asyncio.gather(*(somebody(number, cookie) for number, cookie in enumerate(cookies)))
    return took, failed
