from __future__ import annotations

import json
from datetime import date

import msgspec
import pytest
from litestar.exceptions import NotFoundException, PermissionDeniedException

from bartizan.console.accepting import check_document, confirm, decide, refuse, takes_two, withdraw
from bartizan.govern.roles import Person, Role
from bartizan.model import Decision, InputError, Level, System, Verdict
from bartizan.model.assurance import Assessment
from bartizan.model.documents import Document, Kind, Stored
from bartizan.store.register.interface import Conflict, Missing
from bartizan.store.register.people_records import Acceptance
from tests.console.identity.house import House

UNTIL = date(2027, 5, 1)


def _assessed(house: House, name: str = "bot", unit: str = "retail", **threats: Level) -> Stored:
    """Keep a system with an assessment that knows threats."""
    document = Document(kind=Kind.SYSTEM, name=name, unit=unit, spec=System(id=name, name=name.title()))
    stored = house.register.documents.put(document, expected=0, by="test", why="test", at=house.services.now())
    review = {"threats": [{"id": id.replace("_", "-"), "severity": level.value} for id, level in threats.items()]}
    assessment = Assessment(
        system=name, version=1, inputs="", as_of=house.services.today(), until=None, tier="tier-3", above_appetite=True,
        currency="EUR", inherent_p50=0, residual_p50=0, residual_p90=0, planned_p50=0, threats={}, controls={},
    )  # fmt: skip
    house.register.assessments.keep(assessment, json.dumps(review).encode())
    return stored


def _two(house: House) -> tuple[Person, Person]:
    house.person("ana", Role.OWNER, unit="retail")
    house.person("ben", Role.REVIEWER, unit="retail")
    return house.acting("ana"), house.acting("ben")


def _ask(house: House, person: Person, threat: str = "big") -> Acceptance:
    asked = decide(
        house.services,
        person,
        "bot",
        threat=threat,
        verdict=Verdict.ACCEPT,
        why="we know it",
        until=UNTIL,
        ticket="T-1",
    )
    assert isinstance(asked, Acceptance)
    return asked


def _decisions(house: House) -> list[Decision]:
    stored = house.register.documents.get(Kind.SYSTEM, "bot")
    assert stored is not None
    assert isinstance(stored.document.spec, System)
    return stored.document.spec.decisions


def test_a_risk_within_the_appetite_is_accepted_by_one_person(house: House) -> None:
    ana, _ = _two(house)
    _assessed(house, small=Level.LOW)
    kept = decide(house.services, ana, "bot", threat="small", verdict=Verdict.ACCEPT, why="small", until=UNTIL)
    assert isinstance(kept, Stored)
    [decision] = _decisions(house)
    assert (decision.by, decision.on, kept.by) == ("ana", house.services.today(), "ana")


def test_a_risk_above_the_appetite_counts_only_after_a_second_person(house: House) -> None:
    ana, ben = _two(house)
    stored = _assessed(house, big=Level.HIGH)
    assert takes_two(house.services, stored, "big", Verdict.ACCEPT)
    asked = _ask(house, ana)
    assert _decisions(house) == []
    kept = confirm(house.services, ben, asked.id)
    assert kept.by == "ben"
    [decision] = _decisions(house)
    assert (decision.by, decision.ticket) == ("ana, confirmed by ben", "T-1")
    with pytest.raises(Conflict):
        confirm(house.services, ben, asked.id)
    assert house.kinds()[:3] == ["acceptance-confirmed", "acceptance-confirming", "acceptance-asked"]


def test_what_nobody_has_assessed_and_what_is_called_false_takes_two_as_well(house: House) -> None:
    _, ben = _two(house)
    stored = _assessed(house, big=Level.HIGH, small=Level.LOW)
    assert takes_two(house.services, stored, "unknown", Verdict.ACCEPT)
    assert takes_two(house.services, stored, "big", Verdict.FALSE_POSITIVE)
    assert not takes_two(house.services, stored, "big", Verdict.MITIGATE)
    kept = decide(house.services, ben, "bot", threat="big", verdict=Verdict.MITIGATE, why="soon", until=UNTIL)
    assert isinstance(kept, Stored)


def test_who_asked_programs_and_people_without_the_right_are_no_second_person(house: House) -> None:
    ana, ben = _two(house)
    _assessed(house, big=Level.HIGH)
    asked = _ask(house, ana)
    others = [
        ana,
        msgspec.structs.replace(ben, program=True),
        Person(id="eng", roles={"retail": frozenset({Role.ENGINEER})}),
        Person(id="adm", roles={"": frozenset({Role.ADMINISTRATOR})}),
    ]
    for person in others:
        with pytest.raises(PermissionDeniedException):
            confirm(house.services, person, asked.id)
        with pytest.raises(PermissionDeniedException):
            refuse(house.services, person, asked.id, "no")
    elsewhere = Person(id="cleo", roles={"it": frozenset({Role.REVIEWER})})
    with pytest.raises(NotFoundException):
        confirm(house.services, elsewhere, asked.id)
    with pytest.raises(Missing):
        confirm(house.services, ben, 99)
    assert _decisions(house) == []


def test_who_decides_needs_the_right_for_it(house: House) -> None:
    _two(house)
    _assessed(house, small=Level.LOW)
    engineer = Person(id="eng", roles={"retail": frozenset({Role.ENGINEER})})
    with pytest.raises(PermissionDeniedException):
        decide(house.services, engineer, "bot", threat="small", verdict=Verdict.ACCEPT, why="x", until=UNTIL)


