"""Starts the console: Granian's workers, each with an application of its own over the same register."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from litestar.types import ASGIApp

from bartizan.console.following import end_with_parent
from bartizan.guard.gateway.serve import ENDING, READ_AGAIN, Server, address_of, check_free

__all__ = ["serve_console"]

_CONNECTIONS = 1024
_DRAIN = 10
"""Seconds that a worker has to finish what it is answering when it has to end."""


class _Console(Server):
    """The server, which ends when its terminal is closed, unless it was started so that it doesn't hear of that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stays = READ_AGAIN is not None and signal.getsignal(READ_AGAIN) is signal.SIG_IGN

    def signal_handler_reload(self, *args: Any, **kwargs: Any) -> None:
        """End, as by an interrupt: the console reads none of its files again while it serves.

        A worker hears of a closed terminal too, and leaves it to the main process: if it ended by itself, that one
        would start another while it is ending.
        """
        if os.getpid() == self._main and not self._stays:
            self.signal_handler_interrupt(*args, **kwargs)


def serve_console(make: Callable[[], ASGIApp], listen: str, workers: int, ready: Callable[[], None]) -> None:
    """Serve until a signal ends it, or the process that it runs in is gone.

    `make` is called in each worker process and returns the application; it has to be picklable, as some systems start
    processes afresh. Raises InputError for an address that is none, or that somebody else listens on.
    """
    host, port = address_of(listen)
    check_free(listen)
    server = _Console(
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
    if ENDING is not None:
        signal.signal(ENDING, signal.SIG_IGN)  # what the gateway's workers hear; the console's have no use for it
    server.serve(target_loader=partial(_worker, make), wrap_loader=False)


def _worker(make: Callable[[], ASGIApp]) -> ASGIApp:
    if READ_AGAIN is not None:
        signal.signal(READ_AGAIN, signal.SIG_IGN)  # a terminal that is closed is for the server, which ends this one
    end_with_parent(_DRAIN)
    return make()
