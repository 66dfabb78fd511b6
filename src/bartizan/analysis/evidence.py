"""What was found in the data against what the system declares: findings raise a class, and never lower it."""

from __future__ import annotations

from datetime import date

import msgspec

from bartizan.analysis.result import DataEvidenceView
from bartizan.model import Data, DataEvidence, Label, System

__all__ = ["as_found", "evidence_notes", "evidence_views"]


def as_found(system: System, as_of: date) -> System:
    """Return the system with each data asset's class and categories joined with what was found in it by that day."""
    data = dict(system.data)
    for found in standing_evidence(system, as_of):
        data[found.asset] = _joined(system, data[found.asset], found)
    return msgspec.structs.replace(system, data=data)


def standing_evidence(system: System, as_of: date) -> list[DataEvidence]:
    """Return the last finding from each source about each asset that exists, as known on the day."""
    known = [found for found in system.data_evidence if found.asset in system.data and found.observed_at <= as_of]
    last = {(found.asset, found.source): found for found in sorted(known, key=lambda found: found.observed_at)}
    return [last[key] for key in sorted(last)]


def evidence_views(system: System, as_of: date) -> list[DataEvidenceView]:
    """Set what was found beside what `system` declares; what goes beyond comes first."""
    views = []
    for found in standing_evidence(system, as_of):
        data = system.data[found.asset]
        new = sorted(category.value for category in {*found.categories} - {*data.categories})
        higher = bool(found.class_) and system.scheme.level(found.class_) > system.scheme.level(data.class_)
        views.append(
            DataEvidenceView(
                asset=found.asset,
                declared=data.class_,
                found=found.class_,
                declared_categories=sorted(category.value for category in data.categories),
                found_categories=sorted(category.value for category in found.categories),
                new_categories=new,
                raised=higher or bool(new),
                counts=dict(sorted(found.counts.items())),
                source=found.source,
                observed_at=found.observed_at,
                digest=found.digest,
            )
        )
    return sorted(views, key=lambda view: (not view.raised, view.asset, view.source))


def evidence_notes(system: System, as_of: date) -> list[str]:
    """Say which findings count for nothing, and why."""
    notes = []
    for found in system.data_evidence:
        if found.asset not in system.data:
            notes.append(f"a finding is about `{found.asset}`, which is no data asset of this system")
        elif found.observed_at > as_of:
            notes.append(f"a finding about `{found.asset}` is of {found.observed_at}, after the day of this review")
    return notes


def _joined(system: System, data: Data, found: DataEvidence) -> Data:
    scheme = system.scheme
    label = Label(scheme.level(data.class_), frozenset(data.categories))
    if found.class_:
        label = label.join(Label(scheme.level(found.class_)))
    label = label.join(Label(categories=frozenset(found.categories)))
    categories = [*data.categories, *sorted(label.categories - {*data.categories})]
    return msgspec.structs.replace(data, class_=scheme.name(label.level), categories=categories)
