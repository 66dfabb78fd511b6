"""Servers for tests on a port of their own: a console, and a receiver of webhooks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import uvicorn

__all__ = ["Got", "Receiver", "receiving", "serving"]


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI application, and give its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", ws="none", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    assert server.started, "the server doesn't start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


class Got(NamedTuple):
    """A message that came in: its headers by lower-case name, and its body."""

    headers: dict[str, str]
    body: bytes


class Receiver(NamedTuple):
    """Where messages go, and those that came; `status` says what each is answered."""

    url: str
    got: list[Got]
    answers: dict[str, Any]


@contextmanager
def receiving(status: Callable[[int], int] = lambda _: 204) -> Iterator[Receiver]:
    """Receive messages; `status` gives the answer to each by how many came before."""
    got: list[Got] = []
    answers: dict[str, Any] = {"headers": {}}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append(Got({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(status(len(got) - 1))
            for key, value in answers["headers"].items():
                self.send_header(key, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Receiver(f"http://127.0.0.1:{server.server_port}/hook", got, answers)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
