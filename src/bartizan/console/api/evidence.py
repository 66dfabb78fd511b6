"""Evidence over HTTP: what scans, tests and people have found about controls comes in here, and can be read."""

from __future__ import annotations

import re

from litestar import Response, get, post
from litestar.params import RawBody

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.api.asked import NAME, EvidenceAsked, Nothing, asked
from bartizan.console.api.bodies import JSON, media_type, value_of
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError, InputErrors
from bartizan.model.assurance import Proof
from bartizan.model.decode import nearest
from bartizan.model.documents import Kind

__all__ = ["MOST_PROOFS", "ROUTES"]

MOST_PROOFS = 5_000
_OUTCOMES = ("pass", "fail")


@get("/evidence", sync_to_thread=True)
def list_evidence(request: AnyRequest, services: WithServices, person: WithPerson) -> Response[bytes]:
    """List evidence, the latest first."""
    what = asked(request, EvidenceAsked)
    page = services.register.evidence.list(
        system=what.system,
        units=services.units(person),
        source=what.source.value if what.source else "",
        outcome=what.outcome or "",
        after=what.after,
        limit=what.limit,
    )
    return page_answer(request, page.items, page.next, page.total)


@post("/evidence", sync_to_thread=True)
def add_evidence(request: AnyRequest, services: WithServices, person: WithPerson, body: RawBody) -> Response[bytes]:
    """Add pieces of evidence: all of them, or none. What is there already isn't kept twice."""
    asked(request, Nothing)
    media_type(request, JSON)
    proofs = value_of(body, list[Proof])
    if len(proofs) > MOST_PROOFS:
        raise InputError(f"there are {len(proofs)} pieces, and at most {MOST_PROOFS} are taken at once")
    _check(proofs, services, person)
    added = services.register.evidence.add(proofs, at=services.now())
    return json_answer({"added": added, "known": len(proofs) - added}, 201 if added else 200)


def _check(proofs: list[Proof], services: Services, person: Person) -> None:
    """Hold that each piece is about a system that the caller may change, and a control that there is."""
    units: dict[str, str | None] = {}
    errors: list[InputError] = []
    today = services.today()
    for number, proof in enumerate(proofs):
        if proof.system not in units:
            units[proof.system] = _unit(proof.system, services, person)
        unit = units[proof.system]
        wrong, help = _wrong(proof, unit, services)
        if not wrong and proof.observed_at > today:
            wrong, help = f"`observed_at` is {proof.observed_at}, which is to come", ""
        if wrong:
            error = InputError(f"piece {number + 1}: {wrong}", help=help)
            vars(error)["pointer"] = f"/{number}"
            errors.append(error)
    if errors:
        raise InputErrors(errors[:100])
    for unit in {unit for unit in units.values() if unit is not None}:
        must(services, person, Action.CHANGE, unit)


def _unit(system: str, services: Services, person: Person) -> str | None:
    """Return the unit of a system, None when there is none that the caller may see."""
    if not re.fullmatch(NAME[1:-1], system):
        return None
    stored = services.register.documents.get(Kind.SYSTEM, system)
    if stored is None or not services.may(person, Action.READ, stored.document.unit):
        return None
    return stored.document.unit


def _wrong(proof: Proof, unit: str | None, services: Services) -> tuple[str, str]:
    if unit is None:
        return f"there is no System `{proof.system[:60]}`", ""
    if proof.control not in services.catalog.controls:
        known = services.catalog.controls
        return f"`{proof.control[:60]}` is no control of the catalog", nearest(proof.control, known)
    if proof.outcome not in _OUTCOMES:
        return f"`{proof.outcome[:60]}` is no outcome", "`pass` or `fail`"
    if "\x00" in f"{proof.place}{proof.by}{proof.detail}{proof.digest}":
        return "a text holds the character U+0000, which can't be kept", ""
    if proof.good_until is not None and proof.good_until < proof.observed_at:
        return "its end is before it was observed", ""
    return "", ""


ROUTES = [list_evidence, add_evidence]
