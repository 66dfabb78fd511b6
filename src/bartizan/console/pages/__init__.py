"""Pages for people: one module a page or a family of pages; each lists its handlers in `ROUTES`."""

from litestar.types import ControllerRouterHandler

from bartizan.console.pages import home, portfolio

__all__ = ["ROUTES"]

ROUTES: list[ControllerRouterHandler] = [*home.ROUTES, *portfolio.ROUTES]
