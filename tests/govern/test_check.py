"""What is wrong with a document that its types can't say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.govern.check import check_document, statements_for
from bartizan.model import InputError, InputErrors
from bartizan.model.documents import (
    SPECS,
    Document,
    Kind,
    Organisation,
    Unit,
    parse_document,
)
from bartizan.model.yamltree import to_yaml
from tests.govern.support import components, system
from tests.support import packaged_catalog

ORGANISATION = Organisation(title="x", units={"claims": Unit(title="Claims")})
NAMES = {(Kind.VENDOR, "acme"), (Kind.TOOL, "writer"), (Kind.SYSTEM, "bot")}
SANDBOX = {"id": "trial", "purpose": "p", "owner": "o", "data": {"highest": "public"}, "models": ["*"],
           "starts": "2026-01-01", "ends": "2026-02-01"}  # fmt: skip
EXCEPTION = {
    "title": "t",
    "control": "rate-limit",
    "owner": "o",
    "why": "w",
    "starts": "2026-01-01",
    "ends": "2026-02-01",
}
CLAIM = {"criterion": "location", "value": "EU", "seen_on": "2026-02-01"}
STATEMENT = {"id": "s", "number": "1.1", "section": "a", "text": "t"}
US: dict[str, Any] = {"title": "Us"}


def document(kind: str, spec: dict[str, Any], name: str = "it", unit: str = "") -> Document:
    name = spec.get("id", "organisation" if kind == "Organisation" else name)
    made = msgspec.convert(spec, SPECS[Kind(kind)])
    return Document(kind=Kind(kind), name=name, unit=unit, spec=made)


def wrong(one: Document, statements: set[str] | None = None) -> list[str]:
    try:
        check_document(one, ORGANISATION, packaged_catalog(), lambda kind, name: (kind, name) in NAMES, statements)
    except InputErrors as errors:
        return [error.message for error in errors.errors]
    except InputError as error:
        return [error.message]
    return []


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("Tool", {"title": "T", "vendor": "acme", "highest": "internal", "instead": ["writer"], "claims": [CLAIM]}),
        ("Vendor", {"title": "V", "claims": [{**CLAIM, "good_until": "2026-02-01"}]}),
        ("Sandbox", SANDBOX),
        ("Exception", {**EXCEPTION, "systems": ["bot"], "compensating": ["kill-switch"]}),
        (
            "Organisation",
            {**US, "frameworks": ["mitre-atlas"], "units": {"a": {"title": "A"}, "b": {"title": "B", "parent": "a"}}},
        ),
        (
            "Policy",
            {"title": "P", "statements": [{**STATEMENT, "controls": ["rate-limit"], "maps": {"mitre-atlas": ["x"]}}]},
        ),
    ],
)
def test_a_document_that_is_right_passes(kind: str, spec: dict[str, Any]) -> None:
    assert wrong(document(kind, spec, unit="claims" if kind != "Organisation" else "")) == []


def test_a_system_that_is_right_passes() -> None:
    made = system(controls=["ai-inventory"], components=components(agent=["rate-limit"]))

    assert wrong(Document(kind=Kind.SYSTEM, name="bot", unit="claims", spec=made)) == []


def test_a_unit_has_to_exist() -> None:
    assert wrong(document("Tool", {"title": "T"}, unit="claim")) == ["`unit` is `claim`, and there is no such unit"]


def test_a_systems_classes_and_controls_have_to_be_known() -> None:
    flows = [{"from": "people", "to": "agent", "controls": [{"control": "c-flow"}]}]
    made = system(
        classes=["public", "odd"],
        data={"claims": {"class": "odd"}},
        controls=["c-system"],
        components=components(agent=["c-agent"]),
        flows=flows,
    )

    assert wrong(Document(kind=Kind.SYSTEM, name="bot", spec=made)) == [
        "`data.claims.class` is `odd`, which is no class of the organisation",
        "`controls` names `c-system`, which is no control of the catalog",
        "`components.agent.controls` names `c-agent`, which is no control of the catalog",
        "`flows.people->agent.controls` names `c-flow`, which is no control of the catalog",
    ]


@pytest.mark.parametrize(
    ("kind", "spec", "says"),
    [
        ("Tool", {"vendor": "acm"}, "`vendor` is `acm`, and the register has no such vendor"),
        ("Tool", {"highest": "secret"}, "`highest` is `secret`, which is no class of the organisation"),
        ("Tool", {"instead": ["it"]}, "`instead` names the tool itself"),
        ("Tool", {"instead": ["reader"]}, "`instead` names `reader`, and the register has no such tool"),
        ("Tool", {"decided_on": "2026-02-01", "good_until": "2026-01-01"}, "`good_until` is before `decided_on`"),
        ("Vendor", {"claims": [{**CLAIM, "good_until": "2026-01-31"}]}, "`good_until` is before `claims[0].seen_on`"),
        (
            "Sandbox",
            {**SANDBOX, "data": {"highest": "x"}},
            "`data.highest` is `x`, which is no class of the organisation",
        ),
        ("Sandbox", {**SANDBOX, "ends": "2026-01-01"}, "`ends` is not after `starts`"),
        ("Sandbox", {**SANDBOX, "starts": "soon"}, "`starts` is neither a day nor a time"),
        ("Sandbox", {**SANDBOX, "models": []}, "`models` names no model"),
        ("Sandbox", {**SANDBOX, "owner": " "}, "`owner` is empty"),
        ("Sandbox", {**SANDBOX, "budget": {"tokens": -1}}, "`budget` is below 0"),
        ("Exception", {**EXCEPTION, "control": "magic"}, "`control` names `magic`, which is no control of the catalog"),
        (
            "Exception",
            {**EXCEPTION, "statement": "s1"},
            "an exception is from a `statement` or from a `control`, and from one of them",
        ),
        ("Exception", {**EXCEPTION, "systems": ["b"]}, "`systems` names `b`, and the register has no such system"),
        (
            "Exception",
            {**EXCEPTION, "compensating": ["m"]},
            "`compensating` names `m`, which is no control of the catalog",
        ),
        ("Exception", {**EXCEPTION, "compensating": ["rate-limit"]}, "`rate-limit` can't stand in for itself"),
        ("Exception", {**EXCEPTION, "ends": "2025-01-01"}, "`ends` is before `starts`"),
        ("Exception", {**EXCEPTION, "approved_by": "a", "refused_by": "b"}, "it is approved and refused at once"),
        (
            "Organisation",
            {"classes": ["one"]},
            "`classes` needs two classes at least, the lowest first, each with a name",
        ),
        ("Organisation", {"classes": ["a", "b", "a"], "tiers": []}, "`classes` has `a` twice"),
        ("Organisation", {"frameworks": ["iso-1"]}, "`frameworks` names `iso-1`, which is no framework of the catalog"),
        ("Organisation", {"appetite": -1.0}, "`appetite` is below 0"),
        (
            "Organisation",
            {"units": {"a": {"title": "A", "parent": "b"}}},
            "`units.a.parent` is `b`, and there is no such unit",
        ),
        ("Organisation", {"units": {"a": {"title": "A", "parent": "a"}}}, "the unit `a` is below itself"),
        (
            "Organisation",
            {"tiers": [{"id": "t", "title": "T", "highest": "x"}]},
            "`tiers.t.highest` is `x`, which is none of the classes",
        ),
        (
            "Organisation",
            {"tiers": [{"id": "t", "title": "T", "review_days": 0}]},
            "the days of `tiers.t` have to be 1 or more",
        ),
        ("Organisation", {"tiers": [{"id": "t", "title": "T"}] * 2}, "`tiers: id` has `t` twice"),
        ("Policy", {"statements": [STATEMENT, {**STATEMENT, "number": "1.2"}]}, "`statements: id` has `s` twice"),
        ("Policy", {"statements": [STATEMENT, {**STATEMENT, "id": "r"}]}, "`statements: number` has `1.1` twice"),
        (
            "Policy",
            {"statements": [{**STATEMENT, "controls": ["m"]}]},
            "`statements.s.controls` names `m`, which is no control of the catalog",
        ),
        (
            "Policy",
            {"statements": [{**STATEMENT, "maps": {"m": []}}]},
            "`statements.s.maps` names `m`, which is no framework of the catalog",
        ),
        ("Policy", {"effective": "2026-02-01", "review_by": "2026-01-01"}, "`review_by` is before `effective`"),
    ],
)
def test_what_is_wrong_is_told_with_its_path(kind: str, spec: dict[str, Any], says: str) -> None:
    title = {} if kind == "Sandbox" else {"title": "T"}

    assert says in wrong(document(kind, {**title, **spec}))


def test_units_in_a_circle_are_told_and_those_below_it_are_not() -> None:
    units = {"a": {"title": "A", "parent": "b"}, "b": {"title": "B", "parent": "a"}, "c": {"title": "C", "parent": "a"}}

    assert wrong(document("Organisation", {**US, "units": units})) == [
        "the unit `a` is below itself",
        "the unit `b` is below itself",
    ]


@pytest.mark.parametrize(("statements", "found"), [(None, 0), ({"s1"}, 0), ({"s2"}, 1)])
def test_a_statement_has_to_be_in_the_catalog_where_that_is_known(statements: set[str] | None, found: int) -> None:
    spec = {**EXCEPTION, "statement": "s1"}
    del spec["control"]

    assert len(wrong(document("Exception", spec), statements)) == found


def test_a_bare_sandbox_is_checked_as_it_lies_in_a_folder() -> None:
    read = parse_document(to_yaml({**SANDBOX, "ends": "2026-01-01"}).encode(), "trial.yaml")

    assert wrong(read) == ["`ends` is not after `starts`"]


def test_a_statement_is_the_catalogs_or_stands_in_a_policy() -> None:
    own = {"id": "own", "number": "1.1", "section": "S", "text": "It must be so"}
    policy = document("Policy", {"title": "P", "statements": [own], "retired": {"1.2": "gone"}})
    asked: list[str] = []

    def policies() -> list[Document]:
        asked.append("policies")
        return [policy]

    def told(statement: str) -> list[str]:
        one = document("Exception", {**EXCEPTION, "control": None, "statement": statement})
        return wrong(one, {*statements_for(one, {"s1"}, policies)})

    assert told("s1") == []
    assert asked == []
    assert told("own") == told("gone") == []
    assert told("other") == ["`statement` is `other`, and the catalog has no such statement"]
    assert statements_for(policy, {"s1"}, policies) == {"s1"}