def test_a_refused_or_withdrawn_question_changes_nothing(house: House) -> None:
    ana, ben = _two(house)
    _assessed(house, big=Level.HIGH)
    asked = _ask(house, ana)
    with pytest.raises(InputError):
        refuse(house.services, ben, asked.id, " ")
    assert refuse(house.services, ben, asked.id, "not so").note == "not so"
    again = _ask(house, ana)
    with pytest.raises(PermissionDeniedException):
        withdraw(house.services, ben, again.id)
    assert withdraw(house.services, ana, again.id).state == "withdrawn"
    with pytest.raises(Conflict):
        confirm(house.services, ben, again.id)
    assert _decisions(house) == []


def test_a_confirmation_that_was_cut_off_is_brought_to_its_end(house: House) -> None:
    ana, ben = _two(house)
    _assessed(house, big=Level.HIGH)
    asked = _ask(house, ana)
    house.identity.acceptances.move(asked.id, frozenset({"asked"}), "confirming", house.note())
    with pytest.raises(Conflict):
        refuse(house.services, ben, asked.id, "too late")
    confirm(house.services, ben, asked.id)
    assert len(_decisions(house)) == 1


def test_a_question_is_not_confirmed_after_its_end(house: House) -> None:
    ana, ben = _two(house)
    _assessed(house, big=Level.HIGH)
    asked = _ask(house, ana)
    house.later(days=200)
    with pytest.raises(InputError, match="would be over"):
        confirm(house.services, ben, asked.id)


def test_no_document_brings_in_what_takes_two(house: House) -> None:
    ana, ben = _two(house)
    stored = _assessed(house, big=Level.HIGH, small=Level.LOW)

    def changed(*decisions: Decision) -> Document:
        return msgspec.structs.replace(stored.document, spec=System(id="bot", name="Bot", decisions=list(decisions)))

    def made(threat: str, verdict: Verdict = Verdict.ACCEPT, severity: Level | None = Level.LOW) -> Decision:
        return Decision(threat=threat, verdict=verdict, severity=severity, by="ana", why="x", until=UNTIL)

    for severity in (None, Level.MEDIUM):  # what is accepted as little may not stand for much later
        with pytest.raises(InputError, match="has to say which severity"):
            check_document(house.services, ana, changed(made("small", severity=severity)), stored.document)
    check_document(house.services, ana, changed(made("small"), made("big", Verdict.MITIGATE)), stored.document)
    with pytest.raises(InputError, match="takes two people"):
        check_document(house.services, ana, changed(made("big")), stored.document)
    with pytest.raises(InputError, match="takes two people"):
        check_document(house.services, ben, changed(made("big", Verdict.FALSE_POSITIVE)), None)
    check_document(house.services, ana, changed(made("big")), changed(made("big")))
    engineer = Person(id="eng", roles={"retail": frozenset({Role.ENGINEER})})
    with pytest.raises(PermissionDeniedException):
        check_document(house.services, engineer, changed(made("small")), stored.document)
    organisation = house.register.documents.get(Kind.ORGANISATION, "organisation")
    assert organisation is not None
    check_document(house.services, engineer, organisation.document, None)


def test_a_system_that_says_something_else_by_now_is_not_assessed(house: House) -> None:
    """Whoever makes a system worse could accept, in the same breath, what was small before."""
    ana, _ = _two(house)
    stored = _assessed(house, small=Level.LOW)
    small = Decision(threat="small", verdict=Verdict.ACCEPT, by="ana", why="x", until=UNTIL)
    worse = System(id="bot", name="Bot", criticality=Level.CRITICAL, decisions=[small])
    document = msgspec.structs.replace(stored.document, spec=worse)
    with pytest.raises(InputError, match="takes two people"):
        check_document(house.services, ana, document, stored.document)
    now = house.register.documents.put(
        msgspec.structs.replace(document, spec=msgspec.structs.replace(worse, decisions=[])),
        expected=1, by="ana", why="x", at=house.services.now(),
    )  # fmt: skip
    assert takes_two(house.services, now, "small", Verdict.ACCEPT)
    assert not takes_two(house.services, stored, "small", Verdict.ACCEPT)


def test_the_page_lists_what_waits_and_takes_the_answer(house: House) -> None:
    ana, _ = _two(house)
    house.person("cleo", Role.REVIEWER, unit="it")
    _assessed(house, big=Level.HIGH)
    asked = _ask(house, ana)
    ana_browser, ben, cleo = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("cleo")
    mine = ana_browser.get("/acceptances").text
    assert "Take the question back" in mine
    assert 'value="confirm"' not in mine
    assert "Nothing waits" in cleo.get("/acceptances").text
    assert cleo.post(f"/acceptances/{asked.id}", data={"answer": "confirm"}).status_code == 404
    assert ana_browser.post(f"/acceptances/{asked.id}", data={"answer": "confirm"}).status_code == 403
    assert ben.post(f"/acceptances/{asked.id}", data={"answer": "refuse"}).status_code == 422
    assert ben.post(f"/acceptances/{asked.id}", data={"answer": "other"}).status_code == 422
    assert 'value="confirm"' in ben.get("/acceptances").text
    assert ben.post(f"/acceptances/{asked.id}", data={"answer": "confirm"}).status_code == 303
    assert "Nothing waits" in ben.get("/acceptances").text
    assert "confirmed" in ben.get("/acceptances?show=all").text
    again = _ask(house, ana)
    assert ben.post(f"/acceptances/{again.id}", data={"answer": "refuse", "note": "no"}).status_code == 303
    last = _ask(house, ana)
    assert ana_browser.post(f"/acceptances/{last.id}", data={"answer": "withdraw"}).status_code == 303
