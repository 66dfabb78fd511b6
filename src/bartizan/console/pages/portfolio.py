"""The portfolio: what all systems come to, a map of tiers and threats, the list, what changed and what ends soon."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import get
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.pages.common import titles
from bartizan.console.render import Html, moved, page
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model import Level, Stage
from bartizan.model.documents import Kind
from bartizan.store.register import Entry, Query

__all__ = ["ROUTES"]

_ORDERS = ("title", "owner", "changed", "ends", "risk", "tier", "worst")
_LEVELS = [*reversed([level.value for level in Level]), ""]
_SOON = timedelta(days=30)
_SHOWN = 6


@get("/", sync_to_thread=True)
def portfolio(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the portfolio; where htmx asks for the list alone, or for how many systems wait, only that."""
    if request.headers.get("hx-target", "").endswith("waiting"):
        return _waiting(request, services, person)
    wish = {name: str(value) for name, value in request.query_params.items()}
    units = services.units(person)
    found = services.register.documents.list(_query(wish, services, units))
    around = {} if request.headers.get("hx-target", "").endswith("list") else _around(services, person, units)
    organisation = services.organisation()
    return page(
        "portfolio.html",
        request,
        services,
        person,
        found=found,
        stages=[stage.value for stage in Stage],
        tiers=[(rule.id, rule.title) for rule in organisation.tiers],
        tier_titles={rule.id: rule.title for rule in organisation.tiers},
        units_of=sorted(((id, unit.title) for id, unit in organisation.units.items()), key=lambda one: one[1]),
        levels=_LEVELS,
        whole=bool(around),
        **(
            around
            or {"figures": None, "map_": {}, "soon": [], "soon_total": 0, "changes": [], "titles": {}, "waiting": 0}
        ),
    )


@get("/systems", sync_to_thread=False)
def systems() -> Redirect:
    """Lead to the portfolio, where the systems are."""
    return moved("/")


def _query(wish: dict[str, str], services: Services, units: frozenset[str] | None) -> Query:
    """Return what a request asks for; a word that is none of ours is passed over."""
    organisation = services.organisation()
    tiers = {rule.id for rule in organisation.tiers} | {"none"}
    order = wish.get("order", "")
    if unit := wish.get("unit", ""):
        below = organisation.below(unit)
        units = below if units is None else units & below
    tier = wish.get("tier", "")
    worst = wish.get("worst", "")
    return Query(
        kind=Kind.SYSTEM,
        units=units,
        text=wish.get("text", "")[:200],
        states=frozenset({wish["stage"]}) if wish.get("stage") in set(Stage) else frozenset(),
        tiers=frozenset({"" if tier == "none" else tier}) if tier in tiers else frozenset(),
        worst=frozenset({"" if worst == "none" else worst}) if worst in {*Level, "none"} else frozenset(),
        above=True if wish.get("above") else None,
        order=order if order.removeprefix("-") in _ORDERS else "-risk",
        after=wish.get("after", ""),
        limit=50,
    )


def _around(services: Services, person: Person, units: frozenset[str] | None) -> dict[str, Any]:
    """Return what stands around the list."""
    register = services.register
    today = services.today()
    soon, total = _soon(services, units, today)
    seen = services.units(person, Action.READ) != frozenset()
    changes = register.documents.trail(units=units, limit=_SHOWN).items if seen else []
    return {
        "figures": register.assessments.figures(units),
        "map_": register.assessments.totals(units),
        "soon": soon,
        "soon_total": total,
        "waiting": register.assessments.waiting(today, units),
        "changes": changes,
        "titles": titles(services, {(one.kind, one.name) for one in changes}),
    }


def _waiting(request: AnyRequest, services: Services, person: Person) -> Html:
    """Show how many systems are still to be assessed."""
    units = services.units(person)
    assessments = services.register.assessments
    waiting, systems = assessments.waiting(services.today(), units), assessments.figures(units).systems
    return page("portfolio_waiting.html", request, services, person, waiting=waiting, systems=systems, before=True)


def _soon(services: Services, units: frozenset[str] | None, today: date) -> tuple[list[Entry], int]:
    """Return what ends first within a month, and how much does."""
    found: list[Entry] = []
    total = 0
    for kind in (Kind.SYSTEM, Kind.TOOL, Kind.VENDOR, Kind.SANDBOX, Kind.EXCEPTION, Kind.POLICY):
        part = services.register.documents.list(
            Query(kind=kind, units=units, ends_from=today, ends_to=today + _SOON, order="ends", limit=_SHOWN)
        )
        found += part.items
        total += part.total
    return sorted(found, key=lambda one: (one.ends or today, one.title))[:_SHOWN], total


ROUTES = [portfolio, systems]
