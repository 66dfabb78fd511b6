"""What a person is asked about a call, and what becomes of the answer."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.guard.asking import USER, Answerer, Approval, Asked, Settled, as_elicitation, as_json
from bartizan.guard.asking.events import asked_event, settled_event
from bartizan.guard.asking.showing import APPROVE, LASTING
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.mcp.gate import Ask, By, Refusal, Waiting
from bartizan.guard.mcp.holding import Holding, refused
from bartizan.guard.mcp.recording import Call
from bartizan.model import InputError
from bartizan.model.ruling import Ask as Asking
from bartizan.model.words import Effect

__all__ = ["Question", "question", "settled"]

_USERS = frozenset({"client", "terminal", "user"})
"""By what it is told that the person answered whom the agent works for."""
_LATE = frozenset({"timeout", "withdrawn"})
"""By what it is told that nobody answered in time."""


class Question(msgspec.Struct, frozen=True):
    """A call that waits: as it would be sent, and the verdict that was asked about."""

    call: Call
    params: dict[str, Any]
    changed: bool
    approval: Approval
    verdict: Verdict


def question(
    holding: Holding, call: Call, params: dict[str, Any], arguments: dict[str, Any], now: float, *, changed: bool,
    whom: str, rule: str, reason: str,
) -> Waiting | Refusal | None:  # fmt: skip
    """Ask about a call; None when it may go on without being asked about."""
    desk, client = holding.shared.parts.desk, holding.client
    if desk is None:
        return refused(f"{reason}, and nobody can be asked", rule)
    verdict = _asked(call, arguments, whom, rule, reason)
    about = Asked(session=client.session, principal=client.principal.id, agent=client.named, server=call.server)
    said = desk.ask(verdict, call.card, about, now, attended=client.attended)
    if isinstance(said, Settled):
        if said.approved:
            call.rule = said.rule
            if holding.journal is not None:
                holding.journal.decided(call.verdict, True, now, by=said.by, outcome=said.outcome)
            return None
        return refused(f"{reason}; {said.reason}", said.rule)
    if said.asked == now:
        holding.events.append(asked_event(said, now))
    holding.questions += 1
    form = as_elicitation([said])
    options = [(APPROVE, "Allow this call"), (LASTING, "Allow it for this session")]
    return Waiting(
        Ask(
            # The same call may wait twice for one answer: each of them waits under an id of its own.
            id=f"{said.id}-{holding.questions}",
            message=form["message"],
            options=tuple(options if said.lasting else options[:1]),
            details=as_json(said),
            user=said.may_answer(Answerer(name=client.principal.id, user=True)),
            token=Question(call, params, changed, said, verdict),
        )
    )


def settled(holding: Holding, asked: Question, choice: str, by: By, now: float) -> Refusal | None:
    """Take an answer; None when the call may go on."""
    desk, call = holding.shared.parts.desk, asked.call
    assert desk is not None
    if not choice and by in _LATE:  # the question stays open at the desk until it expires, and nobody has denied it
        return refused("nobody has answered in time", "asking-expired")
    if not choice and by == "nobody":
        said = desk.withdraw(asked.approval.id, now)
        holding.events.append(settled_event(asked.approval, said))
        return refused(said.reason, said.rule)
    if not isinstance(by, Answerer):
        user = by in _USERS
        by = Answerer(name=holding.client.principal.id if user else by, user=user)
    try:
        said = desk.answer(asked.approval.id, bool(choice), by, now, lasting=choice == LASTING)
    except InputError as error:
        return refused(f"nobody has allowed it: {error}", "asking-not-answered")
    holding.events.append(settled_event(asked.approval, said))
    if not said.approved:
        return refused(said.reason, said.rule)
    if not desk.use(asked.approval.id, asked.verdict.tool, asked.verdict.arguments, now):
        return refused("what was allowed is over, or is not this call", "asking-expired")
    if holding.flowing is not None and call.verdict is not None:
        # What was allowed for the session is the desk's to remember: the very same values from the very same places.
        holding.flowing.approve(call.verdict)
    if holding.journal is not None:
        holding.journal.decided(call.verdict, True, now, by=said.by, outcome=said.outcome)
    call.rule = said.rule
    return None


def _asked(call: Call, arguments: dict[str, Any], whom: str, rule: str, reason: str) -> Verdict:
    """Return the verdict that is shown: the flow monitor's, or one that says what a policy wants."""
    verdict = call.verdict
    if verdict is None:
        effect = Effect.EXECUTE if call.card is None else call.card.effect
        verdict = Verdict(number=call.steps, tool=f"{call.server}/{call.name}", arguments=arguments, effect=effect,
                          ruling=Asking(whom), rule=rule, reason=reason)  # fmt: skip
    return msgspec.structs.replace(verdict, ruling=Asking(whom or USER), rule=rule, reason=reason)
