"""The pages of what is decided: tools, vendors, sandboxes, exceptions, approvals, policies, and what goes with them."""

from litestar.types import ControllerRouterHandler

from bartizan.console.pages.approvals import ROUTES as _APPROVALS
from bartizan.console.pages.calendar import ROUTES as _CALENDAR
from bartizan.console.pages.catalog import ROUTES as _CATALOG
from bartizan.console.pages.events import ROUTES as _EVENTS
from bartizan.console.pages.exceptions import ROUTES as _EXCEPTIONS
from bartizan.console.pages.intake import ROUTES as _INTAKE
from bartizan.console.pages.policies import ROUTES as _POLICIES
from bartizan.console.pages.sandboxes import ROUTES as _SANDBOXES
from bartizan.console.pages.scans import ROUTES as _SCANS
from bartizan.console.pages.tools import ROUTES as _TOOLS
from bartizan.console.pages.vendors import ROUTES as _VENDORS

__all__ = ["ROUTES"]

ROUTES: list[ControllerRouterHandler] = [
    *_APPROVALS,
    *_CALENDAR,
    *_CATALOG,
    *_EVENTS,
    *_EXCEPTIONS,
    *_INTAKE,
    *_POLICIES,
    *_SANDBOXES,
    *_SCANS,
    *_TOOLS,
    *_VENDORS,
]
