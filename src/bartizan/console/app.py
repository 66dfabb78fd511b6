"""The application: routes, headers, templates and errors, put together for one register."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig
from litestar.types import ASGIApp

from bartizan.console import pages
from bartizan.console.access import Authenticator, provide_person
from bartizan.console.headers import protected
from bartizan.console.services import Services

__all__ = ["make_app"]

_HERE = Path(__file__).parent


def make_app(services: Services, authenticator: Authenticator) -> ASGIApp:
    """Make the application. Handlers take `services` and `person`, and run in threads where they touch the register."""

    def provide_services() -> Services:
        return services

    app = Litestar(
        route_handlers=[
            *pages.ROUTES,
            create_static_files_router(path="/static", directories=[_HERE / "static", _HERE / "vendor"]),
        ],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "person": Provide(provide_person, sync_to_thread=True),
        },
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(_environment())),
        state=State({"authenticator": authenticator}),
        openapi_config=None,
        request_max_body_size=20 << 20,
    )
    return protected(app)


def _environment() -> Environment:
    loader = FileSystemLoader(_HERE / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
