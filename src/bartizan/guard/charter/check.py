"""Holds a call to its agent's charter."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec

from bartizan.guard.charter.document import Amounts, Charter
from bartizan.guard.charter.spending import Amount
from bartizan.guard.charter.state import Session, State, Used, in_a_row, note
from bartizan.guard.principal import Principal
from bartizan.model.ruling import Allow, Deny, Ruling
from bartizan.model.words import Effect

__all__ = ["Checked", "ToolCall", "charter_of", "check", "give_back", "spend", "take"]

_ALLOW = Allow()
_NOTHING = Decimal(0)


class ToolCall(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A call as far as charters bound it.

    `tool` is the name that its server gives it. `classes` and `types` are of the data in its arguments. `amounts` are
    what it would pay, only of tools that pay. `depth` is how many agents have handed the task on before. `attended`
    tells that somebody can be asked.
    """

    session: str
    server: str
    tool: str
    effect: Effect
    arguments: Mapping[str, Any]
    classes: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    amounts: tuple[Amount, ...] = ()
    depth: int = 0
    attended: bool = True

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of tool and arguments, by which the same call is known again."""
        plain = json.dumps([self.server, self.tool, self.arguments], sort_keys=True, default=repr)
        return sha256(plain.encode()).hexdigest()


class Checked(NamedTuple):
    """What a charter says of a call. `rule` is what decided, `charter-ID-WHAT`, empty when nothing did.

    `steps` are the session's calls with this one, `repeats` how often it came in a row, `used` whole percents of the
    tightest limit with this call in it.
    """

    ruling: Ruling
    rule: str = ""
    steps: int = 0
    repeats: int = 1
    used: int = 0


def charter_of(charters: Iterable[Charter], principal: Principal, agent: str) -> Charter | None:
    """Return the charter that holds for an agent: the first that names it, else the first that holds for its caller."""
    fitting = [one for one in charters if one.has(principal, agent)]
    return next((one for one in fitting if agent in one.holds_for.agents), fitting[0] if fitting else None)


def check(charter: Charter, state: State, call: ToolCall, now: float) -> Checked:
    """Return what a charter says of a call at a time (seconds since 1970), and book nothing."""
    session = state.sessions.get(call.session) or Session()
    local = datetime.fromtimestamp(now, UTC).astimezone(charter.clock)
    day = local.date().isoformat()
    today = state.today if state.day == day else Used()
    steps, repeats = session.steps + 1, in_a_row(session.recent, call.digest)
    paid, unread = _paid(charter, call)
    used = _used_most(charter, session, today, steps, paid)
    found = (
        _about_tool(charter, call)
        or _about_data(charter, call)
        or _about_time(charter, local)
        or _about_session(charter, steps, repeats)
        or _about_budget(charter.budget.session, session.used, "this session")
        or _about_budget(charter.budget.day, today, "today")
        or unread
        or _about_spending(charter, session.used, today, paid)
    )
    if found:
        what, sentence = found
        return Checked(Deny(sentence), f"charter-{charter.id}-{what}", steps, repeats, used)
    return Checked(_ALLOW, "", steps, repeats, used)


def take(charter: Charter, state: State, call: ToolCall, now: float) -> Checked:
    """Check a call and book it at once, so that two at the same time can't use the same money twice.

    A call that is refused is a step too: an agent that tries the same again and again is in a loop.
    """
    checked = check(charter, state, call, now)
    session = state.session(call.session, now)
    note(session, call.digest)
    if isinstance(checked.ruling, Allow):
        paid, _ = _paid(charter, call)
        session.used.add(1, paid)
        state.of_day(_day(charter, now)).add(1, paid)
    return checked


def give_back(charter: Charter, state: State, call: ToolCall, now: float) -> None:
    """Take back what was booked for a call that did not go on after all. Its step stays."""
    paid, _ = _paid(charter, call)
    state.session(call.session, now).used.add(1, paid, -1)
    day = _day(charter, now)
    if state.day == day:
        state.today.add(1, paid, -1)


def spend(charter: Charter, state: State, sessions: Iterable[str], tokens: int, money: float, now: float) -> None:
    """Book what a call of a model has used, by the agent in `sessions`. Which of them made it is not known, so that it
    counts for each: limits are met sooner, never later."""
    state.spent(sessions, _day(charter, now), tokens, money, now)


def _day(charter: Charter, now: float) -> str:
    return datetime.fromtimestamp(now, UTC).astimezone(charter.clock).date().isoformat()


Found = tuple[str, str] | None


def _about_tool(charter: Charter, call: ToolCall) -> Found:
    if not charter.allows(call.server, call.tool):
        return "tool", "the agent's charter doesn't have this tool"
    if call.effect not in charter.effects:
        return "effect", f"the agent's charter doesn't let its tools {call.effect.value}"
    if not call.attended and not charter.unattended and call.effect is not Effect.READ:
        return "unattended", "the agent's charter lets it only read while nobody can be asked"
    if call.depth > charter.delegation:
        return "delegation", "the task was handed on by more agents than the charter allows"
    return None


def _about_data(charter: Charter, call: ToolCall) -> Found:
    highest, scheme = charter.data.highest, charter.scheme
    if highest:
        allowed = scheme[: scheme.index(highest) + 1]
        if not call.classes.issubset(allowed):
            return "data", "the arguments hold data of a higher class than the agent's charter allows"
    if not call.types.isdisjoint(charter.data.forbidden):
        return "data", "the arguments hold data of a type that the agent's charter forbids"
    return None


def _about_time(charter: Charter, local: datetime) -> Found:
    if not charter.times:
        return None
    minute, today = local.hour * 60 + local.minute, local.weekday()
    for days, first, stop in charter.times:
        if first < stop:
            inside = today in days and first <= minute < stop
        else:  # over midnight: the part after it belongs to the day before
            inside = (today in days and minute >= first) or ((today - 1) % 7 in days and minute < stop)
        if inside:
            return None
    return "hours", "it is outside the hours of the agent's charter"


def _about_session(charter: Charter, steps: int, repeats: int) -> Found:
    if steps > charter.steps:
        return "steps", f"the session has made the {charter.steps} calls that the agent's charter allows"
    if repeats > charter.repeats:
        return "loop", f"the same call or round of calls came more than {charter.repeats} times in a row"
    return None


def _about_budget(limit: Amounts, used: Used, span: str) -> Found:
    for what, most, now in (
        ("calls", limit.calls, used.calls),
        ("tokens", limit.tokens, used.tokens),
        ("money", limit.money, used.money),
    ):
        if most and now >= most:
            return "budget", f"the agent's budget of {what} for {span} is used up"
    return None


def _paid(charter: Charter, call: ToolCall) -> tuple[dict[str, Decimal], Found]:
    """Return what a call would pay by currency, and what can't be held to a limit about it."""
    if call.effect is not Effect.PAY or not charter.limits:
        return {}, None
    only = next(iter(charter.limits)) if len(charter.limits) == 1 else ""
    paid: dict[str, Decimal] = {}
    if not call.amounts:
        return {}, ("amount", "the charter limits what is paid, and the call doesn't say how much it pays")
    for amount in call.amounts:
        currency = amount.currency or only
        if amount.value is None:
            return {}, ("amount", "the charter limits what is paid, and the amount can't be read")
        if currency not in charter.limits:
            return {}, ("currency", "the charter has no limit for the currency that would be paid")
        paid[currency] = paid.get(currency, _NOTHING) + amount.value
    return paid, None


