"""The work behind `bartizan up`: open the register, start what runs beside the console, and serve until a signal."""

from __future__ import annotations

import shutil
import tempfile
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
from bartizan.cli.up_background import background
from bartizan.cli.up_gateway import Beside, demo_gateway, gateway_beside
from bartizan.console.begin import Started, application, services_of
from bartizan.console.demo_open import begin_demo
from bartizan.console.identity import ConsoleSettings, enrol_link, read_settings, rescue_link
from bartizan.console.services import Places
from bartizan.console.serving import serve_console
from bartizan.console.watch import print_log
from bartizan.guard.gateway.serve import address_of, check_free
from bartizan.model import InputError

__all__ = ["AskedUp", "let_in", "up"]


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
    settings = _settings(asked)
    check_free(asked.listen)  # before anything is started beside it
    with ExitStack() as beside:
        gateway = beside.enter_context(_gateway(asked))
        started = Started(
            database=_database(asked), settings=settings, places=gateway.places, clock=clock, metrics=_numbers(beside)
        )
        link = _prepare(started, asked.demo)
        beside.enter_context(background(started))
        gateway.check()  # it has started meanwhile
        ready = partial(_ready, settings.address, link, gateway.places)
        serve_console(partial(_application, started), asked.listen, asked.workers, ready)
    return 0


def let_in(asked: AskedUp, who: str) -> int:
    """Print a link with which somebody who is locked out gets in again. Raises InputError, Unavailable."""
    database = _database(asked)
    if "://" not in database and not Path(database).exists():
        raise InputError(f"there is no register `{database}`", help="name the one that the console serves: --database")
    services = services_of(Started(database=database, settings=_settings(asked), places=Places(), clock=clock))
    try:
        say(f"set a new password here, within a day: {rescue_link(services, who)}")
    finally:
        services.register.close()
    return 0


def _settings(asked: AskedUp) -> ConsoleSettings:
    host, port = address_of(asked.listen)
    return read_settings(asked.config) if asked.config else ConsoleSettings(address=_address(host, port))


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
                begin_demo(services)
        return enrol_link(services)
    finally:
        services.register.close()


@contextmanager
def _gateway(asked: AskedUp) -> Iterator[Beside]:
    """Run the gateway that was asked for, if any, until the end of the block."""
    given = asked.gateway or Path("gateway.yaml")
    if asked.demo and asked.gateway is None:
        with demo_gateway() as gateway:
            yield gateway
    elif asked.gateway is not None or given.exists():
        with gateway_beside(given) as gateway:
            yield gateway
    else:
        yield Beside(Places())


def _numbers(beside: ExitStack) -> Path | None:
    """Return a folder in which the processes add up what they count, until the end; None where none can be made."""
    try:
        folder = tempfile.mkdtemp(prefix="bartizan-metrics-")
    except OSError as error:
        say(f"each process has its own metrics, for there is no folder to add them up in: {error.strerror}")
        return None
    beside.callback(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _ready(address: str, link: str, places: Places) -> None:
    say(f"the console is at {address}, its API below {address}/api/v1")
    if places.gateway:
        say(f"a gateway is at {places.gateway}")
    else:
        say("no gateway runs beside it: there is no gateway.yaml in this folder, and --gateway names none")
    if link:
        say(f"make the first account here, within a day: {link}")
