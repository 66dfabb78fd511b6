"""Sentences that several formats share: the verdict, a loss, an amount of money."""

from __future__ import annotations

from bartizan.analysis.result import (
    DataEvidenceView,
    LossView,
    PathView,
    Placement,
    Review,
    ScanEvidenceView,
    ThreatView,
)
from bartizan.catalog import Catalog
from bartizan.model import Level, LossKind, Status, System

__all__ = [
    "SEVERITIES",
    "component_name",
    "count",
    "days",
    "found_phrase",
    "found_where",
    "loss_phrase",
    "money",
    "open_losses",
    "open_threats",
    "percent",
    "placement_phrase",
    "position_phrase",
    "scanned_phrase",
    "verdict",
]

SEVERITIES = tuple(reversed(Level))
"""Most severe first."""

_LOSS = {
    LossKind.DISCLOSURE: "disclosure of {}",
    LossKind.ACTION: "unauthorised action by {}",
    LossKind.TAKEOVER: "takeover of {}",
    LossKind.CORRUPTION: "corruption of {}",
    LossKind.POISONING: "poisoning of {}",
    LossKind.THEFT: "theft of {}",
    LossKind.EVASION: "evasion of {}",
    LossKind.COST: "runaway cost of {}",
    LossKind.OUTAGE: "outage of {}",
    LossKind.HARM: "harm through {}",
    LossKind.DECEPTION: "deception through {}",
    LossKind.DUTY: "breach of a duty about {}",
}


def verdict(review: Review) -> tuple[bool, str]:
    """Return whether the system stays within the appetite, and the sentence that says so with its numbers."""
    above, threats = open_losses(review), open_threats(review)
    severe = [f"{number} {level}" for level in SEVERITIES if (number := sum(t.severity == level for t in threats))]
    found = f"{', '.join(severe)} {'threat' if len(threats) == 1 else 'threats'} open" if severe else "no open threat"
    if above:
        return False, f"above the appetite: {count(len(above), 'loss', 'losses')} can be reached; {found}"
    return True, f"within the appetite: no loss above it can be reached; {found}"


def open_threats(review: Review) -> list[ThreatView]:
    """Threats that nobody has decided about and nothing cuts, ranked ones first."""
    return [threat for threat in (*review.threats, *review.appendix) if threat.status is Status.OPEN]


def open_losses(review: Review) -> list[LossView]:
    """Losses above the appetite that some attack still reaches."""
    return [loss for loss in review.losses if loss.open and loss.above_appetite]


def loss_phrase(loss: LossView | PathView, system: System) -> str:
    """Say a loss in words: `disclosure of HR cases`."""
    return _LOSS[loss.kind].format(component_name(loss.asset, system))


def component_name(name: str, system: System) -> str:
    """Return what people call a component, data asset or zone; its id where it has no name."""
    for entries in (system.components, system.data, system.zones):
        if name in entries:
            return entries[name].name or name
    return name


def position_phrase(position: str, catalog: Catalog) -> str:
    """Say where an attacker starts."""
    return catalog.positions[position].title if position in catalog.positions else position


def placement_phrase(place: Placement) -> str:
    """Say a control and where it stands."""
    return f"{place.control} at {place.placement}"


def money(amount: float, currency: str) -> str:
    """Write an amount with three significant digits: `CHF 1.48 M`. Less than one is 0."""
    for unit, size in (("bn", 1e9), ("M", 1e6), ("k", 1e3)):
        if amount >= size * 0.9995:
            return f"{currency} {_three(amount / size)} {unit}"
    return f"{currency} {amount:.0f}"


def percent(share: float) -> str:
    """Write a share between 0 and 1; small ones as `< 1 %`."""
    if 0 < share < 0.01:
        return "< 1 %"
    return f"{share * 100:.0f} %"


def days(number: float) -> str:
    """Write person-days."""
    return f"{number:.3g} d" if number < 1000 else f"{number:,.0f} d"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number and the word for it."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def found_phrase(view: DataEvidenceView) -> str:
    """Say what was found in a data asset beside what is declared: `declared internal, found restricted`."""
    said = f"found {view.found}, as declared" if view.found == view.declared else f"declared {view.declared}"
    if view.found != view.declared:
        said += f", found {view.found}" if view.found else ", no class told"
    return f"{said}; not declared: {', '.join(view.new_categories)}" if view.new_categories else said


def found_where(view: DataEvidenceView, most: int = 4) -> str:
    """Say where and when it was found, and how much of which data type."""
    counts = sorted(view.counts.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{number:,} {name}" for name, number in counts[:most]]
    if len(counts) > most:
        said.append(f"and {len(counts) - most} more types")
    return ": ".join(part for part in (f"{view.source}, {view.observed_at}", ", ".join(said)) if part)


def scanned_phrase(view: ScanEvidenceView, most: int = 4) -> str:
    """Say what a scan said, of what, when, and by which rules."""
    age = "" if view.fresh else f", out of date since {view.good_until}"
    counts = sorted(view.counts.items(), key=lambda item: (-item[1], item[0]))
    said = [f"{number:,} {name}" for name, number in counts[:most]]
    if len(counts) > most:
        said.append(f"and {len(counts) - most} more rules")
    return ": ".join(part for part in (f"{view.source}, {view.observed_at}{age}", ", ".join(said)) if part)


def _three(value: float) -> str:
    digits = 2 if value < 10 else 1 if value < 100 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
