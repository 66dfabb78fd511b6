"""Decides about threats, with a second person where it takes one; only then the decision goes into the system."""

from __future__ import annotations

from datetime import date

import msgspec
from litestar.exceptions import PermissionDeniedException

from bartizan.console.access import must, visible
from bartizan.console.services import Services, sql_register
from bartizan.govern.acceptance import RIGHT, above, check_request, decided, may_confirm, needs_second, newly_decided
from bartizan.govern.roles import Action, Person
from bartizan.govern.tiers import appetite_of
from bartizan.model import Decision, InputError, Level, System, Verdict
from bartizan.model.assurance import Assessment
from bartizan.model.documents import Document, Kind, Stored
from bartizan.store.register import Conflict, Missing
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.people_records import Acceptance, Note

__all__ = ["check_document", "confirm", "decide", "refuse", "takes_two", "withdraw"]

_TRIES = 5
"""How often a decision is put on top of a system that others change meanwhile."""


class _Threat(msgspec.Struct):
    id: str
    severity: Level


class _Review(msgspec.Struct):
    threats: list[_Threat] = []
    appendix: list[_Threat] = []


def decide(
    services: Services, person: Person, name: str, *, threat: str, verdict: Verdict, why: str, until: date,
    ticket: str = "",
) -> Stored | Acceptance:  # fmt: skip
    """Decide about a threat of a system. Returns the system's new version, or the question to a second person.

    Raises PermissionDeniedException, NotFoundException, and InputError for a reason or an end that won't do.
    """
    stored, system = _system(services, person, name)
    must(services, person, RIGHT[verdict], stored.document.unit)
    check_request(why, until, services.today())
    severity = _severity(services, system, name, threat)
    if needs_second(verdict, _above(services, system, name, severity)):
        note = _note(services, "acceptance-asked", person, stored.document, threat)
        return _store(services).ask(name, threat, verdict.value, why.strip(), until, ticket, note)
    decision = Decision(
        threat=threat, verdict=verdict, severity=severity, by=person.id, why=why.strip(), until=until,
        on=services.today(), ticket=ticket,
    )  # fmt: skip
    return _keep(services, name, decision, by=person.id)


def confirm(services: Services, person: Person, id: int) -> Stored:
    """Confirm as the second person: the decision goes into the system. Returns its new version.

    Should the console end in between, confirming once more brings it to its end. Raises PermissionDeniedException for
    who asked, for programs and for who may not accept there, and Conflict when it is answered already.
    """
    asked, stored = _asked(services, person, id)
    must(services, person, Action.ACCEPT, stored.document.unit)
    if reason := may_confirm(asked.asked_by, person):
        raise PermissionDeniedException(reason)
    if asked.until < services.today():
        raise InputError("the decision would be over already", help="ask again with a later end")
    store, open_ = _store(services), frozenset({"asked", "confirming"})
    store.move(id, open_, "confirming", _note(services, "acceptance-confirming", person, stored.document, asked.threat))
    system = stored.document.spec
    assert isinstance(system, System)
    decision = Decision(
        threat=asked.threat,
        verdict=Verdict(asked.verdict),
        severity=_severity(services, system, asked.system, asked.threat),
        by=f"{asked.asked_by}, confirmed by {person.id}",
        why=asked.why,
        until=asked.until,
        on=date.fromisoformat(asked.asked_at[:10]),
        ticket=asked.ticket,
    )
    kept = _keep(services, asked.system, decision, by=person.id)
    note = _note(services, "acceptance-confirmed", person, kept.document, asked.threat)
    store.move(id, frozenset({"confirming"}), "confirmed", note)
    return kept


def refuse(services: Services, person: Person, id: int, why: str) -> Acceptance:
    """Refuse as the second person, with a reason. Raises as `confirm` does."""
    asked, stored = _asked(services, person, id)
    must(services, person, Action.ACCEPT, stored.document.unit)
    if reason := may_confirm(asked.asked_by, person):
        raise PermissionDeniedException(reason)
    if not why.strip():
        raise InputError("refusing needs a reason", help="say it for the one who asked")
    note = _note(services, "acceptance-refused", person, stored.document, asked.threat)
    return _store(services).move(id, frozenset({"asked"}), "refused", note, why=why.strip())


def withdraw(services: Services, person: Person, id: int) -> Acceptance:
    """Take back one's own question. Raises PermissionDeniedException for others, Conflict when it is answered."""
    asked, stored = _asked(services, person, id)
    if asked.asked_by != person.id:
        raise PermissionDeniedException("only who asked takes it back")
    note = _note(services, "acceptance-withdrawn", person, stored.document, asked.threat)
    return _store(services).move(id, frozenset({"asked"}), "withdrawn", note)


