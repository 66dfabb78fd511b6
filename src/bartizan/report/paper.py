"""What the reports for people say, in words and ready-made numbers, whatever they are printed on.

HTML, PDF and Word show the same `Paper`; each only decides where things stand and how they look.
"""

from __future__ import annotations

import msgspec

__all__ = [
    "Figure",
    "FoundRow",
    "FrameworkRow",
    "HeatMap",
    "HeatRow",
    "LossRow",
    "Paper",
    "PathCard",
    "PlanPart",
    "PlanRow",
    "Reference",
    "RiskRow",
    "ScannedRow",
    "StepCard",
    "ThreatCard",
]


class Figure(msgspec.Struct, frozen=True):
    """A number that one should remember, what it is, and a remark."""

    value: str
    label: str
    note: str


class LossRow(msgspec.Struct, frozen=True):
    """A loss. `state`: `open` above the appetite, `closed`, or `below` where the appetite takes it."""

    name: str
    severity: str
    state: str
    state_text: str
    per_event: str
    events: str
    residual: str
    planned: str


class Reference(msgspec.Struct, frozen=True):
    """An id of a framework, with its title where we know it."""

    framework: str
    id: str
    title: str


class ThreatCard(msgspec.Struct, frozen=True):
    """A threat with everything that a reader asks about it. `paths` are numbers of paths that the report shows."""

    rank: int
    id: str
    title: str
    severity: str
    score: str
    where: str
    description: str
    why: list[str]
    removed_by: list[str]
    remedy: str
    verify: str
    references: list[Reference]
    paths: list[int]
    more_paths: int
    leads_to: list[str]
    also_at: list[str]
    lifecycle: str
    status: str
    decision: str


class StepCard(msgspec.Struct, frozen=True):
    """One step of a path."""

    number: int
    title: str
    where: str
    gains: str
    atlas: list[str]
    chance: str
    cut_by: list[str]


class PathCard(msgspec.Struct, frozen=True):
    """An attack path; `number` names it in this report, `id` everywhere; `best`: none to its loss is better."""

    number: int
    id: str
    loss: str
    severity: str
    attacker: str
    chance: str
    way: list[str]
    steps: list[StepCard]
    best: bool


class PlanRow(msgspec.Struct, frozen=True):
    """A control with the places where it goes; `cost` in person-days.

    `cuts` are titles of threats, `count` how many threats it cuts.
    """

    control: str
    title: str
    places: list[str]
    cost: str
    cuts: list[str]
    count: int
    status: str = ""


class PlanPart(msgspec.Struct, frozen=True):
    """The control plan. Each alternative is a cost, what it leaves out of the plan, and what it takes instead."""

    sentence: str
    minimum: list[PlanRow]
    cost: str
    in_place: list[PlanRow]
    alternatives: list[tuple[str, list[str], list[str]]]
    left_open: list[str]


class RiskRow(msgspec.Struct, frozen=True):
    """A yearly loss under one assumption; `above` is the chance of a year above the appetite, if that is money."""

    name: str
    p10: str
    p50: str
    p90: str
    mean: str
    above: str


class FoundRow(msgspec.Struct, frozen=True):
    """What was found in a data asset; `raised`: it goes beyond what is declared."""

    name: str
    what: str
    where: str
    raised: bool


class ScannedRow(msgspec.Struct, frozen=True):
    """What a scan said about a component; `bad`: that it is dangerous."""

    name: str
    verdict: str
    what: str
    bad: bool


class FrameworkRow(msgspec.Struct, frozen=True):
    """One framework: how many of the items that the threats call for are met, planned and open."""

    id: str
    title: str
    covered: list[Reference]
    planned: list[Reference]
    gaps: list[Reference]


class HeatRow(msgspec.Struct, frozen=True):
    """A component: for each kind of loss the worst severity and the number of threats (`""`, 0: none)."""

    name: str
    cells: list[tuple[str, int]]


class HeatMap(msgspec.Struct, frozen=True):
    """Where threats sit and what they lead to."""

    kinds: list[str]
    rows: list[HeatRow]
    left_out: int


class Paper(msgspec.Struct, frozen=True):
    """The whole report."""

    id: str
    name: str
    description: str
    facts: list[tuple[str, str]]
    date: str
    good: bool
    headline: str
    sentences: list[str]
    figures: list[Figure]
    losses: list[LossRow]
    found: list[FoundRow]
    scanned: list[ScannedRow]
    threats: list[ThreatCard]
    appendix: list[ThreatCard]
    paths: list[PathCard]
    more_paths: list[PathCard]
    plan: PlanPart
    risk: list[RiskRow]
    reading: list[str]
    has_appetite: bool
    coverage: list[FrameworkRow]
    heat: HeatMap
    labels: list[tuple[str, str, str, str]]
    assumptions: list[str]
    decisions: list[tuple[str, str, str]]
    notes: list[str]
