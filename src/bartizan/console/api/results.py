"""Results of tests over HTTP, from pipelines: a report comes in as its program wrote it, and becomes evidence."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.params import FromPath, RawBody

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.api.asked import Testing, asked
from bartizan.console.api.bodies import JSON, LINES, XML, media_type, value_of
from bartizan.console.api.documents import found
from bartizan.console.api.giving import json_answer
from bartizan.console.limits import LONG
from bartizan.govern.junit import AboutTests, check_rules, from_results
from bartizan.govern.roles import Action
from bartizan.model import InputError
from bartizan.model.assurance import Proof
from bartizan.model.documents import Kind
from bartizan.model.system import System

__all__ = ["ROUTES", "Report", "Results"]

_TEXT_XML = "text/xml"


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A report as JUnit XML, and rules that tell which of its tests are about which controls."""

    report: str
    tests: list[AboutTests] = []


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """What came of results: how much evidence is new and how much was known, and how many tests that is from.

    `passed` and `failed` are tests that name a control, `without` those that name none, the first hundred of them in
    `unnamed`.
    """

    added: int
    known: int
    passed: int
    failed: int
    skipped: int
    without: int
    unnamed: list[str]
    evidence: list[Proof]


@post("/systems/{name:str}/tests", sync_to_thread=True, dear=LONG)
def add_tests(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], body: RawBody
) -> Response[bytes]:
    """Add the evidence in results of tests: all of it, or none. What is there already isn't kept twice."""
    what = asked(request, Testing)
    stored = found(services, person, Kind.SYSTEM, name)
    must(services, person, Action.CHANGE, stored.document.unit)
    system = stored.document.spec
    assert isinstance(system, System)
    type = media_type(request, XML, LINES, JSON, _TEXT_XML)
    content, rules = bytes(body), list[AboutTests]()
    if type == JSON:
        given = value_of(body, Report)
        content, rules = given.report.encode(), given.tests
        check_rules(rules)
    if what.observed_at is not None and what.observed_at > services.today():
        raise InputError(f"`observed_at` is {what.observed_at}, which is to come")
    ran = from_results(
        content, "", system, services.catalog,
        today=services.today(), xml=type != LINES, observed_at=what.observed_at, rules=rules, by=person.id,
    )  # fmt: skip
    added = 0 if what.dry_run else services.register.evidence.add(ran.proofs, at=services.now(), by=person.id)
    done = Results(
        added=added,
        known=0 if what.dry_run else len(ran.proofs) - added,
        passed=ran.passed,
        failed=ran.failed,
        skipped=ran.skipped,
        without=ran.without,
        unnamed=ran.unnamed,
        evidence=ran.proofs,
    )
    return json_answer(done, 201 if added else 200)


ROUTES = [add_tests]
