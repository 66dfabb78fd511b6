"""People who answer webhooks, as a server on the loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

Answer = tuple[int, dict[str, str], bytes]


class Request(NamedTuple):
    """What was sent; names of headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def tokens(self) -> list[str]:
        """The tokens of the questions."""
        return [one["token"] for one in json.loads(self.body)["approvals"]]


class People:
    """Answers as `reply` says, and keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.reply: Callable[[Request], Answer] = lambda _: (500, {}, b"")
        self.port = 0

    @property
    def url(self) -> str:
        """Where they are asked."""
        return f"http://127.0.0.1:{self.port}/ask"


def said(*answers: dict[str, Any]) -> bytes:
    """A body with answers."""
    return json.dumps({"answers": answers}).encode()


@contextmanager
def people() -> Iterator[People]:
    """Serve until the end of the block."""
    them = People()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, body)
            them.requests.append(request)
            status, more, content = them.reply(request)
            self.send_response(status)
            for name, value in {**more, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _do  # noqa: N815 - the names that the standard library looks for

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    them.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield them
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
