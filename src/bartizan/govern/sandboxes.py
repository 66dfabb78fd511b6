"""The life of a sandbox: asked for, granted by a rule or a person, ended, killed, extended once, promoted.

What runs in it is held by the gateway; here is what people decide. Limits come from what the EU AI Act says of
regulatory sandboxes and tests in real conditions (Art. 57(5): limited time and an agreed plan; Art. 60(4): six months,
extended once).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

import msgspec

from bartizan.govern.reason import Reason, Refused, is_same, said
from bartizan.govern.roles import Person
from bartizan.model.documents import Organisation, RegisteredSandbox, SandboxSpec, SandboxState
from bartizan.model.documents.sandbox import moment

__all__ = [
    "LONGEST",
    "RULE",
    "against",
    "asked",
    "closed",
    "days_of",
    "end_day",
    "extended",
    "for_gateway",
    "granted",
    "not_by_itself",
    "promoted",
    "refused",
    "stands",
    "start_day",
]

RULE = "rule"
"""What stands as `decided_by` when it was granted without anybody."""
LONGEST = 180
_BY_ITSELF_DAYS, _BY_ITSELF_MONEY, _BY_ITSELF_TOKENS, _BY_ITSELF_PEOPLE = 30, 100.0, 5_000_000, 10
_DAY = 86_400
_OPEN = (SandboxState.GRANTED,)


def days_of(spec: SandboxSpec) -> float:
    """Return how long it is, in days. Raises ValueError for dates that are none."""
    return (moment(spec.ends) - moment(spec.starts)) / _DAY


def end_day(spec: SandboxSpec) -> date:
    """Return the day of its end, in UTC. Raises ValueError for an end that is neither a day nor a time."""
    return datetime.fromtimestamp(moment(spec.ends), UTC).date()


def start_day(spec: SandboxSpec) -> date:
    """Return the day of its start, in UTC. Raises ValueError for a start that is neither a day nor a time."""
    return datetime.fromtimestamp(moment(spec.starts), UTC).date()


def not_by_itself(
    spec: SandboxSpec, organisation: Organisation, read_only: Collection[str] = frozenset()
) -> list[Reason]:
    """Return why a sandbox is not granted by the rule alone; nothing when it is.

    The rule takes public or synthetic data, 30 days, few named people, a small budget and tools that only read.
    `read_only` are the tools of which somebody has found that they do; of others nobody knows.
    """
    found = []
    lowest = organisation.classes[0]
    if spec.data.highest != lowest:
        found.append(said("it is for data above %(lowest)s", lowest=lowest))
    if days_of(spec) > _BY_ITSELF_DAYS:
        found.append(said("it lasts longer than %(days)s days", days=_BY_ITSELF_DAYS))
    if not 0 < spec.budget.money <= _BY_ITSELF_MONEY and not 0 < spec.budget.tokens <= _BY_ITSELF_TOKENS:
        found.append(
            said(
                "its budget is not limited to %(money)s %(currency)s or %(tokens)s million tokens",
                money=f"{_BY_ITSELF_MONEY:.0f}",
                currency=organisation.currency,
                tokens=_BY_ITSELF_TOKENS // 1_000_000,
            )
        )
    if not set(spec.tools) <= set(read_only):
        found.append(said("it has tools that may do more than read"))
    if "*" in spec.models:
        found.append(said("it is for any model"))
    if not 0 < len(spec.users) <= _BY_ITSELF_PEOPLE or spec.groups:
        found.append(said("it is not for at most %(people)s people who are named", people=_BY_ITSELF_PEOPLE))
    return found


def _wrong(spec: SandboxSpec, organisation: Organisation) -> Reason | None:
    """Return what no type can say is wrong with what somebody asks for."""
    try:
        days = days_of(spec)
    except (ValueError, OverflowError):
        return said("its start or its end is neither a day nor a time")
    if days <= 0:
        return said("it ends before it starts")
    if days > LONGEST:
        return said("it would last %(days)s days, and at most %(most)s are possible", days=f"{days:.0f}", most=LONGEST)
    if spec.data.highest not in organisation.classes:
        return said("`%(highest)s` is no class of data", highest=spec.data.highest[:60])
    if not spec.models:
        return said("it names no model")
    if not (spec.users or spec.groups or spec.applications):
        return said("it names nobody who may use it")
    return None


def asked(
    spec: RegisteredSandbox, organisation: Organisation, as_of: date, read_only: Collection[str] = frozenset()
) -> RegisteredSandbox:
    """Return a sandbox that somebody asks for: granted by the rule where that takes it, else open for a decision.

    Raises Refused for one that can't be.
    """
    if spec.state not in (SandboxState.DRAFT, SandboxState.ASKED, SandboxState.REFUSED):
        raise Refused(said("it is %(state)s already", state=spec.state.value))
    wrong = _wrong(spec, organisation)
    if wrong is not None:
        raise Refused(wrong)
    if end_day(spec) < as_of:
        raise Refused(said("its end is in the past"))
    if not_by_itself(spec, organisation, read_only):
        return msgspec.structs.replace(spec, state=SandboxState.ASKED, decided_by="", decided_on=None)
    return msgspec.structs.replace(spec, state=SandboxState.GRANTED, decided_by=RULE, decided_on=as_of)


def against(spec: RegisteredSandbox, person: Person, asked_by: Sequence[str]) -> list[Reason]:
    """Return why somebody may not decide about a sandbox that was asked for. Roles are held elsewhere."""
    found = []
    if spec.state is not SandboxState.ASKED:
        found.append(said("it is not open: it is %(state)s", state=spec.state.value))
    if is_same(person, spec.owner):
        found.append(said("its owner can't grant it"))
    elif any(is_same(person, one) for one in asked_by):
        found.append(said("whoever asked for it can't grant it"))
    return found


def granted(
    spec: RegisteredSandbox, person: Person, asked_by: Sequence[str], organisation: Organisation, as_of: date
) -> RegisteredSandbox:
    """Return it granted by a person. Raises Refused with the first reason against it."""
    reasons = against(spec, person, asked_by)
    wrong = reasons[0] if reasons else _wrong(spec, organisation)
    if wrong is not None:
        raise Refused(wrong)
    return msgspec.structs.replace(spec, state=SandboxState.GRANTED, decided_by=person.id, decided_on=as_of)


def refused(spec: RegisteredSandbox, person: Person, as_of: date) -> RegisteredSandbox:
    """Return it refused. Raises Refused for one that is not open."""
    if spec.state is not SandboxState.ASKED:
        raise Refused(said("it is not open: it is %(state)s", state=spec.state.value))
    return msgspec.structs.replace(spec, state=SandboxState.REFUSED, decided_by=person.id, decided_on=as_of)


def closed(spec: RegisteredSandbox, by: str, why: str, as_of: date, *, killed: bool = False) -> RegisteredSandbox:
    """Return it ended, or killed. Raises Refused for one that was not granted, or is over."""
    if spec.state not in _OPEN:
        raise Refused(said("it is %(state)s, and so can't be ended", state=spec.state.value))
    state = SandboxState.KILLED if killed else SandboxState.ENDED
    return msgspec.structs.replace(spec, state=state, ended_on=as_of, ended_by=by, ended_why=why)


def extended(
    spec: RegisteredSandbox, ends: str, person: Person, asked_by: Sequence[str], organisation: Organisation, as_of: date
) -> RegisteredSandbox:
    """Return it with another end: once, later than before, by at most as long again, and decided by another person.

    Raises Refused.
    """
    if spec.state not in _OPEN:
        raise Refused(said("it is %(state)s, and so can't be extended", state=spec.state.value))
    if spec.extended is not None:
        raise Refused(said("it was extended once already"))
    if is_same(person, spec.owner) or any(is_same(person, one) for one in asked_by):
        raise Refused(said("whoever asked for it can't extend it"))
    made = msgspec.structs.replace(spec, ends=ends, extended=as_of)
    try:
        more, before = moment(ends) - moment(spec.ends), moment(spec.ends) - moment(spec.starts)
    except (ValueError, OverflowError):
        raise Refused(said("its end is neither a day nor a time")) from None
    if more <= 0:
        raise Refused(said("its new end is not later than the one that it has"))
    if more > before:
        raise Refused(said("it can be extended by as long as it was, and no longer"))
    if days_of(made) > 2 * LONGEST or spec.data.highest not in organisation.classes:
        raise Refused(
            said("it would last longer than %(days)s days, or is for a class of data that is no more", days=2 * LONGEST)
        )
    return made


def promoted(spec: RegisteredSandbox, system: str, by: str, as_of: date) -> RegisteredSandbox:
    """Return it as one that has become a system. Raises Refused for one that was never open."""
    if spec.state not in (SandboxState.GRANTED, SandboxState.ENDED):
        raise Refused(said("it is %(state)s, and so can't become a system", state=spec.state.value))
    why = spec.ended_why or f"it has become the system {system}"
    return msgspec.structs.replace(
        spec, state=SandboxState.PROMOTED, promoted_to=system, ended_on=spec.ended_on or as_of,
        ended_by=spec.ended_by or by, ended_why=why,
    )  # fmt: skip


def stands(spec: RegisteredSandbox, now: datetime) -> str:
    """Tell how it stands at a time: its state, and of one that was granted `coming`, `active` or `ended`."""
    if spec.state is not SandboxState.GRANTED:
        return spec.state.value
    if now.timestamp() >= moment(spec.ends):
        return SandboxState.ENDED.value
    return "active" if now.timestamp() >= moment(spec.starts) else "coming"


def for_gateway(spec: RegisteredSandbox) -> dict[str, object]:
    """Return the document that the gateway reads, as plain values: what is not as it is by itself."""
    plain = msgspec.to_builtins(spec)
    fields = msgspec.structs.fields(SandboxSpec)
    return {one.name: plain[one.name] for one in fields if one.required or getattr(spec, one.name) != _default(one)}


def _default(field: msgspec.structs.FieldInfo) -> object:
    return field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
