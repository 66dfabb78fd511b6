"""Puts evidence of the register into a system, so that its review counts a control only while evidence proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import msgspec

from bartizan.analysis.scanned import SCANNING
from bartizan.govern.sites import SYSTEM, Site, Sites
from bartizan.model import Evidence, Placed, ScanEvidence, System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.base import standing_of
from bartizan.model.documents import TierRule

__all__ = ["REGISTERED", "as_evidence", "unplaced", "until", "with_proofs"]

_REGISTER = "the register"
REGISTERED = f"scan of {_REGISTER}"
"""The source of a scan in the register, once the analysis has made evidence of it."""
_Key = tuple[str, Site]


def until(proof: Proof, rule: TierRule) -> date:
    """Return the last day on which a piece of evidence counts: its own, or as long as the tier says."""
    return proof.good_until or proof.observed_at + timedelta(days=rule.evidence_days)


def as_evidence(proof: Proof, rule: TierRule) -> Evidence:
    """Return a piece of evidence in the language of systems."""
    return Evidence(
        source=proof.source.value,
        outcome=proof.outcome,
        observed_at=proof.observed_at,
        good_until=until(proof, rule),
        digest=proof.digest,
    )


def unplaced(system: System, proofs: Iterable[Proof]) -> list[Proof]:
    """Return the evidence that is about no place of the system as it is now, so that it counts for nothing."""
    sites = Sites(system)
    return [proof for proof in proofs if not sites.at(proof.place)]


def with_proofs(system: System, proofs: Sequence[Proof], rule: TierRule, as_of: date) -> System:
    """Return a system with the evidence of the register beside what the system itself says.

    At a place with evidence the evidence decides, and no longer the claim. Evidence that a control works or fails
    counts also where the system doesn't mention the control; where such evidence has ended, nothing is left of it. What
    a scan said about a component joins its `scan_evidence`, so that what is dangerous counts as reached by an attacker.
    """
    sites = Sites(system)
    scans = [_scan(proof, rule) for proof in proofs if _is_scan(proof, sites)]
    fresh: dict[_Key, list[Evidence]] = {}
    for proof in proofs:
        if not _is_scan(proof, sites):
            for site in sites.at(proof.place):
                fresh.setdefault((proof.control, site), []).append(as_evidence(proof, rule))
    if fresh:
        system = _Placing(system, sites, fresh, as_of).system()
    return msgspec.structs.replace(system, scan_evidence=[*system.scan_evidence, *scans])


def _is_scan(proof: Proof, sites: Sites) -> bool:
    about = [kind for kind, _ in sites.at(proof.place)]
    return proof.control == SCANNING and proof.source is ProofSource.SCAN and about == ["component"]


def _scan(proof: Proof, rule: TierRule) -> ScanEvidence:
    """Return a scan as the system would have it. Without a verdict a failure is no proof of danger."""
    verdict = proof.verdict or ("safe" if proof.outcome == "pass" else "unknown")
    return ScanEvidence(
        component=proof.place.strip(),
        verdict=verdict,
        source=_REGISTER,
        observed_at=proof.observed_at,
        good_until=until(proof, rule),
        digest=proof.digest,
    )


class _Placing:
    """Takes what the system says at places with evidence out of its lists, and puts it back with the evidence."""

    def __init__(self, system: System, sites: Sites, fresh: dict[_Key, list[Evidence]], as_of: date) -> None:
        self._system, self._sites, self._fresh, self._as_of = system, sites, fresh, as_of
        self._said: dict[_Key, list[Placed]] = {}

    def system(self) -> System:
        """Return the system with the evidence in it."""
        system = self._system
        components = {name: (part, self._kept(part.controls, ("component", name))) for name, part in
                      system.components.items()}  # fmt: skip
        flows = [(flow, self._kept(flow.controls, ("flow", flow.key))) for flow in system.flows]
        listed = self._listed(system.controls)
        return msgspec.structs.replace(
            system,
            components={
                name: msgspec.structs.replace(part, controls=[*kept, *self._placed(("component", name))])
                for name, (part, kept) in components.items()
            },
            flows=[
                msgspec.structs.replace(flow, controls=[*kept, *self._placed(("flow", flow.key))])
                for flow, kept in flows
            ],
            controls=[*listed, *self._placed(SYSTEM)],
        )

    def _kept(self, items: Sequence[str | Placed], site: Site) -> list[str | Placed]:
        """Return what stands at a site and has no evidence in the register; note the rest."""
        kept: list[str | Placed] = []
        for item in items:
            placed = _as_placed(item)
            if (placed.control, site) in self._fresh:
                self._said.setdefault((placed.control, site), []).append(placed)
            else:
                kept.append(item)
        return kept

    def _listed(self, items: Sequence[str | Placed]) -> list[str | Placed]:
        """Do the same for the system's own list, whose entries stand at several places."""
        kept: list[str | Placed] = []
        for item in items:
            placed = _as_placed(item)
            whole: list[str] = []
            for place in placed.on or ["system"]:
                about = self._sites.at(place)
                told = [site for site in about if (placed.control, site) in self._fresh]
                for site in told:
                    self._said.setdefault((placed.control, site), []).append(placed)
                if told:
                    whole += [name or "system" for kind, name in about if (kind, name) not in told]
                else:
                    whole.append(place)
            if len(whole) == len(placed.on or ["system"]) and (not placed.on or whole == placed.on):
                kept.append(item)
            elif whole:
                kept.append(msgspec.structs.replace(placed, on=whole))
        return kept

    def _placed(self, site: Site) -> list[Placed]:
        """Return what stands at a site with evidence: what the system said, and what the register knows."""
        found = []
        for (control, where), evidence in self._fresh.items():
            if where != site:
                continue
            said = self._said.get((control, site), [])
            if not said and standing_of(evidence, self._as_of)[0] not in ("proven", "failing"):
                continue
            planned = [one.planned for one in said]
            found.append(
                Placed(
                    control=control,
                    evidence=[*(piece for one in said for piece in one.evidence), *evidence],
                    planned=min((day for day in planned if day), default=None) if all(planned) else None,
                    note="; ".join(dict.fromkeys(one.note for one in said if one.note)),
                )
            )
        return found


def _as_placed(item: str | Placed) -> Placed:
    return item if isinstance(item, Placed) else Placed(control=item)
