"""Who may change what by a whole document, and what takes two people."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from litestar.exceptions import PermissionDeniedException

from bartizan.console import loosened
from bartizan.console.assessing import standing
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Role
from bartizan.model.documents import Document, Kind
from bartizan.model.documents.plain import plain
from tests.console.api.conftest import Clients, example, keep, person

WHY = {"Bartizan-Why": "a test"}
DECIDED = {"standing": "approved", "highest": "internal", "decided_by": "anna", "decided_on": "2026-11-28"}
APPROVED = {"approved_by": "anna", "approved_on": "2026-11-28"}
FROM = {"starts": "2026-12-01", "ends": "2026-12-31"}


def send(clients: Clients, who: Any, document: Document, services: Services) -> Any:
    """Put a document in the place of whatever is there, in somebody's name."""
    there = services.register.documents.get(document.kind, document.name)
    condition = {"If-Match": f'"{there.version}-{there.digest}"'} if there else {"If-None-Match": "*"}
    url = f"/api/v1/{document.kind.plural}/{document.name}"
    return clients(who).put(url, json=plain(document), headers={**WHY, **condition})


@pytest.mark.parametrize(
    ("kind", "changes", "role", "status"),
    [
        (Kind.SYSTEM, {}, Role.BUSINESS, 201),
        (Kind.SYSTEM, {"stage": "operation"}, Role.BUSINESS, 403),
        (Kind.SYSTEM, {"stage": "operation"}, Role.ENGINEER, 201),
        (Kind.SYSTEM, {}, Role.AUDITOR, 403),
        (Kind.TOOL, {}, Role.BUSINESS, 201),
        (Kind.TOOL, DECIDED, Role.BUSINESS, 403),
        (Kind.TOOL, DECIDED, Role.ENGINEER, 403),
        (Kind.TOOL, DECIDED, Role.REVIEWER, 201),
        (Kind.VENDOR, {}, Role.BUSINESS, 403),
        (Kind.VENDOR, {}, Role.ENGINEER, 201),
        (Kind.SANDBOX, {}, Role.BUSINESS, 201),
        (Kind.SANDBOX, {"state": "granted", "decided_by": "rule"}, Role.BUSINESS, 403),
        (Kind.SANDBOX, {"state": "granted", "decided_by": "rule"}, Role.REVIEWER, 422),
        (Kind.EXCEPTION, {}, Role.BUSINESS, 201),
        (Kind.EXCEPTION, APPROVED, Role.BUSINESS, 403),
        (Kind.EXCEPTION, APPROVED, Role.REVIEWER, 422),
        (Kind.POLICY, {}, Role.BUSINESS, 403),
        (Kind.POLICY, {}, Role.ENGINEER, 201),
        (Kind.POLICY, {"state": "approved", **APPROVED}, Role.REVIEWER, 422),
    ],
)
def test_what_a_new_document_decides_takes_the_right_to_decide(
    clients: Clients, services: Services, kind: Kind, changes: Any, role: Role, status: int
) -> None:
    got = send(clients, person(role), example(kind, unit="claims", **changes), services)
    assert got.status_code == status, got.text


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ORGANISATION])
def test_roles_hold_in_their_units_alone(clients: Clients, services: Services, kind: Kind) -> None:
    document = example(kind, unit="research")
    assert send(clients, person(Role.REVIEWER, unit="claims"), document, services).status_code == 403
    assert send(clients, person(Role.REVIEWER, unit="research"), document, services).status_code == 201


def test_a_token_is_kept_to_its_actions(clients: Clients, services: Services) -> None:
    reads = person(Role.REVIEWER, program=True, only=frozenset({Action.READ}))
    assert send(clients, reads, example(Kind.VENDOR), services).status_code == 403
    writes = person(Role.REVIEWER, program=True, only=frozenset({Action.READ, Action.CHANGE}))
    assert send(clients, writes, example(Kind.VENDOR), services).status_code == 201
    assert send(clients, writes, example(Kind.TOOL, **DECIDED), services).status_code == 403


