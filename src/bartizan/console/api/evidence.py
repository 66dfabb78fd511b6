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
from bartizan.govern.junit import MOST_PROOFS
from bartizan.govern.proofs import problems
from bartizan.govern.roles import Action, Person
from bartizan.govern.sites import Sites
from bartizan.model import InputError, InputErrors
from bartizan.model.assurance import Proof
from bartizan.model.documents import Kind
from bartizan.model.system import System

__all__ = ["ROUTES"]

_MOST_TOLD = 100


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
    added = services.register.evidence.add(proofs, at=services.now(), by=person.id)
    return json_answer({"added": added, "known": len(proofs) - added}, 201 if added else 200)


def _check(proofs: list[Proof], services: Services, person: Person) -> None:
    """Hold that each piece can count: for a system that the caller may change, a control and a place that there are."""
    about = _About(services, person)
    errors: list[InputError] = []
    for number, proof in enumerate(proofs):
        for wrong in about.problems(proof):
            error = InputError(f"piece {number + 1}: {wrong.message}", help=wrong.help)
            vars(error)["pointer"] = f"/{number}"
            errors.append(error)
        if len(errors) >= _MOST_TOLD:
            break
    if errors:
        raise InputErrors(errors[:_MOST_TOLD])
    for unit in about.units():
        must(services, person, Action.CHANGE, unit)


class _About:
    """The systems that pieces of evidence are about: each is looked up once."""

    def __init__(self, services: Services, person: Person) -> None:
        self._services, self._person, self._today = services, person, services.today()
        self._systems: dict[str, tuple[str, System, Sites] | None] = {}

    def units(self) -> set[str]:
        """Return the units of all systems that were asked for."""
        return {one[0] for one in self._systems.values() if one is not None}

    def problems(self, proof: Proof) -> list[InputError]:
        """Return what keeps a piece of evidence from counting."""
        if proof.system not in self._systems:
            self._systems[proof.system] = self._system(proof.system)
        found = self._systems[proof.system]
        if found is None:
            return [InputError(f"there is no System `{proof.system[:60]}`")]
        _, system, sites = found
        errors = problems(proof, system, self._services.catalog, sites)
        if proof.observed_at > self._today:
            errors.append(InputError(f"`observed_at` is {proof.observed_at}, which is to come"))
        return errors

    def _system(self, name: str) -> tuple[str, System, Sites] | None:
        """Return the unit of a system, it and its places; None when there is none that the caller may see."""
        stored = self._services.register.documents.get(Kind.SYSTEM, name) if re.fullmatch(NAME[1:-1], name) else None
        if stored is None or not self._services.may(self._person, Action.READ, stored.document.unit):
            return None
        system = stored.document.spec
        assert isinstance(system, System)
        return stored.document.unit, system, Sites(system)


ROUTES = [list_evidence, add_evidence]
