"""The work behind `bartizan gateway ext-proc`: one process that Envoy asks about each call."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Callable
from pathlib import Path

import msgspec

from bartizan.cli.gateway_parts import load
from bartizan.cli.output import say
from bartizan.guard.config import Config
from bartizan.guard.gateway.extproc import check_address, serve_ext_proc

__all__ = ["run"]


def run(path: Path, listen: str | None) -> int:
    """Serve until a signal ends it. Raises InputError for what is wrong at the start."""
    parts = load(path)
    config = parts.config
    if listen is not None:
        config = msgspec.structs.replace(config, ext_proc=msgspec.structs.replace(config.ext_proc, listen=listen))
    check_address(config.ext_proc)
    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(_serve(path, config, parts.folder))
    return 0


async def _serve(path: Path, config: Config, folder: Path) -> None:
    from bartizan.cli.gateway_worker import Started, Worker

    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for said in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(said, ended.set)
    service = Worker(Started(path, 1, f"run:{secrets.token_hex(32)}")).begin(loop)
    try:
        await serve_ext_proc(
            service, config, folder, ended, lambda _: say(f"Envoy is served at {config.ext_proc.listen} as {path} says")
        )
    finally:
        await service.close()


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the faster event loop, where there is one for this system."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
