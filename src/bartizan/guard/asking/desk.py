"""Where questions wait for their answers: asked once, together, not too often, and decided once.

Whoever asks too much is answered without reading. So a question that needn't be asked isn't: a call that was approved
for the session is let through when it is no wider than what was shown, one that was denied is not asked about again,
and a session that asks too often is refused.
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from hashlib import sha256
from typing import Any, Literal, TypeAlias

import msgspec

from bartizan.guard.asking.approval import Answerer, Approval, Asked, make_approval
from bartizan.guard.asking.binding import call_digest
from bartizan.guard.flow.verdict import Verdict
from bartizan.model import InputError
from bartizan.model.card import Role, ToolCard
from bartizan.model.words import Effect

__all__ = ["AskingRules", "Desk", "Outcome", "Settled", "Tally"]

Outcome: TypeAlias = Literal["approved", "denied", "remembered", "denied-before", "expired", "unattended", "too-often"]
_APPROVED = frozenset({"approved", "remembered"})
_MINUTE = 60.0
_MOST_PENDING = 1_000
_MOST_KEPT = 500
_NEVER_LASTING = frozenset({Effect.PAY, Effect.EXECUTE})
_REASONS: dict[Outcome, str] = {
    "approved": "somebody has approved this call",
    "denied": "somebody was asked about this call and has denied it",
    "remembered": "the same was approved for this session",
    "denied-before": "this call was denied before in this session",
    "expired": "nobody has answered in time",
    "unattended": "this call needs somebody's approval, and nobody can be asked",
    "too-often": "this session has asked for too many approvals",
}


class AskingRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How is asked. `seconds` is how long a question is open, and how long an approval may then be used.

    `per_session` and `per_minute` bound the questions of one session. `together` is how many are put in one dialogue,
    `window` the seconds that the first waits for others. `unattended`: there is nobody, so everything is refused.
    `lasting`: calls may be approved for a session.
    """

    seconds: float = 300.0
    per_session: int = 20
    per_minute: int = 6
    together: int = 8
    window: float = 0.1
    unattended: bool = False
    lasting: bool = True


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """How a question came out. `reason` is for the agent and holds no value. `approval` is empty when nobody was asked.

    `waited` are the seconds that the call has waited for it.
    """

    outcome: Outcome
    approval: str = ""
    by: str = ""
    at: float = 0.0
    waited: float = 0.0

    @property
    def approved(self) -> bool:
        """Whether the call may go on."""
        return self.outcome in _APPROVED

    @property
    def rule(self) -> str:
        """The id by which events name it."""
        return f"asking-{self.outcome}"

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        return _REASONS[self.outcome]


class Tally(msgspec.Struct, kw_only=True):
    """What asking has cost: questions, dialogues, how they came out, and the seconds that calls have waited."""

    asked: int = 0
    dialogues: int = 0
    outcomes: dict[str, int] = {}
    waited: float = 0.0


class _Session(msgspec.Struct, kw_only=True):
    times: deque[float] = msgspec.field(default_factory=deque)
    asked: int = 0
    approved: dict[str, str] = {}
    denied: set[str] = msgspec.field(default_factory=set)


class _Open(msgspec.Struct, kw_only=True):
    approval: Approval
    memory: str
    shown: bool = False
    settled: Settled | None = None