def _about_spending(charter: Charter, session: Used, today: Used, paid: dict[str, Decimal]) -> Found:
    for currency, amount in paid.items():
        call, most_session, most_day = charter.limits[currency]
        for most, before, span in (
            (call, _NOTHING, "one call"),
            (most_session, session.paid.get(currency, _NOTHING), "this session"),
            (most_day, today.paid.get(currency, _NOTHING), "today"),
        ):
            if most and before + amount > most:
                return "spending", f"it would pay more in {currency} than the agent's charter allows for {span}"
    return None


def _used_most(charter: Charter, session: Session, today: Used, steps: int, paid: dict[str, Decimal]) -> int:
    """Return whole percents of the tightest limit, with the call at hand in it."""
    shares = [steps / charter.steps]
    for limit, used in ((charter.budget.session, session.used), (charter.budget.day, today)):
        shares += [(used.calls + 1) / limit.calls] if limit.calls else []
        shares += [used.tokens / limit.tokens] if limit.tokens else []
        shares += [used.money / limit.money] if limit.money else []
    for currency, (_, most_session, most_day) in charter.limits.items():
        amount = paid.get(currency, _NOTHING)
        for most, used in ((most_session, session.used), (most_day, today)):
            shares += [float((used.paid.get(currency, _NOTHING) + amount) / most)] if most else []
    return min(int(max(shares) * 100), 1_000_000)