def test_a_tool_that_was_decided_about_is_changed_by_those_who_decide(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.TOOL, **DECIDED))
    renamed = example(Kind.TOOL, **{**DECIDED, "title": "Another"})
    assert send(clients, person(Role.ENGINEER), renamed, services).status_code == 403
    assert send(clients, person(Role.REVIEWER), renamed, services).status_code == 200


def test_people_decide_in_their_own_name_and_programs_bring_what_was_decided(
    clients: Clients, services: Services
) -> None:
    document = example(Kind.TOOL, **{**DECIDED, "decided_by": "the-board"})
    refused = send(clients, person(Role.REVIEWER), document, services)
    assert refused.status_code == 422
    assert "name of the person" in refused.json()["detail"]
    assert send(clients, person(Role.REVIEWER, program=True), document, services).status_code == 201


def test_an_exception_is_approved_by_another_than_who_asked(clients: Clients, services: Services) -> None:
    asked = example(Kind.EXCEPTION, **FROM)
    assert send(clients, person(Role.REVIEWER, id="anna"), asked, services).status_code == 201
    approved = example(Kind.EXCEPTION, **FROM, approved_by="anna", approved_on="2026-11-28")
    assert send(clients, person(Role.REVIEWER, id="anna"), approved, services).status_code == 403
    by_ben = example(Kind.EXCEPTION, **FROM, approved_by="ben", approved_on="2026-11-28")
    program = send(clients, person(Role.REVIEWER, id="ben", program=True), by_ben, services)
    assert (program.status_code, program.json()["type"]) == (403, "urn:bartizan:problem:second-person")
    in_other_name = send(clients, person(Role.REVIEWER, id="cleo"), by_ben, services)
    assert in_other_name.status_code == 422
    assert send(clients, person(Role.REVIEWER, id="ben"), by_ben, services).status_code == 200
    longer = example(Kind.EXCEPTION, starts="2026-12-01", ends="2027-02-01", approved_by="ben",
                     approved_on="2026-11-28")  # fmt: skip
    assert send(clients, person(Role.REVIEWER, id="ben"), longer, services).status_code == 422
    shorter = example(Kind.EXCEPTION, starts="2026-12-01", ends="2026-12-02", approved_by="ben",
                      approved_on="2026-11-28")  # fmt: skip
    assert send(clients, person(Role.REVIEWER, id="ben"), shorter, services).status_code == 200


def test_an_approval_changes_nothing_else(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.EXCEPTION, **FROM), by="anna")
    more = example(Kind.EXCEPTION, **FROM, approved_by="ben", approved_on="2026-11-28", why="another reason")
    assert send(clients, person(Role.REVIEWER, id="ben"), more, services).status_code == 422


def test_a_refusal_is_in_the_name_of_who_refuses(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.EXCEPTION, **FROM), by="anna")
    refused = example(Kind.EXCEPTION, **FROM, refused_by="ben")
    assert send(clients, person(Role.REVIEWER, id="cleo"), refused, services).status_code == 422
    assert send(clients, person(Role.REVIEWER, id="ben"), refused, services).status_code == 200


def test_a_sandbox_goes_from_request_to_grant_to_end(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.SANDBOX), by="anna")
    granted = {"state": "granted", "decided_by": "ben", "decided_on": "2026-11-28"}
    anna = person(Role.REVIEWER, id="anna")
    mine = example(Kind.SANDBOX, **{**granted, "decided_by": "anna"})
    assert send(clients, anna, mine, services).status_code == 403
    wider = example(Kind.SANDBOX, **granted, models=["*"])
    ben = person(Role.REVIEWER, id="ben")
    assert send(clients, ben, wider, services).status_code == 422
    assert send(clients, ben, example(Kind.SANDBOX, state="ended"), services).status_code == 422
    assert send(clients, ben, example(Kind.SANDBOX, **granted), services).status_code == 200
    assert send(clients, ben, wider, services).status_code == 422
    ended = {**granted, "state": "killed", "ended_on": "2026-11-28", "ended_by": "ben", "ended_why": "enough"}
    assert send(clients, ben, example(Kind.SANDBOX, **ended), services).status_code == 200
    assert send(clients, ben, example(Kind.SANDBOX, **granted), services).status_code == 422


