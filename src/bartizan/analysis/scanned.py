"""What scans said about components: safe proves a control for a while, dangerous is what an attacker has reached."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from bartizan.analysis.result import ScanEvidenceView
from bartizan.model import Evidence, Placed, ScanEvidence, System

__all__ = ["SCANNING", "as_scanned", "scan_notes", "scan_proofs", "scan_views", "standing_results"]

SCANNING = "artefact-scanning"
"""The control that a scan without findings proves."""
_GOOD_FOR = timedelta(days=30)
"""How long a result counts where it doesn't say: what the control's verification in the catalog asks for."""
_WORST_FIRST = ("dangerous", "unknown", "safe")


def as_scanned(system: System, as_of: date) -> System:
    """Return the system with the results that stand on that day, and what they prove.

    A component with fresh results that are all safe has artefact scanning proven; with another one it hasn't, whatever
    it claims: evidence that something is wrong is no evidence that a control works.
    """
    standing = standing_results(system, as_of)
    if not standing:
        return msgspec.structs.replace(system, scan_evidence=[])
    components = dict(system.components)
    for name, proof in scan_proofs(system, as_of).items():
        others = [item for item in components[name].controls if _named(item) != SCANNING]
        if all(evidence.fresh(as_of) for evidence in proof):
            others.append(Placed(control=SCANNING, evidence=proof))
        components[name] = msgspec.structs.replace(components[name], controls=others)
    return msgspec.structs.replace(system, components=components, scan_evidence=standing)


def scan_proofs(system: System, as_of: date) -> dict[str, list[Evidence]]:
    """Return what the results that stand on a day say of `SCANNING`, by component."""
    found: dict[str, list[Evidence]] = {}
    for one in standing_results(system, as_of):
        found.setdefault(one.component, []).append(_proof(one))
    return found


def standing_results(system: System, as_of: date) -> list[ScanEvidence]:
    """Return the last result from each source about each component that exists, as known on the day."""
    known = [found for found in system.scan_evidence if found.observed_at <= as_of]
    last = {(found.component, found.source): found for found in sorted(known, key=lambda found: found.observed_at)}
    return [last[key] for key in sorted(last)]


def scan_views(system: System, as_of: date) -> list[ScanEvidenceView]:
    """Return the results that stand, the worst first."""
    views = [
        ScanEvidenceView(
            component=found.component,
            verdict=found.verdict,
            fresh=as_of <= _until(found),
            counts=dict(sorted(found.counts.items())),
            source=found.source,
            observed_at=found.observed_at,
            good_until=_until(found),
            digest=found.digest,
        )
        for found in standing_results(system, as_of)
    ]
    return sorted(views, key=lambda view: (_WORST_FIRST.index(view.verdict), view.component, view.source))


def scan_notes(system: System, as_of: date) -> list[str]:
    """Say which results count for nothing, and why."""
    return [
        f"a scan of `{found.component}` is of {found.observed_at}, after the day of this review"
        for found in system.scan_evidence
        if found.observed_at > as_of
    ]


def _proof(found: ScanEvidence) -> Evidence:
    return Evidence(
        source=f"scan of {found.source}",
        outcome="pass" if found.verdict == "safe" else "fail",
        observed_at=found.observed_at,
        good_until=_until(found),
        digest=found.digest,
    )


def _until(found: ScanEvidence) -> date:
    return found.good_until or found.observed_at + _GOOD_FOR


def _named(item: str | Placed) -> str:
    return item.control if isinstance(item, Placed) else item
