"""A provider that sends whatever bytes it is told to, however wrong they are as HTTP."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Liar:
    """`answer` is what each request gets; then the connection ends, unless `holds`. `calls` counts requests."""

    def __init__(self) -> None:
        self.answer, self.holds, self.calls = b"", False, 0
        self._held: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]

    def says(self, head: str, body: bytes = b"", *, holds: bool = False) -> None:
        """Answer the next requests so. Lines of `head` end as HTTP wants."""
        self.answer, self.holds = head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body, holds

    def serve(self) -> None:
        """Answer until closed."""
        with suppress(OSError):
            while True:
                opened, _ = self._listening.accept()
                with suppress(OSError):
                    self._answered(opened)

    def close(self) -> None:
        """Answer no more."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for one in self._held:
            one.close()

    def _answered(self, opened: socket.socket) -> None:
        opened.settimeout(5)
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0 or len(got) < end + 4 + _length(got[: end + 2]):
            data = opened.recv(65536)
            if not data:
                break
            got += data
        self.calls += bool(got)
        try:
            opened.sendall(self.answer)
        finally:
            self._held.append(opened)
            if not self.holds:
                opened.close()


def _length(head: bytes) -> int:
    match = _LENGTH.search(head)
    return int(match[1]) if match else 0


@contextmanager
def lying() -> Iterator[Liar]:
    """Serve in a thread until the end of the block."""
    liar = Liar()
    thread = threading.Thread(target=liar.serve, daemon=True)
    thread.start()
    try:
        yield liar
    finally:
        liar.close()
        thread.join(10)
