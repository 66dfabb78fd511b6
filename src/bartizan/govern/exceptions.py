"""Exceptions: how one stands on a day, who may approve it, how long it may last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from bartizan.govern.reason import Reason, Refused, is_same, said
from bartizan.govern.roles import Person
from bartizan.model.documents import ExceptionSpec, TierRule

__all__ = ["ExceptionState", "against", "approved", "ended", "longest", "refused", "soon", "state_of"]

_DAYS = 365


class ExceptionState(StrEnum):
    """How an exception stands. `coming`: it is approved, and its first day is still to come."""

    REQUESTED = "requested"
    COMING = "coming"
    STANDING = "standing"
    ENDED = "ended"
    REFUSED = "refused"


def state_of(spec: ExceptionSpec, as_of: date) -> ExceptionState:
    """Tell how an exception stands on a day. One that nobody answered in time has ended."""
    if spec.refused_by:
        return ExceptionState.REFUSED
    if spec.ends < as_of:
        return ExceptionState.ENDED
    if not spec.approved_by:
        return ExceptionState.REQUESTED
    return ExceptionState.COMING if as_of < spec.starts else ExceptionState.STANDING


def longest(tiers: Iterable[TierRule]) -> int:
    """Return for how many days an exception may hold: as long as a review is good in the strictest tier it touches.

    `tiers` are those of its systems; without any it is a year.
    """
    return min((tier.review_days for tier in tiers), default=_DAYS)


def against(
    spec: ExceptionSpec, person: Person, asked_by: Sequence[str], tiers: Iterable[TierRule], as_of: date
) -> list[Reason]:
    """Return why somebody may not approve an exception, nothing when they may.

    `asked_by` are those who have written what it says. Whether their role lets them decide is held elsewhere.
    """
    found = []
    state = state_of(spec, as_of)
    if state is not ExceptionState.REQUESTED:
        found.append(said("it is not open: it is %(state)s", state=state.value))
    if is_same(person, spec.owner):
        found.append(said("its owner can't approve it"))
    elif any(is_same(person, one) for one in asked_by):
        found.append(said("whoever asked for it can't approve it"))
    most = longest(tiers)
    days = (spec.ends - spec.starts).days + 1
    if days > most:
        found.append(
            said("it would hold for %(days)s days, and at most %(most)s are possible here", days=days, most=most)
        )
    return found


def approved(
    spec: ExceptionSpec, person: Person, asked_by: Sequence[str], tiers: Iterable[TierRule], as_of: date
) -> ExceptionSpec:
    """Return it approved. Raises Refused with the first reason against it."""
    reasons = against(spec, person, asked_by, tiers, as_of)
    if reasons:
        raise Refused(reasons[0])
    return msgspec.structs.replace(spec, approved_by=person.id, approved_on=as_of)


def refused(spec: ExceptionSpec, person: Person, as_of: date) -> ExceptionSpec:
    """Return it refused. Raises Refused for one that is not open."""
    state = state_of(spec, as_of)
    if state is not ExceptionState.REQUESTED:
        raise Refused(said("it is not open: it is %(state)s", state=state.value))
    return msgspec.structs.replace(spec, refused_by=person.id)


def ended(spec: ExceptionSpec, as_of: date) -> ExceptionSpec:
    """Return it ended with the day before; one that was to come is taken back. Raises Refused when it is over."""
    state = state_of(spec, as_of)
    if state in (ExceptionState.ENDED, ExceptionState.REFUSED):
        raise Refused(said("it is %(state)s already", state=state.value))
    last = as_of - timedelta(days=1)
    return msgspec.structs.replace(spec, starts=min(spec.starts, last), ends=last)


def soon(spec: ExceptionSpec, as_of: date, days: int = 30) -> bool:
    """Tell whether one that holds ends within some days."""
    holds = state_of(spec, as_of) in (ExceptionState.STANDING, ExceptionState.COMING)
    return holds and spec.ends <= as_of + timedelta(days=days)
