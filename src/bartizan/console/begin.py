"""The console put together: from what it is started with to an application over an open register."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec
from litestar.types import ASGIApp

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.console import api
from bartizan.console.active import InForce
from bartizan.console.app import make_app
from bartizan.console.identity import ConsoleSettings, Identity, SigningIn, guarded
from bartizan.console.limits import Limits
from bartizan.console.measuring import measured, summed_up
from bartizan.console.services import Places, Services
from bartizan.console.watch import watched
from bartizan.store.register import open_register

__all__ = ["Started", "application", "services_of"]


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What each process of a console is started with. Picklable: some systems start processes afresh.

    `database` is a path or a `postgresql://` address, `clock` gives the present time with its zone.
    `metrics` is the folder in which the processes put what they count, None where each has its own numbers alone.
    """

    database: str
    settings: ConsoleSettings
    places: Places
    clock: Callable[[], datetime]
    metrics: Path | None = None


def services_of(started: Started) -> Services:
    """Open the register and read the catalog. Raises InputError or Unavailable."""
    services = Services(
        register=open_register(started.database),
        catalog=load_catalog(cache_folder()),
        clock=started.clock,
        places=started.places,
        address=started.settings.address,
        private_webhooks=started.settings.private_webhooks,
        metrics_token_file=started.settings.metrics_token_file,
    )
    in_force = InForce(started.places.config)
    return replace(services, active=lambda: in_force(services))


def application(started: Started) -> ASGIApp:
    """Make the application of one process: pages and API. Raises what `services_of` raises."""
    settings = started.settings
    services = summed_up(services_of(started), started.metrics, "worker")
    identity = Identity(services, settings)
    limits = Limits(settings.requests_per_second, time.monotonic) if settings.requests_per_second else None
    app = make_app(services, SigningIn(identity), routes=api.ROUTES, limits=limits)
    heard = watched(guarded(app, services.address), settings.trusted_proxies)
    return measured(heard, services.metrics)
