"""The client of HTTP/1.1: what it reads, what it refuses, and that nothing goes on when nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.config_mcp import McpServer
from bartizan.guard.gateway.mcp.answers import TooMuch, whole
from bartizan.guard.gateway.mcp.http1 import Answer, Broken, Connections
from bartizan.guard.gateway.mcp.reaching import Reaching

pytestmark = pytest.mark.enable_socket


class Server:
    """Answers each request with the next of some bytes, and keeps what it was sent. `ends` closes afterwards."""

    def __init__(self, *answers: bytes, ends: bool = False) -> None:
        self.answers, self.ends = list(answers), ends
        self.requests: list[bytes] = []
        self.connections = self.gone = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        with suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = next((int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"content-length: ")), 0)
                self.requests.append(head + await reader.readexactly(size))
                if self.answers:
                    writer.write(self.answers.pop(0))
                if self.ends and not self.answers:
                    break
        self.gone += 1
        writer.close()

    async def end(self) -> None:
        """End all connections."""
        for one in self.writers:
            one.transport.abort()
        while self.gone < self.connections:
            await asyncio.sleep(0)
        await asyncio.sleep(0)


def against(server: Server, work: Callable[[Connections], Awaitable[Any]]) -> Any:
    """Run something with connections to a server."""

    async def run() -> Any:
        opened = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        port = opened.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/mcp?a=b"
        connections = Connections(url, Reaching(McpServer(id="s", url=url), lambda: 0.0), None)
        try:
            async with asyncio.timeout(5):
                return await work(connections)
        finally:
            connections.close()
            opened.close()
            await server.end()

    return asyncio.run(run())


def asked(*answers: bytes, ends: bool = False, most: int = 1000) -> tuple[int, bytes]:
    """Return the status and the body of one answer."""

    async def work(connections: Connections) -> tuple[int, bytes]:
        async with connections.request("POST", {"x": "y"}, b"body") as response:
            return response.status, await whole(response, most)

    found: tuple[int, bytes] = against(Server(*answers, ends=ends), work)
    return found


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", b"hello"),
        (b"HTTP/1.1 200\r\ncontent-length: 5, 5\r\n\r\nhello", b"hello"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", b"ok"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nt: u\r\n\r\n",
            b"hello",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
def test_answers_in_every_form(answer: bytes, body: bytes) -> None:
    assert asked(answer)[1] == body


def test_an_answer_that_ends_with_the_connection() -> None:
    assert asked(b"HTTP/1.0 200 OK\r\n\r\nall of it", ends=True) == (200, b"all of it")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/2 200 OK\r\n\r\n",
        b"SSH-2.0-x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(answer: bytes) -> None:
    with pytest.raises(Broken):
        asked(answer)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
def test_what_breaks_off_is_told(answer: bytes) -> None:
    with pytest.raises(Broken, match="ConnectionLost"):
        asked(answer, ends=True)


def test_more_than_may_be_is_not_read() -> None:
    with pytest.raises(TooMuch):
        asked(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
    with pytest.raises(TooMuch):
        asked(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"FF\r\n" + b"x" * 255 + b"\r\n", most=200)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(rest: bytes) -> None:
    with suppress(Broken, TooMuch):
        asked(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + rest, ends=True)


def test_connections_are_used_again_and_only_while_they_are_good() -> None:
    fine = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    server = Server(fine, fine, fine + b"more", fine)

    async def work(connections: Connections) -> None:
        for _ in range(4):
            async with connections.request("POST", {}, b"x") as response:
                assert await whole(response, 10) == b"ok"
            await asyncio.sleep(0.01)

    against(server, work)
    assert server.connections == 2, "what a server says unasked ends its connection"
    assert server.requests[0].startswith(b"POST /mcp?a=b HTTP/1.1\r\nhost: 127.0.0.1:")


@pytest.mark.parametrize("begun", [True, False])
def test_who_waits_no_more_ends_the_request(*, begun: bool) -> None:
    server = Server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n" if begun else b"")

    async def work(connections: Connections) -> None:
        async def ask() -> None:
            async with connections.request("POST", {}, b"x") as response:
                await whole(response, 100)

        task = asyncio.create_task(ask())
        while not server.requests:
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.02)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        while not server.gone:
            await asyncio.sleep(0.005)

    against(server, work)


def test_headers_hold_no_line() -> None:
    async def work(connections: Connections) -> None:
        for headers in ({"x": "a\r\nhost: b"}, {"x\r\n": "a"}, {"x": "é"}, {"": "a"}):
            with pytest.raises(Broken):
                async with connections.request("GET", headers):
                    pass

    server = Server()
    against(server, work)
    assert server.connections == 0


def test_a_tunnel_through_a_proxy_is_asked_for() -> None:
    """What speaks TLS goes by CONNECT, anything else by its whole address; a proxy that refuses is told as such."""

    async def run() -> None:
        import ssl

        server = Server(b"HTTP/1.1 403 Forbidden\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        opened = await asyncio.start_server(server.talk, "127.0.0.1", 0)
        proxy = f"http://me:w%40rd@127.0.0.1:{opened.sockets[0].getsockname()[1]}"
        for url, tls in (
            ("https://notes.example/mcp", ssl.create_default_context()),
            ("http://notes.example/mcp", None),
        ):
            reaching = Reaching(McpServer(id="s", url=url), lambda: 0.0, proxied=True)
            connections = Connections(url, reaching, tls, proxy)
            if tls is not None:
                with pytest.raises(Broken, match="ProxyError"):
                    await connections.request("GET", {}).__aenter__()
            else:
                async with connections.request("GET", {}) as response:
                    assert isinstance(response, Answer)
                    assert await whole(response, 10) == b"ok"
            connections.close()
        opened.close()
        await server.end()
        assert server.requests[0].startswith(b"CONNECT notes.example:443 HTTP/1.1\r\n")
        assert server.requests[1].startswith(b"GET http://notes.example/mcp HTTP/1.1\r\n")
        assert all(b"proxy-authorization: Basic bWU6d0ByZA==\r\n" in one for one in server.requests)

    asyncio.run(asyncio.wait_for(run(), 5))
