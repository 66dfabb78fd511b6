"""Starts the server: Granian's workers, each with a service of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bartizan.model import InputError

__all__ = ["serve"]


def serve(make: Callable[[], Any], listen: str, workers: int, calls: int, ready: Callable[[], None]) -> None:
    """Serve until a signal ends it.

    `make` is called in each worker process and returns the RSGI application; a worker answers at most `calls` at once.
    Raises InputError for an address that is none. Workers finish what they are answering before they end.
    """
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, Loops
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise InputError(f"`{listen}` is no address to listen on", help="write it as HOST:PORT, such as 127.0.0.1:8400")
    server = Granian(
        "bartizan",
        address=host.strip("[]"),
        port=int(port),
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
        workers_kill_timeout=30,
        respawn_failed_workers=True,
    )
    server.on_startup(ready)
    server.serve(target_loader=make, wrap_loader=False)