def test_a_policy_is_approved_by_another_and_then_changed_no_more(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.POLICY), by="anna")
    by_ben = {"state": "approved", "approved_by": "ben", "approved_on": "2026-11-28"}
    by_anna = {**by_ben, "approved_by": "anna"}
    assert send(clients, person(Role.REVIEWER, id="anna"), example(Kind.POLICY, **by_anna), services).status_code == 422
    ben = person(Role.REVIEWER, id="ben")
    assert send(clients, ben, example(Kind.POLICY, **by_ben), services).status_code == 200
    assert send(clients, ben, example(Kind.POLICY, **by_ben, title="Another"), services).status_code == 422


def decision(threat: str, verdict: str) -> dict[str, str]:
    """Return a decision as documents write it."""
    return {"threat": threat, "verdict": verdict, "by": "anna", "why": "a test", "until": "2027-01-31"}


def test_decisions_about_threats_take_their_own_rights(clients: Clients, services: Services) -> None:
    keep(services, example(Kind.SYSTEM))
    mitigate = example(Kind.SYSTEM, decisions=[decision("x@model", "mitigate")])
    accept = example(Kind.SYSTEM, decisions=[decision("x@model", "accept")])
    assert send(clients, person(Role.ENGINEER), accept, services).status_code == 403
    assert send(clients, person(Role.ENGINEER), mitigate, services).status_code == 200
    unknown = send(clients, person(Role.OWNER), accept, services)
    assert unknown.status_code == 422
    assert "takes two people" in unknown.json()["detail"]
    assert send(clients, person(Role.OWNER, program=True), accept, services).status_code == 422


def test_risk_within_the_appetite_is_accepted_by_one(clients: Clients, services: Services) -> None:
    stored = keep(services, example(Kind.SYSTEM, appetite="critical"))
    review = {"threats": [{"id": "x@model", "severity": "low"}, {"id": "y@model", "severity": "critical"}]}
    made = standing(services, stored).assessment
    mark = services.register.assessments.mark(stored.document.name)
    services.register.assessments.keep(made, msgspec.json.encode(review), mark=mark)
    unsaid = example(Kind.SYSTEM, appetite="low", decisions=[decision("x@model", "accept")])
    assert "severity: low" in send(clients, person(Role.OWNER), unsaid, services).text
    low = example(Kind.SYSTEM, appetite="low", decisions=[{**decision("x@model", "accept"), "severity": "low"}])
    assert send(clients, person(Role.OWNER), low, services).status_code == 200
    critical = example(Kind.SYSTEM, appetite="low", decisions=[decision("y@model", "accept")])
    assert send(clients, person(Role.OWNER), critical, services).status_code == 422


def test_what_two_have_decided_is_put_back_as_it_is(clients: Clients, services: Services) -> None:
    stored = keep(services, example(Kind.SYSTEM, decisions=[decision("x@model", "accept")]))
    got = send(clients, person(Role.ENGINEER), stored.document, services)
    assert (got.status_code, got.headers["Bartizan-Result"]) == (200, "unchanged")
    renamed = example(Kind.SYSTEM, name="claims-assistant", owner="Ben", decisions=[decision("x@model", "accept")])
    assert send(clients, person(Role.ENGINEER), renamed, services).status_code == 200


@pytest.mark.parametrize(
    ("kind", "role", "status"),
    [
        (Kind.SYSTEM, Role.ENGINEER, 204),
        (Kind.SYSTEM, Role.BUSINESS, 403),
        (Kind.TOOL, Role.ENGINEER, 403),
        (Kind.TOOL, Role.REVIEWER, 204),
        (Kind.ORGANISATION, Role.REVIEWER, 403),
    ],
)
def test_who_takes_documents_out(clients: Clients, services: Services, kind: Kind, role: Role, status: int) -> None:
    stored = keep(services, example(kind))
    url = f"/api/v1/{kind.plural}/{stored.document.name}"
    got = clients(person(role)).delete(url, headers={**WHY, "If-Match": "*"})
    assert got.status_code == status


