"""Pages for people: one module a page or a family of pages; each lists its handlers in `ROUTES`."""

from litestar.types import ControllerRouterHandler

from bartizan.console.pages import (
    acceptances,
    administration,
    administration_access,
    document_text,
    enrol,
    exchange,
    governing,
    health,
    home,
    portfolio,
    profile,
    signin,
    system,
    system_change,
    system_files,
    trail,
)

__all__ = ["ROUTES"]

ROUTES: list[ControllerRouterHandler] = [
    *health.ROUTES,
    *home.ROUTES,
    *document_text.ROUTES,
    *trail.ROUTES,
    *portfolio.ROUTES,
    *governing.ROUTES,
    *exchange.ROUTES,
    *system.ROUTES,
    *system_change.ROUTES,
    *system_files.ROUTES,
    *acceptances.ROUTES,
    *signin.ROUTES,
    *enrol.ROUTES,
    *profile.ROUTES,
    *administration.ROUTES,
    *administration_access.ROUTES,
]
