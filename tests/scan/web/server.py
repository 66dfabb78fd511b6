"""A small http server on loopback that serves bytes by ranges, or misbehaves in one way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol


class Body(Protocol):
    """What is served: any slice of it, made when it is asked for."""

    def __len__(self) -> int:
        """Its size."""

    def __getitem__(self, part: slice, /) -> bytes:
        """A part."""


class Sparse:
    """A large file that is never there as a whole: a head, then zeros."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.size = head, size

    def __len__(self) -> int:
        """Its size."""
        return self.size

    def __getitem__(self, part: slice, /) -> bytes:
        """A part."""
        start, stop, _ = part.indices(self.size)
        return self.head[start:stop].ljust(stop - start, b"\0")


class Server:
    """What it serves, by path; `quirk` is how it misbehaves; `sent` counts the bytes of bodies."""

    def __init__(self, files: dict[str, Body], quirk: str = "") -> None:
        self.files, self.quirk, self.sent, self.asked = files, quirk, 0, 0
        self.root = ""


@contextmanager
def serving(files: dict[str, Body], quirk: str = "") -> Iterator[Server]:
    """Serve until the end of the block."""
    server = Server(files, quirk)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked += 1
            _answer(self, server)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    server.root = f"http://127.0.0.1:{httpd.server_address[1]}"
    thread = threading.Thread(target=httpd.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, server: Server) -> None:
    path = handler.path
    if path.startswith("/moved"):
        _send(handler, server, 302, b"", {"Location": path.removeprefix("/moved") or "/moved"})
        return
    body = server.files.get(path)
    if body is None:
        _send(handler, server, 404, b"", {})
        return
    wanted = handler.headers.get("Range", "")
    if not wanted or server.quirk == "no ranges":
        _send(handler, server, 200, body[0 : len(body)], {})
        return
    start, _, end = wanted.removeprefix("bytes=").partition("-")
    first, last = int(start), min(int(end), len(body) - 1)
    if first >= len(body):
        _send(handler, server, 416, b"", {})
        return
    changed = server.quirk == "changes" or (server.quirk == "changes late" and server.asked > 4)
    headers = {"ETag": str(server.asked) if changed else "one"}
    if server.quirk == "stalls" and server.asked > 1:
        time.sleep(1.5)
    shift = 1 if server.quirk == "lies" and server.asked > 1 else 0
    headers["Content-Range"] = f"bytes {first + shift}-{last + shift}/{len(body)}"
    data = body[first : last + 1]
    if server.quirk in ("cut", "trickle", "endless", "garbage"):
        _misbehave(handler, server, data, headers)
        return
    if server.quirk == "unlike" and server.asked > 1:
        headers["Content-Range"] = f"bytes {first}-{last}/{len(body) + 1}"
    _send(handler, server, 206, data[:-1] if server.quirk == "short" else data, headers)


def _misbehave(handler: BaseHTTPRequestHandler, server: Server, data: bytes, headers: dict[str, str]) -> None:
    """Announce all, and end in the middle, send byte after byte, never end the headers, or send no http at all."""
    handler.close_connection = True
    try:
        if server.quirk == "garbage":
            handler.wfile.write(b"\0\xff" * 100_000)
            return
        handler.send_response(206)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        if server.quirk == "endless":
            handler.flush_headers()
            for _ in range(100_000):
                handler.wfile.write(b"X-More: more\r\n")
            return
        handler.end_headers()
        if server.quirk == "cut":
            handler.wfile.write(data[: len(data) // 2])
            return
        for at in range(min(len(data), 100)):
            handler.wfile.write(data[at : at + 1])
            time.sleep(0.1)
    except OSError:
        return


def _send(handler: BaseHTTPRequestHandler, server: Server, status: int, data: bytes, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    server.sent += len(data)
    try:
        handler.wfile.write(data)
    except OSError:
        return
