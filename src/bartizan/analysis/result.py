"""What a review says, as typed values. Every report is made from these and nothing else."""

from __future__ import annotations

from datetime import date

import msgspec

from bartizan.model import Decision, Level, LossKind, Stage, Status


class Change(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One single change after which a threat or path is gone: a control at a place, or a change of the design."""

    text: str
    control: str = ""
    placement: str = ""


class ThreatView(msgspec.Struct, kw_only=True):
    """A weakness at a place.

    `id` is `rule@component` and stays the same whatever else changes. `score` (0 to 100) ranks by what the threat leads
    to. `at` is where it sits; `components` are all that take part, `at` first. `also_at` are ids of the same rule at
    other places. `leads_to` are loss ids. `why` are the facts that make it fire, as sentences.
    """

    id: str
    rule: str
    title: str
    description: str
    severity: Level
    score: float
    at: str
    components: list[str]
    also_at: list[str]
    atlas: list[str]
    owasp_llm: list[str]
    owasp_agentic: list[str]
    owasp_ml: list[str]
    stride: list[str]
    lifecycle: list[Stage]
    leads_to: list[str]
    paths: list[str]
    why: list[str]
    removed_by: list[Change]
    remedy: str
    verify: str
    status: Status
    decision: Decision | None = None


class PathStep(msgspec.Struct, kw_only=True):
    """One step of an attack path: which threat, where, from where, what the attacker gains, what would cut it."""

    threat: str
    rule: str
    title: str
    component: str
    components: list[str]
    atlas: list[str]
    gains: str
    likelihood: float
    cut_by: list[str]


class PathView(msgspec.Struct, kw_only=True):
    """An ordered attack path from a position to a loss.

    `score` is the chance that one attempt gets through (0 to 1). `via` are the components in the order in which the
    attack passes them, for drawing.
    """

    id: str
    loss: str
    kind: LossKind
    asset: str
    severity: Level
    position: str
    score: float
    via: list[str]
    steps: list[PathStep]


class LossView(msgspec.Struct, kw_only=True):
    """A loss that some attack leads to. `open`: attacks above the appetite remain with what is in place."""

    id: str
    kind: LossKind
    asset: str
    severity: Level
    magnitude: list[float]
    open: bool
    above_appetite: bool
    demand: int


class Placement(msgspec.Struct, kw_only=True):
    """A control at a place; cost in person-days of the first year; `cuts` are the threat ids it cuts there."""

    control: str
    title: str
    placement: str
    cost: float
    cuts: list[str]
    status: str = ""


class Plan(msgspec.Struct, kw_only=True):
    """The cheapest set of controls after which no loss above the appetite can be reached.

    `status` of a control in place is `proven`, `claimed`, `expired` or `failing`; the last two count for nothing. `gap`
    is the distance to the proven lower bound as a share of the cost, 0 when `optimal`. `unreachable` are losses that no
    control of the catalog brings below the appetite. With a budget, `kept_open` are the losses that the budget leaves
    open.
    """

    in_place: list[Placement]
    minimum: list[Placement]
    cost: float
    optimal: bool
    gap: float
    alternatives: list[list[Placement]]
    unreachable: list[str]
    kept_open: list[str]


class Spectrum(msgspec.Struct, kw_only=True):
    """A yearly loss as percentiles and mean, in the currency."""

    p10: float
    p50: float
    p90: float
    mean: float


class Swing(msgspec.Struct, kw_only=True):
    """How far the mean yearly loss moves when one input goes from its low to its high end."""

    input: str
    low: float
    high: float


class LossRisk(msgspec.Struct, kw_only=True):
    """One loss: events per year (mean) and mean yearly money, before and after the controls in place."""

    loss: str
    events: float
    inherent: float
    residual: float
    planned: float


class Risk(msgspec.Struct, kw_only=True):
    """Money at risk per year. `inherent`: no control; `residual`: with those in place; `planned`: with the minimum too.

    Each exceedance curve is a list of [money, probability that a year costs more].
    """

    currency: str
    trials: int
    seed: int
    appetite: float | None
    inherent: Spectrum
    residual: Spectrum
    planned: Spectrum
    exceedance: list[list[float]]
    exceedance_inherent: list[list[float]]
    exceedance_planned: list[list[float]]
    tornado: list[Swing]
    losses: list[LossRisk]
    assumptions: list[str]


class FrameworkCoverage(msgspec.Struct, kw_only=True):
    """Of the items that this system's threats call for: met by controls in place, met by the plan, left open."""

    covered: list[str]
    planned: list[str]
    gaps: list[str]


class LabelView(msgspec.Struct, kw_only=True):
    """A component's label in words."""

    confidentiality: str
    categories: list[str]
    integrity: str


class DataEvidenceView(msgspec.Struct, kw_only=True):
    """What was found in a data asset beside what the system declares, in the words of its scheme.

    `found` is empty where no class was told. `raised`: the finding goes beyond the declaration, and the review counts
    the asset as both together. `counts` are findings by data type.
    """

    asset: str
    declared: str
    found: str
    declared_categories: list[str]
    found_categories: list[str]
    new_categories: list[str]
    raised: bool
    counts: dict[str, int]
    source: str
    observed_at: date
    digest: str


class ScanEvidenceView(msgspec.Struct, kw_only=True):
    """What a scan said about a component; `fresh` while it counts on the day. `counts` are findings by rule."""

    component: str
    verdict: str
    fresh: bool
    counts: dict[str, int]
    source: str
    observed_at: date
    good_until: date
    digest: str


class SystemRef(msgspec.Struct, kw_only=True):
    """Which system was reviewed."""

    id: str
    name: str


class Review(msgspec.Struct, kw_only=True):
    """The whole review, in the shape of `bartizan/review/1`."""

    schema: str = "bartizan/review/1"
    system: SystemRef
    as_of: date
    appetite: Level | float = Level.MEDIUM
    threats: list[ThreatView]
    appendix: list[ThreatView]
    paths: list[PathView]
    losses: list[LossView]
    controls: Plan
    risk: Risk
    coverage: dict[str, FrameworkCoverage]
    labels: dict[str, LabelView]
    notes: list[str]
    data_evidence: list[DataEvidenceView] = []
    scan_evidence: list[ScanEvidenceView] = []
