"""Pages for people: one module a page or a family of pages; each lists its handlers in `ROUTES`."""

from litestar.types import ControllerRouterHandler

from bartizan.console.pages import (
    acceptances,
    administration,
    administration_access,
    confirm,
    document_text,
    enrol,
    exchange,
    factors,
    governing,
    health,
    home,
    imports,
    portfolio,
    profile,
    signin,
    signin_second,
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
    *imports.ROUTES,
    *system.ROUTES,
    *system_change.ROUTES,
    *system_files.ROUTES,
    *acceptances.ROUTES,
    *signin.ROUTES,
    *signin_second.ROUTES,
    *enrol.ROUTES,
    *profile.ROUTES,
    *confirm.ROUTES,
    *factors.ROUTES,
    *administration.ROUTES,
    *administration_access.ROUTES,
]
