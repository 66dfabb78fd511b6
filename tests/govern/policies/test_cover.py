"""Which items of frameworks statements answer for, and how statements are held."""

from __future__ import annotations

from bartizan.catalog.statements import load_statements
from bartizan.govern.policies import coverage, draft, enforcement, named
from bartizan.model.documents import Area, Enforcement, Organisation, PolicySpec, Statement
from tests.support import packaged_catalog

CATALOG = packaged_catalog()


def one(id: str, number: str, maps: dict[str, list[str]] | None = None, *held: str) -> Statement:
    enforced = [Enforcement(by=by, what=what) for by, _, what in (word.partition(":") for word in held)]
    return Statement(id=id, number=number, section="First", text="It must.", maps=maps or {}, enforced=enforced)


def policy(*statements: Statement) -> PolicySpec:
    return PolicySpec(title="Rules", statements=list(statements))


def test_an_item_is_covered_by_statements_that_are_mapped_to_it_or_to_a_heading_above_it() -> None:
    policies = {
        "b": policy(one("y", "1.10", {"iso-42001": ["A.2.2"]}), one("x", "1.2", {"iso-42001": ["A.2.2"]})),
        "a": policy(one("z", "1.1", {"iso-42001": ["A.2"]})),
    }
    found = coverage(policies, CATALOG)
    assert [each.framework for each in found] == ["iso-42001"]
    covered = found[0].covered
    assert covered == {"A.2.2": ["b 1.2", "b 1.10", "a 1.1"], "A.2.3": ["a 1.1"], "A.2.4": ["a 1.1"]}
    assert len(covered) + len(found[0].gaps) == 38
    assert found[0].share == 3 / 38


def test_a_framework_that_is_asked_for_is_told_even_when_nothing_covers_it() -> None:
    found = coverage({}, CATALOG, ["dora"])
    assert (found[0].framework, found[0].covered, found[0].share) == ("dora", {}, 0.0)
    assert "Art. 30(2)" in found[0].gaps
    assert "Art. 30" not in found[0].gaps
    assert coverage({}, CATALOG) == []


def test_the_packaged_set_covers_most_of_the_duties_about_security() -> None:
    area = Area(
        regions=["eu"], sectors=["finance"], develops=True, builds_agents=True, trains=True, critical_processes=True
    )
    whole = Organisation(title="Example", area=area, frameworks=["iso-42001", "nis2", "dora"])
    known = load_statements()
    policies = {id: draft(id, whole, known, CATALOG) for id in known.documents}
    shares = {each.framework: each.share for each in coverage(policies, CATALOG)}
    assert shares["nis2"] > 0.8
    assert min(shares["iso-42001"], shares["dora"]) > 0.6


def test_each_statement_says_how_it_is_held() -> None:
    rules = policy(
        one("people", "1.10"),
        one("all", "1.1", None, "gateway:budgets", "policy:mcp-use"),
        one("some", "1.2", None, "gateway:budgets", "scan:pin-changed"),
        one("none", "1.3", None, "scan:pin-changed"),
    )
    found = enforcement(rules, {"gateway:budgets", "policy:mcp-use"})
    assert [(each.id, str(each.holding)) for each in found] == [
        ("all", "active"),
        ("some", "partly"),
        ("none", "inactive"),
        ("people", "people"),
    ]
    assert [(named(by.what), by.active) for by in found[1].by] == [
        ("gateway:budgets", True),
        ("scan:pin-changed", False),
    ]