def organisation(**changes: Any) -> Document:
    """Return the organisation's document, which says something else."""
    return example(Kind.ORGANISATION, **changes)


def test_more_risk_is_let_stand_by_two_people(clients: Clients, services: Services) -> None:
    anna, ben = person(Role.ADMINISTRATOR, id="anna"), person(Role.OWNER, id="ben")
    alone = send(clients, anna, organisation(appetite="high"), services)
    assert (alone.status_code, "takes two people" in alone.json()["detail"]) == (422, True)
    assert send(clients, anna, organisation(appetite="low"), services).status_code == 200
    asked = {"asked_by": "anna", "appetite": "high"}
    assert (
        send(clients, person(Role.ADMINISTRATOR, id="cleo"), organisation(proposed=asked), services).status_code == 422
    )
    asking = organisation(appetite="low", proposed=asked)
    assert send(clients, anna, asking, services).status_code == 200
    both = person(Role.ADMINISTRATOR, Role.OWNER, id="anna")
    wanted = organisation(appetite="high")
    assert [send(clients, who, wanted, services).status_code for who in (anna, both)] == [403, 422]
    assert send(clients, person(Role.OWNER, id="ben", program=True), wanted, services).status_code == 422
    assert services.organisation().appetite == "low"
    assert send(clients, ben, organisation(appetite="high", title="Other"), services).status_code == 403
    assert send(clients, ben, wanted, services).status_code == 200
    assert services.organisation().appetite == "high"
    bad = organisation(appetite="high", proposed={"asked_by": "anna", "classes": ["one"]})
    told = send(clients, anna, bad, services).json()["errors"]
    assert told[0]["detail"].startswith("what is proposed can't be: `classes` needs two classes")


def test_another_name_makes_no_second_person(clients: Clients, services: Services) -> None:
    """People choose their own name: asking under one and confirming under another takes one person."""
    first = msgspec.structs.replace(person(Role.ADMINISTRATOR, Role.OWNER, id="anna"), name="Somebody Else")
    later = msgspec.structs.replace(first, name="Anna")
    asked = {"asked_by": "Somebody Else", "appetite": "high"}
    assert send(clients, first, organisation(appetite="low"), services).status_code in (200, 201)
    assert send(clients, first, organisation(appetite="low", proposed=asked), services).status_code == 200
    other = organisation(appetite="low", proposed=asked, title="Renamed")
    assert send(clients, person(Role.ADMINISTRATOR, id="cleo"), other, services).status_code == 200
    wanted = organisation(appetite="high", title="Renamed")
    assert send(clients, later, wanted, services).status_code == 422
    stored = loosened.waiting(services)
    assert stored is not None
    with pytest.raises(PermissionDeniedException, match="another one"):
        loosened.confirm(services, later, stored.version)
    with pytest.raises(PermissionDeniedException, match="`accept`"):
        loosened.drop(
            services, msgspec.structs.replace(person(Role.BUSINESS, id="bo"), name="Somebody Else"), stored.version
        )
    assert send(clients, person(Role.ADMINISTRATOR, Role.OWNER, id="cleo"), wanted, services).status_code == 200


def test_taking_the_organisation_out_is_no_way_around_a_second_person(clients: Clients, services: Services) -> None:
    anna = person(Role.ADMINISTRATOR, id="anna")
    url, headers = "/api/v1/organisations/organisation", {**WHY, "If-Match": "*"}
    keep(services, organisation(appetite="low"))
    assert clients(anna).delete(url, headers=headers).status_code == 422
    keep(services, organisation(appetite="medium"))
    assert clients(anna).delete(url, headers=headers).status_code == 204
    assert send(clients, anna, organisation(appetite="high"), services).status_code == 422
    assert send(clients, anna, organisation(appetite="medium"), services).status_code == 201