class Desk:
    """Holds the questions of all sessions. Pure: time is passed in. `key` signs ids, at least 32 bytes."""

    def __init__(self, rules: AskingRules, key: bytes) -> None:
        self.rules, self._key = rules, key
        self.tally = Tally()
        self._sessions: dict[str, _Session] = {}
        self._open: dict[str, _Open] = {}
        self._made = 0

    def ask(
        self, verdict: Verdict, card: ToolCard | None, asked: Asked, now: float, *, attended: bool = True
    ) -> Approval | Settled:
        """Return the question about a call, or how it is settled without one.

        A call that is asked about already gets the same question; its approval still lets one of them through.
        """
        session = self._sessions.setdefault(asked.session, _Session())
        digest = call_digest(asked.session, verdict.tool, verdict.arguments)
        lasting = _may_last(verdict, card) and self.rules.lasting
        memory = _memory(verdict, card) if lasting else ""
        if digest in session.denied:
            return self._settle("denied-before", now)
        if memory in session.approved:
            return self._settle("remembered", now, by=session.approved[memory])
        if self.rules.unattended or not attended:
            return self._settle("unattended", now)
        for one in self._open.values():
            if one.settled is None and one.approval.digest == digest and now < one.approval.until:
                return one.approval
        if self._too_often(session, now):
            return self._settle("too-often", now)
        session.times.append(now)
        session.asked += 1
        self.tally.asked += 1
        id = self._id(digest, now)
        made = make_approval(verdict, card, asked, id, now=now, seconds=self.rules.seconds, lasting=lasting)
        self._open[id] = _Open(approval=made, memory=memory)
        return made

    def ready(self, now: float) -> list[list[Approval]]:
        """Return questions to show now, those of one session and for the same people together. Each is returned once.

        A dialogue is due when its first question has waited for the window, or when it is full.
        """
        groups: dict[tuple[str, str], list[_Open]] = {}
        for one in self._open.values():
            if not one.shown and one.settled is None and now < one.approval.until:
                groups.setdefault((one.approval.by.session, one.approval.whom), []).append(one)
        out = []
        for group in groups.values():
            for first in range(0, len(group), self.rules.together):
                batch = group[first : first + self.rules.together]
                full = len(batch) == self.rules.together
                if full or now >= batch[0].approval.asked + self.rules.window:
                    for one in batch:
                        one.shown = True
                    out.append([one.approval for one in batch])
        self.tally.dialogues += len(out)
        return out

    def pending(self, now: float, session: str = "") -> list[Approval]:
        """Return the questions that are open, of one session or of all, oldest first."""
        return [
            one.approval
            for one in self._open.values()
            if one.settled is None and now < one.approval.until and session in ("", one.approval.by.session)
        ]

    def answer(self, id: str, approved: bool, who: Answerer, now: float, *, lasting: bool = False) -> Settled:
        """Decide a question, once. `lasting` is for the session, where that may be.

        Raises InputError when there is none such, it is decided, or somebody else has to answer it.
        """
        one = self._open.get(id)
        if one is None:
            raise InputError("there is no such question", help="it may be over, or used already")
        if one.settled is not None:
            raise InputError("this question is decided already")
        if now >= one.approval.until:
            raise InputError("the time to answer this question is over")
        if not one.approval.may_answer(who):
            raise InputError("this question is for somebody else", help=f"for `{one.approval.whom}`")
        session = self._sessions.setdefault(one.approval.by.session, _Session())
        if not approved and len(session.denied) < _MOST_KEPT:
            session.denied.add(one.approval.digest)
        if approved and lasting and one.memory and one.approval.lasting and len(session.approved) < _MOST_KEPT:
            session.approved[one.memory] = who.name
        one.settled = self._settle("approved" if approved else "denied", now, by=who.name, of=one.approval)
        if not approved:
            del self._open[id]
        return one.settled

    def withdraw(self, id: str, now: float) -> Settled:
        """Take a question back that nobody has answered: it is over, or nobody could be reached."""
        one = self._open.pop(id, None)
        if one is None:
            return self._settle("unattended", now)
        return self._settle("expired" if now >= one.approval.until else "unattended", now, of=one.approval)

    def use(self, id: str, tool: str, arguments: dict[str, Any], now: float) -> bool:
        """Tell whether a call may go on by its approval: it is the very call that was shown, in time, for once."""
        one = self._open.get(id)
        if one is None or one.settled is None:
            return False
        del self._open[id]
        same = one.approval.digest == call_digest(one.approval.by.session, tool, arguments)
        return same and one.settled.approved and now < one.settled.at + self.rules.seconds

    def expire(self, now: float) -> list[tuple[Approval, Settled]]:
        """Return the questions that nobody has answered in time, and forget them and approvals that nobody used."""
        out = []
        for id, one in list(self._open.items()):
            if one.settled is None and now >= one.approval.until:
                del self._open[id]
                out.append((one.approval, self._settle("expired", now, of=one.approval)))
            elif one.settled is not None and now >= one.settled.at + self.rules.seconds:
                del self._open[id]
        return out

    def said(self, session: str) -> None:
        """Note that the user has said something new: what was denied may be asked about again."""
        if session in self._sessions:
            self._sessions[session].denied.clear()

    def forget(self, session: str) -> None:
        """Forget a session that is over, with its open questions."""
        self._sessions.pop(session, None)
        self._open = {id: one for id, one in self._open.items() if one.approval.by.session != session}

    def _too_often(self, session: _Session, now: float) -> bool:
        while session.times and session.times[0] <= now - _MINUTE:
            session.times.popleft()
        rules = self.rules
        if len(self._open) >= _MOST_PENDING:  # whoever asks may never look after what has expired
            self.expire(now)
        full = len(self._open) >= _MOST_PENDING
        return full or session.asked >= rules.per_session or len(session.times) >= rules.per_minute

    def _settle(self, outcome: Outcome, now: float, *, by: str = "", of: Approval | None = None) -> Settled:
        waited = 0.0 if of is None else now - of.asked
        self.tally.outcomes[outcome] = self.tally.outcomes.get(outcome, 0) + 1
        self.tally.waited += waited
        return Settled(outcome=outcome, approval="" if of is None else of.id, by=by, at=now, waited=waited)

    def _id(self, digest: str, now: float) -> str:
        """Return an id that nobody can guess or have a second time."""
        self._made += 1
        text = f"bartizan approval id\x00{digest}\x00{self._made}\x00{now!r}"
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:32]


def _may_last(verdict: Verdict, card: ToolCard | None) -> bool:
    """Tell whether a call may be approved for a session: never what pays, runs, destroys, confirms or is unknown."""
    return card is not None and verdict.effect not in _NEVER_LASTING and not (card.destroys or card.binds)


def _memory(verdict: Verdict, card: ToolCard | None) -> str:
    """Return what has to be the same for a second call to be no wider than the one that was approved.

    That is the tool, the rule, every value's origin, and every argument that decides something. Texts may differ only
    where nothing leaves and what is done can be undone.
    """
    assert card is not None
    lax = {Role.FREE}
    if verdict.effect is Effect.READ or (verdict.effect is Effect.WRITE and card.reversible):
        lax.add(Role.TEXT)
    held = {
        name: value
        for name, value in verdict.arguments.items()
        if name not in card.arguments or card.arguments[name].role not in lax
    }
    origins = sorted(
        (one.argument, one.value, one.type.value, one.source.value, one.call, one.tool, one.field)
        for one in verdict.origins
    )
    plain = json.dumps([verdict.tool, verdict.effect, verdict.rule, held, origins], sort_keys=True, default=repr)
    return sha256(plain.encode()).hexdigest()
