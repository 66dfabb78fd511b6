"""The work behind `bartizan gateway`: check what it would be started with, and serve."""

from __future__ import annotations

import secrets
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bartizan.cli.gateway_parts import load
from bartizan.cli.output import say
from bartizan.guard.gateway.standing import check_counting
from bartizan.model import InputError
from bartizan.report.phrases import count

if TYPE_CHECKING:
    from bartizan.cli.gateway_worker import Started
    from bartizan.guard.gateway.app import App
    from bartizan.guard.gateway.client import Network
    from bartizan.guard.gateway.mcp.guarding import Guards
    from bartizan.guard.gateway.parts import Parts
    from bartizan.model import Event

__all__ = ["check", "run"]


def check(path: Path) -> int:
    """Check what a gateway would be started with. Raises InputError."""
    from bartizan.guard.gateway.client import Network

    parts = load(path)
    config = parts.config
    check_counting(config, parts.folder, config.workers)
    network = Network(config.egress, parts.folder, parts.read)
    for upstream in config.upstreams:
        network.client(upstream)
    if config.mcp:
        _check_doors(parts, network)
    say(
        f"{path}: {count(len(config.upstreams), 'upstream')}, {count(len(config.data.rules), 'data rule')}, "
        f"{count(len(config.budgets), 'budget')}, {count(len(config.mcp), 'MCP door')}, "
        f"listens on {config.listen}: nothing is wrong with it"
    )
    return 0


def _guards(parts: Parts) -> Guards:
    """Read what decides at MCP doors. Raises InputError. Opens nothing, so that workers may be forked after it."""
    from bartizan.guard.gateway.mcp.guarding import Guards, Telling
    from bartizan.guard.limits.blocks import Blocks

    return Guards(parts, Telling(time.time, _unheard, Blocks, lambda *_: {}, say))


def _check_doors(parts: Parts, network: Network) -> None:
    """Put the doors to MCP servers together, and call nobody. Raises InputError."""
    import asyncio

    from bartizan.guard.gateway.mcp.doors import Doors, Means

    async def make() -> None:
        means = Means(parts.folder, parts.read, network, _guards(parts), time.time, _pass)
        await Doors(parts.config, means).close()

    asyncio.run(make())


async def _unheard(event: Event) -> None:
    del event


def _pass(error: Exception) -> None:
    raise error


def run(path: Path, listen: str | None, workers: int | None = None) -> int:
    """Serve until a signal ends it. Raises InputError for what is wrong at the start."""
    from bartizan.cli.gateway_worker import Started
    from bartizan.guard.gateway.serve import serve

    parts = load(path)
    address = listen or parts.config.listen
    config = parts.config
    number = config.workers if workers is None else workers
    if number < 1:
        raise InputError(f"`{number}` is no number of workers", help="1 or more")
    check_counting(config, parts.folder, number)
    if config.mcp:  # a worker that can't begin is begun again and again: what is wrong is told before
        _guards(parts)
    told = f"serving on http://{address} as {path} says"
    # Workers that each had a key of their own would give a value different pseudonyms from one call to the next.
    started = Started(path, number, f"run:{secrets.token_hex(32)}", config.limits.drain)
    serve(partial(_app, started), address, number, config.limits.calls, partial(say, told), config.limits.drain)
    return 0


def _app(started: Started) -> App:
    from bartizan.cli.gateway_worker import Worker
    from bartizan.console.following import end_with_parent
    from bartizan.guard.gateway.app import App

    end_with_parent(started.drain)
    return App(Worker(started).begin)
