"""The pages of what is decided: tools, vendors, sandboxes, exceptions, approvals, policies, and what goes with them."""

from litestar.types import ControllerRouterHandler

from bartizan.console.pages import (
    approvals,
    calendar,
    catalog,
    events,
    exceptions,
    intake,
    policies,
    sandboxes,
    scans,
    tools,
    vendors,
)

__all__ = ["ROUTES"]

ROUTES: list[ControllerRouterHandler] = [
    *tools.ROUTES,
    *vendors.ROUTES,
    *sandboxes.ROUTES,
    *exceptions.ROUTES,
    *approvals.ROUTES,
    *events.ROUTES,
    *intake.ROUTES,
    *calendar.ROUTES,
    *catalog.ROUTES,
    *policies.ROUTES,
    *scans.ROUTES,
]
