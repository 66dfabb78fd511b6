"""The console put together: from what it is started with to an application over an open register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec
from litestar.types import ASGIApp

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.console import api
from bartizan.console.active import InForce
from bartizan.console.app import make_app
from bartizan.console.identity import ConsoleSettings, Identity, SigningIn, guarded
from bartizan.console.services import Places, Services
from bartizan.console.watch import watched
from bartizan.store.register import open_register

__all__ = ["Started", "application", "services_of"]


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """What each process of a console is started with. Picklable: some systems start processes afresh.

    `database` is a path or a `postgresql://` address, `clock` gives the present time with its zone.
    """

    database: str
    settings: ConsoleSettings
    places: Places
    clock: Callable[[], datetime]


def services_of(started: Started) -> Services:
    """Open the register and read the catalog. Raises InputError or Unavailable."""
    services = Services(
        register=open_register(started.database),
        catalog=load_catalog(cache_folder()),
        clock=started.clock,
        places=started.places,
        address=started.settings.address,
        private_webhooks=started.settings.private_webhooks,
    )
    in_force = InForce(started.places.config)
    return replace(services, active=lambda: in_force(services))


def application(started: Started) -> ASGIApp:
    """Make the application of one process: pages and API. Raises what `services_of` raises."""
    services = services_of(started)
    identity = Identity(services, started.settings)
    app = make_app(services, SigningIn(identity), routes=api.ROUTES)
    return watched(guarded(app, services.address), started.settings.trusted_proxies)
