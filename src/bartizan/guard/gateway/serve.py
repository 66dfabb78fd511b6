"""Starts the server: Granian's workers, each with a service of its own."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from bartizan.model import InputError

__all__ = ["ENDING", "READ_AGAIN", "Server", "address_of", "check_free", "serve"]

READ_AGAIN: signal.Signals | None = getattr(signal, "SIGHUP", None)
"""Tells the gateway, and it every worker, to take what its files say now."""
ENDING: signal.Signals | None = getattr(signal, "SIGUSR2", None)
"""Tells a worker that the gateway ends, some moments before the server lets no new connection in."""
_MORE = 5
"""Seconds behind the time for draining after which a worker that still answers is killed."""


class Server(MPServer):
    """The server, whose workers go on when the files are to be read again: none is started anew for that.

    A worker that was forked has these handlers until it has its own.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._main = os.getpid()

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - as the server has it
        """Tell the workers to read the files again."""
        self._tell(READ_AGAIN)

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """End: tell the workers first, so that no load balancer sends more."""
        if os.getpid() != self._main:
            os._exit(0)  # a worker that is still starting, and would not hear it again
        self._tell(ENDING)
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def _stop_workers(self) -> None:
        """End the workers, and say so again each second: what one is told while it starts, it may not have heard."""
        ended = threading.Event()

        def again() -> None:
            while not ended.wait(1.0):
                self._tell(signal.SIGTERM)

        thread = threading.Thread(target=again, name="ending")
        thread.start()
        try:
            super()._stop_workers()  # type: ignore[no-untyped-call]
        finally:
            ended.set()
            thread.join()

    def _tell(self, said: signal.Signals | None) -> None:
        """Hand a signal to every worker."""
        if said is None or os.getpid() != self._main:
            return
        for worker in list(self.wrks):
            process = worker.inner
            if process.pid is not None and process.is_alive():
                os.kill(process.pid, said)


def address_of(listen: str) -> tuple[str, int]:
    """Split `HOST:PORT`. Raises InputError for what is no address."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise InputError(f"`{listen}` is no address to listen on", help="write it as HOST:PORT, such as 127.0.0.1:8400")
    return host.strip("[]"), int(port)


def check_free(listen: str) -> None:
    """Hold that nobody else listens there. Raises InputError.

    Granian's sockets share a port: without this, two servers would answer in turn, each with what it counts by itself.
    """
    host, port = address_of(listen)
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if sys.platform != "win32":  # there it would mean that the port may be shared
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = (error.strerror or "it can't be used").lower()
            raise InputError(
                f"`{listen}` can't be listened on: {why}", help="end what listens there, or give another HOST:PORT"
            ) from None


def serve(
    make: Callable[[], Any], listen: str, workers: int, calls: int, ready: Callable[[], None], drain: float = 30.0
) -> None:
    """Serve until a signal ends it.

    `make` is called in each worker process and returns the RSGI application; it has to be picklable, as some systems
    start processes afresh. A worker answers at most `calls` at once, and has `drain` seconds to finish what it is
    answering when it has to end. Raises InputError for an address that is none, or that somebody else listens on.
    """
    host, port = address_of(listen)
    check_free(listen)
    server = Server(
        "bartizan",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=workers,
        http=HTTPModes.http1,
        loop=Loops.auto,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        backlog=2048,
        backpressure=calls,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, keep_alive=True, max_buffer_size=64 * 1024),
        workers_kill_timeout=max(round(drain), 0) + _MORE,
        respawn_failed_workers=True,
    )
    server.on_startup(ready)
    if ENDING is not None:
        signal.signal(ENDING, signal.SIG_IGN)  # a worker that is still starting must not die of it
    server.serve(target_loader=make, wrap_loader=False)