def takes_two(services: Services, stored: Stored, threat: str, verdict: Verdict) -> bool:
    """Tell whether a decision would take a second person, for a page to say so beforehand."""
    spec = stored.document.spec
    assert isinstance(spec, System)
    severity = _severity(services, spec, stored.document.name, threat)
    return needs_second(verdict, _above(services, spec, stored.document.name, severity))


def check_document(services: Services, person: Person, document: Document, before: Document | None) -> None:
    """Hold a changed document against the rule of two: for every way to write a system but deciding.

    Raises PermissionDeniedException for decisions that the person may not make, InputError for those that take two.
    """
    after, old = document.spec, before.spec if before else None
    if not isinstance(after, System):
        return
    for decision in newly_decided(old if isinstance(old, System) else None, after):
        must(services, person, RIGHT[decision.verdict], document.unit)
        severity = _severity(services, after, document.name, decision.threat)
        if needs_second(decision.verdict, _above(services, after, document.name, severity)):
            raise InputError(
                f"the decision about `{decision.threat}` leaves a risk above the appetite and takes two people",
                help="leave it out here, and decide on the system's page, where a second person is asked",
            )
        if severity is not None and (decision.severity is None or decision.severity.rank > severity.rank):
            raise InputError(
                f"the decision about `{decision.threat}` has to say which severity it is about",
                help=f"`severity: {severity}` is what it has now; when it becomes severer, somebody decides anew",
            )


def _system(services: Services, person: Person, name: str) -> tuple[Stored, System]:
    stored = visible(services, person, Kind.SYSTEM, name)
    assert isinstance(stored.document.spec, System)
    return stored, stored.document.spec


def _asked(services: Services, person: Person, id: int) -> tuple[Acceptance, Stored]:
    asked = _store(services).get(id)
    if asked is None:
        raise Missing("there is no such question")
    return asked, visible(services, person, Kind.SYSTEM, asked.system)


def _store(services: Services) -> Acceptances:
    return Acceptances(sql_register(services))


def _severity(services: Services, system: System, name: str, threat: str) -> Level | None:
    """Return the severity of a threat by the last assessment, None for one that it doesn't know.

    None too where the system says something else by now: who makes a system worse could accept what it was.
    """
    content = services.register.assessments.review(name)
    assessment = services.register.assessments.get(name)
    if content is None or assessment is None or not _is_about(assessment, system, services):
        return None
    review = msgspec.json.decode(content, type=_Review)
    return next((one.severity for one in (*review.threats, *review.appendix) if one.id == threat), None)


def _above(services: Services, system: System, name: str, severity: Level | None) -> bool:
    """Tell whether a threat of some severity is above the appetite; one of which nobody knows it is."""
    assessment = services.register.assessments.get(name)
    residual = assessment is None or assessment.above_appetite
    return above(severity, appetite_of(system, services.organisation()), residual_above=residual)


def _is_about(assessment: Assessment, system: System, services: Services) -> bool:
    """Tell whether an assessment is of what a system says, but for what changes no severity."""
    seen = services.register.documents.version(Kind.SYSTEM, assessment.system, assessment.version)
    if seen is None or not isinstance(seen.document.spec, System):
        return False
    then, now = (msgspec.structs.replace(one, decisions=[], appetite=None) for one in (seen.document.spec, system))
    return then == now


def _keep(services: Services, name: str, decision: Decision, *, by: str) -> Stored:
    """Put a decision into a system, on top of whatever others have changed meanwhile."""
    documents = services.register.documents
    for left in range(_TRIES, 0, -1):
        stored = documents.get(Kind.SYSTEM, name)
        if stored is None or not isinstance(stored.document.spec, System):
            raise Missing(f"there is no System `{name}`")
        document = msgspec.structs.replace(stored.document, spec=decided(decision, stored.document.spec))
        why = f"{decision.verdict} {decision.threat}: {decision.why}"
        try:
            return documents.put(document, expected=stored.version, by=by, why=why[:300], at=services.now())
        except Conflict:
            if left == 1:
                raise
    raise AssertionError("the last try has raised")


def _note(services: Services, kind: str, person: Person, document: Document, threat: str) -> Note:
    return Note(
        kind=kind,
        at=services.now(),
        person=person.id,
        about=document.name,
        unit=document.unit,
        detail=threat,
    )
