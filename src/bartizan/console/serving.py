"""Starts the console: Granian's workers, each with an application of its own over the same register."""

from __future__ import annotations

from collections.abc import Callable

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer
from litestar.types import ASGIApp

from bartizan.model import InputError

__all__ = ["address_of", "serve_console"]

_CONNECTIONS = 1024
_DRAIN = 10
"""Seconds that a worker has to finish what it is answering when it has to end."""


def address_of(listen: str) -> tuple[str, int]:
    """Split `HOST:PORT`. Raises InputError for what is no address."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise InputError(f"`{listen}` is no address to listen on", help="write it as HOST:PORT, such as 127.0.0.1:8300")
    return host.strip("[]"), int(port)


def serve_console(make: Callable[[], ASGIApp], listen: str, workers: int, ready: Callable[[], None]) -> None:
    """Serve until a signal ends it.

    `make` is called in each worker process and returns the application; it has to be picklable, as some systems start
    processes afresh. Raises InputError for an address that is none.
    """
    host, port = address_of(listen)
    server = MPServer(
        "bartizan",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        http=HTTPModes.http1,
        loop=Loops.auto,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        backlog=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, keep_alive=True, max_buffer_size=64 * 1024),
        workers_kill_timeout=_DRAIN,
        respawn_failed_workers=True,
    )
    server.on_startup(ready)
    server.serve(target_loader=make, wrap_loader=False)
