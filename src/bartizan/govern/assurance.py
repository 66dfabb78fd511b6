"""How each control of a system stands: required, planned, in place, proven or failing, and what says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from bartizan.analysis.placements import controls_in_place, controls_said
from bartizan.analysis.result import Review
from bartizan.analysis.scanned import SCANNING, as_scanned, scan_proofs
from bartizan.analysis.topology import Topology
from bartizan.catalog import Catalog
from bartizan.govern.placing import REGISTERED, as_evidence, unplaced, until, with_proofs
from bartizan.govern.sites import Sites, place_words
from bartizan.model import Evidence, System
from bartizan.model.assurance import ControlState, ControlView, Proof, ProofSource
from bartizan.model.base import standing_of
from bartizan.model.documents import Document, ExceptionSpec, Organisation, TierRule

__all__ = ["exceptions_of", "unplaced", "until", "views", "with_proofs"]

_WORST_FIRST = list(ControlState)
_STATES = {"failing": ControlState.FAILING, "proven": ControlState.PROVEN, "claimed": ControlState.IN_PLACE}
_Key = tuple[str, str]


class _Facts(msgspec.Struct):
    """What is known of controls, by control and place."""

    status: dict[_Key, str]
    evidence: dict[_Key, list[Evidence]]
    planned: dict[_Key, date]
    minimum: set[_Key]
    proofs: dict[_Key, list[Proof]]

    def subjects(self) -> set[_Key]:
        """Return every control and place that there is something to say about.

        What only follows from how calls are authenticated and encrypted is left out: nobody has to look after it. So
        is what the system doesn't mention, the minimum doesn't ask for, and nothing proves any more.
        """
        told = {key for key in self.proofs if key in self.status}
        return {*self.evidence, *self.planned, *self.minimum, *told}


def exceptions_of(
    system: Document, exceptions: Iterable[Document], organisation: Organisation
) -> dict[str, ExceptionSpec]:
    """Return the exceptions that are for a system, by name: those that list it, or that are for all of its unit."""
    found = {}
    for document in exceptions:
        spec = document.spec
        if isinstance(spec, ExceptionSpec) and (
            system.name in spec.systems
            if spec.systems
            else not document.unit or system.unit in organisation.below(document.unit)
        ):
            found[document.name] = spec
    return found


def views(
    system: System,
    review: Review,
    proofs: Sequence[Proof],
    exceptions: Mapping[str, ExceptionSpec],
    rule: TierRule,
    as_of: date,
    catalog: Catalog,
) -> list[ControlView]:
    """Return how the controls of a system stand on a day, the worst first.

    `system` is the document's, without the register's evidence, and `review` the review of what `with_proofs` makes of
    it. A control whose evidence ended is open again: `required` if the minimum asks for it, and in any case `expired`.
    An exception changes no state; it is named beside the control, with what stands in for it. A control that stands in
    and isn't there itself is required, of the whole system.
    """
    facts = _facts(with_proofs(system, proofs, rule, as_of), review, proofs, Sites(system), as_of)
    excepted = _excepted(exceptions, facts, as_of)
    out = []
    for key in facts.subjects():
        view = _view(key, facts, rule, as_of, catalog, system.id)
        if key[0] in excepted and view.state is not ControlState.PROVEN:
            name, spec = excepted[key[0]]
            view = msgspec.structs.replace(view, excepted=name, compensating=[*spec.compensating])
        out.append(view)
    return sorted(out, key=lambda view: (_WORST_FIRST.index(view.state), not view.required, view.control, view.place))


def _excepted(
    exceptions: Mapping[str, ExceptionSpec], facts: _Facts, as_of: date
) -> dict[str, tuple[str, ExceptionSpec]]:
    """Return the exception that counts for each control, and ask for what stands in and isn't there."""
    touched = {control for control, _ in facts.subjects()}
    there = {control for (control, _), status in facts.status.items() if status in ("claimed", "proven")}
    there |= {control for control, _ in facts.planned}
    found: dict[str, tuple[str, ExceptionSpec]] = {}
    for name, spec in sorted(exceptions.items()):
        if spec.control in touched and spec.counts(as_of):
            found.setdefault(spec.control, (name, spec))
            facts.minimum.update((control, "system") for control in spec.compensating if control not in there)
    return found


def _facts(system: System, review: Review, proofs: Sequence[Proof], sites: Sites, as_of: date) -> _Facts:
    """Collect what `system`, which has the register's evidence, the review and the evidence itself say."""
    scans = {(SCANNING, name): pieces for name, pieces in scan_proofs(system, as_of).items()}
    seen = Topology(as_scanned(system, as_of))
    status = {(one.control, one.place): one.status for one in controls_in_place(seen, as_of)}
    facts = _Facts(status, {}, {}, {(one.control, one.placement) for one in review.controls.minimum}, {})
    for said in controls_said(Topology(system)):
        key = (said.control, said.place)
        if said.planned is not None and key not in status:
            facts.planned[key] = min(said.planned, facts.planned.get(key, said.planned))
        else:
            facts.evidence.setdefault(key, []).extend(said.evidence)
    for key, pieces in scans.items():
        facts.evidence[key] = [*pieces]
        facts.status[key] = standing_of(pieces, as_of)[0]
    for proof in proofs:
        for site in sites.at(proof.place):
            facts.proofs.setdefault((proof.control, sites.key(site)), []).append(proof)
    return facts


def _view(key: _Key, facts: _Facts, rule: TierRule, as_of: date, catalog: Catalog, system: str) -> ControlView:
    control, place = key
    own = facts.proofs.get(key, [])
    pieces = facts.evidence.get(key) or [as_evidence(proof, rule) for proof in own]
    status, piece = standing_of(pieces, as_of)
    told = facts.status.get(key, "")
    known = [one for one in pieces if one.observed_at <= as_of]
    entry = catalog.controls.get(control)
    return ControlView(
        control=control,
        title=entry.title if entry else control,
        place=place_words(place),
        state=_state(told, key, facts),
        required=key in facts.minimum,
        expired=status == "expired" and told in ("", "expired"),
        planned=facts.planned.get(key),
        proof=_proof(piece, own, control, place, system) if piece else None,
        good_until=piece.good_until if piece and status == "proven" else None,
        age=(as_of - max(one.observed_at for one in known)).days if known else -1,
    )


def _state(told: str, key: _Key, facts: _Facts) -> ControlState:
    if told in _STATES:
        return _STATES[told]
    if key in facts.planned:
        return ControlState.PLANNED
    return ControlState.REQUIRED if key in facts.minimum else ControlState.IN_PLACE


def _proof(piece: Evidence, own: Sequence[Proof], control: str, place: str, system: str) -> Proof:
    """Return the register's piece that an evidence was made from, or what the system itself says, as one."""
    for proof in own:
        source = REGISTERED if proof.source is ProofSource.SCAN and control == SCANNING else proof.source.value
        if (source, proof.observed_at, proof.digest) == (piece.source, piece.observed_at, piece.digest):
            return proof
    words = piece.source.split()
    known = words[0] in list(ProofSource) if words else False
    return Proof(
        system=system,
        control=control,
        place=place_words(place),
        source=ProofSource(words[0]) if known else ProofSource.ATTESTATION,
        outcome=piece.outcome,
        observed_at=piece.observed_at,
        good_until=piece.good_until,
        detail=piece.source,
        digest=piece.digest,
    )
