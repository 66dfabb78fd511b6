"""A policy whose texts stay the same, so that a snapshot of a report changes with the report alone."""

from __future__ import annotations

from datetime import date
from typing import Any

from bartizan.catalog.statements import Measure, PolicyDocument, PolicySection, Statements, arranged
from bartizan.model.documents import Enforcement, ExceptionSpec, PolicySpec, PolicyState, Statement
from bartizan.report.policy import build_policy
from bartizan.report.policy_paper import PolicyPaper
from tests.report.steady import steady_catalog

__all__ = ["ACTIVE", "DAY", "EXCEPTIONS", "OLD", "POLICY", "paper"]

DAY = date(2026, 11, 28)
MEASURES = [
    Measure(id="budgets", title={"en": "Budgets of calls", "de": "Budgets für Aufrufe"}, key="budgets"),
    Measure(id="events", title={"en": "Every decision on record"}, key="events"),
]


def held(*words: str) -> list[Enforcement]:
    return [Enforcement(by=by, what=what) for by, _, what in (word.partition(":") for word in words)]


def one(id: str, number: str, section: str, text: str, *by: str, level: str = "must", **given: Any) -> Statement:
    return Statement(id=id, number=number, section=section, text=text, level=level, enforced=held(*by), **given)


POLICY = PolicySpec(
    title="Rules for agents",
    edition="2.0",
    purpose="Says what agents may do.",
    scope="Every agent.",
    owner="CISO",
    state=PolicyState.PUBLISHED,
    approved_by="ann",
    approved_on=date(2026, 11, 20),
    effective=date(2026, 12, 1),
    review_by=date(2027, 12, 1),
    statements=[
        one("owned", "1.1", "Owners", "Every agent must have an owner.",
            maps={"eu-ai-act": ["Art. 14", "Art. 15"], "nist-800-53": ["AC-3"]}),
        one("budget", "1.2", "Owners", "Every agent must have a budget.", "gateway:budgets", maps={"dora": ["Art. 9"]}),
        one("logged", "2.1", "Watching", "Calls must be on record.", "gateway:events", "policy:mcp-use"),
        one("pinned", "2.3", "Watching", "Tools should be pinned.", "scan:pin-changed", level="should"),
        one("free", "2.10", "Watching", "Anybody may ask.", level="may", own=True),
    ],
    retired={"2.2": "gone"},
)  # fmt: skip
OLD = PolicySpec(
    title="Rules for agents",
    edition="1.1",
    purpose="Says what agents may do.",
    scope="Every agent.",
    owner="CISO",
    state=PolicyState.PUBLISHED,
    statements=[
        one("owned", "1.1", "Owners", "Each agent must have some owner."),
        one("budget", "1.3", "Owners", "Every agent must have a budget.", "gateway:budgets", maps={"dora": ["Art. 9"]}),
        one("gone", "2.2", "Watching", "Calls should be counted."),
        one("pinned", "2.3", "Watching", "Tools should be pinned.", "scan:pin-changed"),
        one("free", "2.10", "Watching", "Anybody may ask.", level="may"),
    ],
)
ACTIVE = frozenset({"gateway:budgets", "gateway:events"})


def exempt(title: str, statement: str, ends: date, **given: Any) -> ExceptionSpec:
    plain: dict[str, Any] = {
        "owner": "claims IT", "why": "The vendor is late.", "starts": date(2026, 10, 1), "approved_by": "ann"
    }  # fmt: skip
    return ExceptionSpec(**{**plain, "title": title, "statement": statement, "ends": ends, **given})


EXCEPTIONS = [
    exempt("Later trial", "pinned", date(2027, 3, 31), starts=date(2027, 1, 1)),
    exempt("Old bot", "budget", DAY, systems=["old-bot"], compensating=["human-approval", "our-own"]),
    exempt("Ended", "budget", date(2026, 11, 27)),
    exempt("Not approved", "budget", date(2027, 1, 1), approved_by=""),
    exempt("Of another policy", "elsewhere", date(2027, 1, 1)),
]


def paper(policy: PolicySpec = POLICY, **given: Any) -> PolicyPaper:
    document = PolicyDocument(
        id="rules", order=1, title={"en": "R"}, purpose={"en": "P"}, scope={"en": "S"},
        sections=[PolicySection(id="first", title={"en": "F"})],
    )  # fmt: skip
    known: Statements = arranged([document], [], MEASURES)
    return build_policy(policy, **{"catalog": steady_catalog(), "statements": known, "day": DAY, **given})
