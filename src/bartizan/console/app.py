"""The application: routes, headers, templates and errors, put together for one register."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar, Router
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp, ControllerRouterHandler, Middleware

from bartizan.console import pages
from bartizan.console.access import AnyRequest, Authenticator, provide_person
from bartizan.console.assets import Assets, files_of, serve_asset
from bartizan.console.headers import protected
from bartizan.console.limits import Limits
from bartizan.console.mistakes import HANDLERS
from bartizan.console.render import FILTERS, with_query
from bartizan.console.services import Services
from bartizan.report.page import ticked

__all__ = ["make_app"]

_HERE = Path(__file__).parent
_LOG = logging.getLogger("bartizan.console")


def make_app(
    services: Services,
    authenticator: Authenticator,
    *,
    routes: Sequence[ControllerRouterHandler] = (),
    middleware: Sequence[Middleware] = (),
    limits: Limits | None = None,
) -> ASGIApp:
    """Make the application. Handlers take `services` and `person`, and run in threads where they touch the register.

    `routes` and `middleware` are those of the parts that aren't pages: the API, the ways of signing in.
    `limits` says how often each account may ask, None without end.
    """

    assets = files_of()
    if missing := assets.missing():
        _LOG.warning("pages are plain, for %s is not installed; `scripts/frontend` does that", ", ".join(missing))
    app = Litestar(
        # As one router: two handlers of one path are registered one by one otherwise, and the first is wrapped twice.
        route_handlers=[Router(path="/", route_handlers=[*pages.ROUTES, *routes, serve_asset])],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "person": Provide(provide_person, sync_to_thread=True),
        },
        middleware=list(middleware),
        exception_handlers=HANDLERS,
        compression_config=CompressionConfig(
            backend="gzip", minimum_size=1_500, gzip_compress_level=5, exclude="^/static/"
        ),
        state=State(
            {
                "assets": assets,
                "authenticator": authenticator,
                "limits": limits,
                "services": services,
                "templates": environment(assets),
            }
        ),
        openapi_config=None,
        request_max_body_size=20 << 20,
    )
    return protected(app)


def provide_services(request: AnyRequest) -> Services:
    """Give a handler what it works with."""
    services: Services = request.app.state["services"]
    return services


def environment(assets: Assets) -> Environment:
    """Make what renders the templates: everything is escaped, and a name that isn't there is a mistake."""
    made = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(asset=assets.address, with_query=with_query)
    made.filters.update(FILTERS, slug=_slug, path=_path, ticked=ticked)
    return made


def _slug(text: object) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(text).lower()).strip("-") or "part"


def _path(text: object) -> str:
    """Write a text as one part of an address."""
    return quote(str(text), safe="")
