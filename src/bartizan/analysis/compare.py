"""What a change of a design does: two reviews compared by the stable ids of what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from bartizan.analysis.result import LossView, PathView, Placement, Review, SystemRef, ThreatView
from bartizan.model import Status

__all__ = ["Difference", "RiskChange", "StatusChange", "compare"]

T = TypeVar("T")


class StatusChange(msgspec.Struct, kw_only=True):
    """A threat that both designs have and that stands differently."""

    threat: str
    old: Status
    new: Status


class RiskChange(msgspec.Struct, kw_only=True):
    """Mean yearly loss (old, new): with what is in place, and with the plan."""

    currency: str
    residual: tuple[float, float]
    planned: tuple[float, float]


class Difference(msgspec.Struct, kw_only=True):
    """What the new design has that the old one had not, and the other way round, in the order of the reviews.

    `losses_opened` can be reached above the appetite now and could not before. `controls` are those of the minimum
    sets.
    """

    schema: str = "bartizan/diff/1"
    old: SystemRef
    new: SystemRef
    threats_added: list[ThreatView]
    threats_removed: list[ThreatView]
    status_changed: list[StatusChange]
    losses_opened: list[LossView]
    losses_closed: list[LossView]
    paths_added: list[PathView]
    paths_removed: list[PathView]
    controls_added: list[Placement]
    controls_removed: list[Placement]
    risk: RiskChange

    @property
    def same(self) -> bool:
        """Tell whether the two designs have the same threats, paths, needs and risk."""
        lists = (
            self.threats_added,
            self.threats_removed,
            self.status_changed,
            self.losses_opened,
            self.losses_closed,
            self.paths_added,
            self.paths_removed,
            self.controls_added,
            self.controls_removed,
        )
        return not any(lists) and all(old == new for old, new in (self.risk.residual, self.risk.planned))


def compare(old: Review, new: Review) -> Difference:
    """Compare two reviews made with the same options on the same day."""
    old_threats, new_threats = (_by(_threats(review), lambda threat: threat.id) for review in (old, new))
    old_paths, new_paths = (_by(review.paths, lambda path: path.id) for review in (old, new))
    old_open, new_open = (
        _by((loss for loss in review.losses if loss.open and loss.above_appetite), lambda loss: loss.id)
        for review in (old, new)
    )
    old_controls, new_controls = (
        _by(review.controls.minimum, lambda place: f"{place.control}@{place.placement}") for review in (old, new)
    )
    return Difference(
        old=old.system,
        new=new.system,
        threats_added=_only(new_threats, old_threats),
        threats_removed=_only(old_threats, new_threats),
        status_changed=[
            StatusChange(threat=name, old=old_threats[name].status, new=threat.status)
            for name, threat in new_threats.items()
            if name in old_threats and old_threats[name].status != threat.status
        ],
        losses_opened=_only(new_open, old_open),
        losses_closed=_only(old_open, new_open),
        paths_added=_only(new_paths, old_paths),
        paths_removed=_only(old_paths, new_paths),
        controls_added=_only(new_controls, old_controls),
        controls_removed=_only(old_controls, new_controls),
        risk=RiskChange(
            currency=new.risk.currency,
            residual=(old.risk.residual.mean, new.risk.residual.mean),
            planned=(old.risk.planned.mean, new.risk.planned.mean),
        ),
    )


def _threats(review: Review) -> Iterable[ThreatView]:
    yield from review.threats
    yield from review.appendix


def _by(entries: Iterable[T], key: Callable[[T], str]) -> dict[str, T]:
    return {key(entry): entry for entry in entries}


def _only(these: dict[str, T], others: dict[str, T]) -> list[T]:
    return [entry for name, entry in these.items() if name not in others]
