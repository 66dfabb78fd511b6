"""The calls of one session that wait for their results, and what is put on record of each of them, once."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.gate import Passed, Refusal
from bartizan.guard.mcp.holding import Holding
from bartizan.guard.mcp.looking import Looked
from bartizan.guard.mcp.recording import Call, call_event
from bartizan.model.words import Effect

__all__ = ["Underway"]


class Underway:
    """Knows the calls that were let go on, and how each of them ended."""

    def __init__(self, holding: Holding) -> None:
        self._holding = holding
        self._open: set[Call] = set()

    def again(self, call: Call) -> None:
        """Take a call that its client goes on with."""
        self._open.add(call)

    def passed(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed:
        """Let a call go on; what has an effect is on record before it is sent.

        What only reads is on record when it has its result. Where that is put off, it is so before it is answered.
        """
        self._open.add(call)
        if call.thing == "Tool":
            decision = "transform" if changed else "allow"
            if call.verdict is not None and call.verdict.effect is not Effect.READ:
                self._record("tool-start", call, now, decision=decision)
            elif self._holding.later.on:
                self._holding.later.do(lambda: self._record("tool-start", call, now, decision=decision))
        return Passed(params, changed, call)

    def refused(self, call: Call, why: Refusal, now: float) -> Refusal:
        """Let a call not go on."""
        holding = self._holding
        holding.give_back(call, now)
        self._ended(call)
        call.rule = why.rule
        if holding.journal is not None:
            holding.journal.decided(call.verdict, False, now, outcome=why.rule)
        self._record("tool-refusal", call, now, decision="deny")
        return why

    def withheld(self, call: Call, looked: Looked, why: Refusal, now: float) -> Refusal:
        """Keep a result back. What the call did is done: the model is told so."""
        self._ended(call)
        call.rule = why.rule
        self._record("tool-refusal", call, now, decision="deny", back=looked, outcome="result-withheld")
        return Refusal(f"The call was made, and its result is kept back. {why.sentence}", why.rule, why.code)

    def over(self, call: Call, now: float, *, back: Looked | None = None, changed: bool = False, **more: Any) -> None:
        """Put on record how a call went, if that is not on record yet. `back` is what its result held."""
        if self.done(call):
            self.went(call, now, back=back, changed=changed, **more)

    def done(self, call: Call) -> bool:
        """Take note that a call is over. False when it was before, and is on record."""
        before = call.over
        self._ended(call)
        return not before

    def went(self, call: Call, now: float, *, back: Looked | None = None, changed: bool = False, **more: Any) -> None:
        """Put on record how a call went that is over."""
        changed = changed or (call.looked is not None and bool(call.looked.found.changed))
        self._record("tool-call", call, now, decision="transform" if changed else "allow", back=back, **more)

    def ended(self, now: float) -> None:
        """Put on record what has no result when the session is over."""
        for call in list(self._open):
            self.over(call, now, outcome="no-result")

    def _ended(self, call: Call) -> None:
        self._open.discard(call)
        call.over = True

    def _record(self, kind: str, call: Call, now: float, *, decision: str, back: Looked | None = None,
                **more: Any) -> None:  # fmt: skip
        holding = self._holding
        holding.events.append(call_event(kind, holding.client, call, now, decision, call.rule, back=back, more=more))
