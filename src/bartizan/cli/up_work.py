"""The work behind `bartizan up`: open the register, start what runs beside the console, and serve until a signal."""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from litestar.types import ASGIApp

from bartizan.cli.output import say
from bartizan.cli.progress import Patience
from bartizan.cli.register_place import default_database
from bartizan.cli.up_gateway import demo_gateway, gateway_beside
from bartizan.console.assessing import Assessor
from bartizan.console.begin import Started, application, services_of
from bartizan.console.demo import load_demo
from bartizan.console.hooks import Deliverer
from bartizan.console.identity import ConsoleSettings, enrol_link, read_settings
from bartizan.console.identity.service import sql_register
from bartizan.console.services import Places
from bartizan.console.serving import address_of, serve_console
from bartizan.console.watch import print_log
from bartizan.store.register.hooks import Hooks

__all__ = ["AskedUp", "up"]

_LOOK_AGAIN = 2.0
"""Seconds between looks at which systems have changed since they were assessed."""


@dataclass(frozen=True)
class AskedUp:
    """What was asked for on the command line."""

    demo: bool
    database: str | None
    listen: str
    config: Path | None
    gateway: Path | None
    workers: int


def up(asked: AskedUp) -> int:
    """Serve until a signal ends it. Raises InputError for what is wrong at the start, Unavailable for the database."""
    host, port = address_of(asked.listen)
    settings = read_settings(asked.config) if asked.config else ConsoleSettings(address=_address(host, port))
    with ExitStack() as beside:
        places = beside.enter_context(_gateway(asked))
        started = Started(database=_database(asked), settings=settings, places=places, clock=clock)
        link = _prepare(started, asked.demo)
        beside.enter_context(_background(started))
        ready = partial(_ready, settings.address, link, places)
        serve_console(partial(_application, started), asked.listen, asked.workers, ready)
    return 0


def _application(started: Started) -> ASGIApp:
    """Make the application in a worker process, which prints its log."""
    print_log()
    return application(started)


def clock() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)


def _address(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - recognised, not bound to
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _database(asked: AskedUp) -> str:
    """Return where the register is; a demo has one of its own."""
    if asked.database:
        return asked.database
    place = default_database()
    return str(place.with_name("demo.db") if asked.demo else place)


def _prepare(started: Started, demo: bool) -> str:
    """Bring the register up to date before any other process opens it, and return the first account's link."""
    services = services_of(started)
    try:
        if demo:
            with Patience("loading the demo organisation"):
                load_demo(services.register, services.today())
        return enrol_link(services)
    finally:
        services.register.close()


@contextmanager
def _gateway(asked: AskedUp) -> Iterator[Places]:
    """Run the gateway that was asked for, if any, until the end of the block."""
    given = asked.gateway or Path("gateway.yaml")
    if asked.demo and asked.gateway is None:
        with demo_gateway() as places:
            yield places
    elif asked.gateway is not None or given.exists():
        with gateway_beside(given) as places:
            yield places
    else:
        yield Places()


def _ready(address: str, link: str, places: Places) -> None:
    say(f"the console is at {address}, its API below {address}/api/v1")
    if places.gateway:
        say(f"a gateway is at {places.gateway}")
    if link:
        say(f"make the first account here, within a day: {link}")


@contextmanager
def _background(started: Started) -> Iterator[None]:
    """Keep assessments and webhooks going in a process of their own, which no page waits for."""
    process = multiprocessing.get_context("spawn").Process(target=_work, args=(started,))
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(10)
        if process.is_alive():
            process.kill()


def _work(started: Started) -> None:
    """Assess systems and deliver webhooks until the process is told to end."""
    print_log()
    ended = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it, and ends this process
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    services = services_of(started)
    workers = (Assessor(services, every=_LOOK_AGAIN), Deliverer(services, Hooks(sql_register(services))))
    for worker in workers:
        worker.start()
    ended.wait()
    for worker in workers:
        worker.stop()
    services.register.close()
