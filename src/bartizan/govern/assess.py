"""What follows for a system on a day from its document, its evidence, its exceptions and the organisation."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import msgspec

from bartizan import __version__
from bartizan.analysis import Options, review
from bartizan.analysis.evidence import as_found
from bartizan.analysis.result import Review
from bartizan.analysis.scanned import scan_proofs
from bartizan.catalog import Catalog
from bartizan.govern.assurance import until, views, with_proofs
from bartizan.govern.tiers import appetite_of, tier_of
from bartizan.model import BartizanError, Level, Placed, Status, System
from bartizan.model.assurance import Assessment, ControlState, ControlView, Proof
from bartizan.model.documents import ExceptionSpec, Organisation, Stored, TierRule

__all__ = ["assess", "changes_on", "failed", "inputs_of", "stand"]

_DAY = timedelta(days=1)


def assess(
    stored: Stored,
    proofs: Sequence[Proof],
    exceptions: Mapping[str, ExceptionSpec],
    organisation: Organisation,
    catalog: Catalog,
    as_of: date,
) -> tuple[Assessment, Review, list[ControlView]]:
    """Assess a system on a day. `proofs` and `exceptions` are those of this system (`exceptions_of`).

    The tier and what the evidence counts for go by the data as it was found, the appetite is `appetite_of`'s. A claim
    counts as long as no evidence speaks about the same place. Raises BartizanError when the document is no system.
    """
    system = _system(stored)
    rule = tier_of(as_found(system, as_of), organisation)
    proven = with_proofs(system, proofs, rule, as_of)
    found = review(proven, catalog, as_of=as_of, options=Options(appetite=_appetite(system, organisation, as_of)))
    seen = views(system, found, proofs, exceptions, rule, as_of, catalog)
    open_threats = Counter(one.severity for one in (*found.threats, *found.appendix) if one.status is Status.OPEN)
    risk = found.risk
    assessment = Assessment(
        system=stored.document.name,
        version=stored.version,
        inputs=inputs_of(stored, proofs, exceptions, organisation),
        as_of=as_of,
        until=changes_on(system, proofs, exceptions, rule, as_of),
        tier=rule.id,
        above_appetite=any(loss.open for loss in found.losses),
        currency=risk.currency,
        inherent_p50=risk.inherent.p50,
        residual_p50=risk.residual.p50,
        residual_p90=risk.residual.p90,
        planned_p50=risk.planned.p50,
        threats={level: open_threats[level] for level in Level},
        controls=_count(seen),
        worst=max(open_threats, key=lambda level: level.rank, default=None),
    )
    return assessment, found, seen


def stand(
    stored: Stored,
    found: Review,
    proofs: Sequence[Proof],
    exceptions: Mapping[str, ExceptionSpec],
    organisation: Organisation,
    catalog: Catalog,
    as_of: date,
) -> list[ControlView]:
    """Return how the controls of a system stand by a review that is kept: cheap, for pages."""
    system = _system(stored)
    rule = tier_of(as_found(system, as_of), organisation)
    return views(system, found, proofs, exceptions, rule, as_of, catalog)


def failed(stored: Stored, organisation: Organisation, as_of: date, inputs: str, mistake: str) -> Assessment:
    """Return what is kept of a system that could not be assessed: its tier and why. It is tried again the next day."""
    system = _system(stored)
    return Assessment(
        system=stored.document.name,
        version=stored.version,
        inputs=inputs,
        as_of=as_of,
        until=as_of + _DAY,
        tier=tier_of(system, organisation).id,
        above_appetite=False,
        currency=system.currency,
        inherent_p50=0.0,
        residual_p50=0.0,
        residual_p90=0.0,
        planned_p50=0.0,
        threats=dict.fromkeys(Level, 0),
        controls=dict.fromkeys(ControlState, 0),
        mistake=mistake,
    )


def inputs_of(
    stored: Stored, proofs: Sequence[Proof], exceptions: Mapping[str, ExceptionSpec], organisation: Organisation
) -> str:
    """Return the SHA-256 of everything an assessment is made from, but for the day."""
    organisation = msgspec.structs.replace(organisation, proposed=None)  # what is asked for holds for nothing
    parts = (__version__, stored.document.name, stored.digest, sorted(map(_bytes, proofs)), dict(exceptions))
    return hashlib.sha256(msgspec.json.encode((*parts, organisation), order="deterministic")).hexdigest()


def changes_on(
    system: System,
    proofs: Iterable[Proof],
    exceptions: Mapping[str, ExceptionSpec],
    rule: TierRule,
    as_of: date,
) -> date | None:
    """Return the first day after `as_of` on which something ends, or begins, that an assessment goes by."""
    days = (*_in_system(system, as_of), *_of_register(proofs, exceptions, rule))
    return min((day for day in days if day > as_of), default=None)


def _in_system(system: System, as_of: date) -> Iterator[date]:
    for decision in system.decisions:
        yield decision.until + _DAY
    places = (system, *system.components.values(), *system.flows)
    for item in (item for place in places for item in place.controls if isinstance(item, Placed)):
        for evidence in item.evidence:
            yield evidence.observed_at
            if evidence.good_until:
                yield evidence.good_until + _DAY
    yield from (found.observed_at for found in system.data_evidence)
    yield from (found.observed_at for found in system.scan_evidence)
    for pieces in scan_proofs(system, as_of).values():
        yield from (piece.good_until + _DAY for piece in pieces if piece.good_until)


def _of_register(proofs: Iterable[Proof], exceptions: Mapping[str, ExceptionSpec], rule: TierRule) -> Iterator[date]:
    for proof in proofs:
        yield proof.observed_at
        yield until(proof, rule) + _DAY
    for spec in exceptions.values():
        if spec.approved_by:
            yield from (spec.starts, spec.ends + _DAY)


def _system(stored: Stored) -> System:
    spec = stored.document.spec
    if not isinstance(spec, System):
        raise BartizanError(f"`{stored.document.name}` is no system")
    return spec


def _appetite(system: System, organisation: Organisation, as_of: date) -> Level | float:
    return appetite_of(as_found(system, as_of), organisation)


def _count(seen: Iterable[ControlView]) -> dict[ControlState, int]:
    counted = Counter(view.state for view in seen)
    return {state: counted[state] for state in ControlState}


def _bytes(proof: Proof) -> str:
    return msgspec.json.encode(proof, order="deterministic").decode()
