"""Questions about calls: put to the user through the client where it can, else handed to the driver."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.acts import AskFor, AskOff
from bartizan.guard.mcp.calls import Calls
from bartizan.guard.mcp.codes import INVALID_PARAMS, TIMED_OUT
from bartizan.guard.mcp.gate import Ask, By, Passed, Refusal
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Response
from bartizan.guard.mcp.peers import Call
from bartizan.guard.mcp.revisions import can
from bartizan.guard.mcp.state import States

__all__ = ["RESENT", "Asks"]

RESENT = ("tools/call", "prompts/get", "resources/read")
"""What may be answered with a wish for input, so that the client sends it again: since 2026-07-28, and only these."""

_KEY = "bartizan"
_DENY = "deny"


class _Open:
    """A question that waits for its answer. `outside` tells that the driver has somebody asked."""

    __slots__ = ("ask", "call", "outside", "until")

    def __init__(self, ask: Ask, call: Call, until: float) -> None:
        self.ask, self.call, self.until = ask, call, until
        self.outside = False


class Asks:
    """Puts questions and takes answers. An answer counts once, for the very call that was asked about."""

    def __init__(self, hub: Hub, calls: Calls, states: States, *, ask_client: bool) -> None:
        self._hub, self._calls, self._states, self._ask_client = hub, calls, states, ask_client
        self._open: dict[str, _Open] = {}
        self._given: dict[str, _Open] = {}

    def wait(self, call: Call, ask: Ask) -> None:
        """Let a call wait for an answer."""
        hub, asked = self._hub, call.asked
        one = _Open(ask, call, hub.now + hub.limits.asked)
        hub.wake(one.until)
        if not (ask.user and self._ask_client and can(asked.capabilities, "elicitation/create", {})):
            self._outside(one)
        elif not asked.modern:
            self._open[ask.id] = one
            asked.off = lambda: self._off(one)
            hub.ask_client("elicitation/create", _form(ask), lambda response: self._elicited(one, response), asked)
        elif asked.method in RESENT:
            self._hand_out(one)
        else:
            self._outside(one)

    def _outside(self, one: _Open) -> None:
        self._open[one.ask.id] = one
        one.outside = True
        one.call.asked.off = lambda: self._off(one)
        self._hub.acts.append(AskFor(one.ask, one.call.up.id))

    def _off(self, one: _Open) -> None:
        """Give up a question whose call is given up. Not called any more once it is answered."""
        del self._open[one.ask.id]
        if one.outside:
            self._hub.acts.append(AskOff(one.ask.id))
        self._hub.gate.answered(one.ask, "", "withdrawn", self._hub.now)

    # ---- answers ----------------------------------------------------------------------------------------------------

    def answered(self, id: str, choice: str, by: By) -> None:
        """Take the answer of somebody whom the driver asked."""
        one = self._open.pop(id, None)
        if one is None:
            self._hub.note("unmatched-answer")
        else:
            self._decided(one, choice, by)

    def _elicited(self, one: _Open, response: Response) -> None:
        if self._open.pop(one.ask.id, None) is not None:
            late = response.error is not None and response.error.code == TIMED_OUT
            self._decided(one, _choice(one.ask, response.result), "timeout" if late else "client")

    def _decided(self, one: _Open, choice: str, by: By) -> None:
        one.call.asked.off = None
        said = self._hub.gate.answered(one.ask, choice, by, self._hub.now)
        if isinstance(said, Refusal):
            self._calls.follow(one.call, said)
        elif choice:
            self._calls.allowed(one.call, said)
        else:
            self._calls.follow(one.call, Refusal("nobody allowed this call", "not-allowed"))

    def overdue(self) -> None:
        """Let questions end that nobody answered in time."""
        now = self._hub.now
        for id in [id for id, one in self._open.items() if one.outside and one.until <= now]:
            self._hub.acts.append(AskOff(id))
            self._decided(self._open.pop(id), "", "timeout")
        for id in [id for id, one in self._given.items() if one.until <= now]:
            one = self._given.pop(id)
            self._hub.gate.answered(one.ask, "", "timeout", now)
        self._states.forget(now)
        for one in (*self._open.values(), *self._given.values()):
            self._hub.wake(one.until)

    # ---- 2026-07-28: the client sends the call again ----------------------------------------------------------------

    def _hand_out(self, one: _Open) -> None:
        """Answer the call with the question, and with a state that says which call it is about."""
        call, asked = one.call, one.call.asked
        purpose: dict[str, Any] = {"for": "ask", "id": one.ask.id}
        if "requestState" in call.params:
            purpose["state"] = call.params["requestState"]
        if "inputResponses" in call.params:
            purpose["given"] = call.params["inputResponses"]
        state = self._states.make(purpose, self._states.digest(asked.method, asked.params), one.until)
        wanted = {_KEY: {"method": "elicitation/create", "params": _form(one.ask)}}
        if len(self._given) >= self._hub.limits.in_flight:
            oldest = self._given.pop(next(iter(self._given)))
            self._hub.gate.answered(oldest.ask, "", "withdrawn", self._hub.now)
        self._given[one.ask.id] = one
        self._hub.answer(asked, {"resultType": "input_required", "inputRequests": wanted, "requestState": state})

    def resumed(self, call: Call, purpose: dict[str, Any]) -> None:
        """Go on with a call that the client sends again with the answer."""
        id, asked = purpose["id"], call.asked
        if not self._states.use(id, self._hub.now + self._hub.limits.asked):
            self._hub.note("state-refused", call.up.id, method=asked.method)
            self._hub.fail(asked, INVALID_PARAMS, "`requestState` was used before")
            return
        responses = asked.params.get("inputResponses")
        response = responses.get(_KEY) if type(responses) is dict else None
        one = self._given.pop(id, None)
        params = {name: value for name, value in call.params.items() if name not in ("inputResponses", "requestState")}
        if "state" in purpose:
            params["requestState"] = purpose["state"]
        if "given" in purpose:
            params["inputResponses"] = purpose["given"]
        if one is not None:
            one.call.asked, one.call.params = asked, params
            self._decided(one, _choice(one.ask, response), "client")
            return
        # It was asked by another process, or so long ago that it was forgotten here: the same question comes up again.
        call.params = params
        said = self._hub.gate.call(call.up.id, asked.method, params, self._calls.about(call))
        if isinstance(said, Passed | Refusal):
            self._calls.follow(call, said)
        else:
            self._decided(_Open(said.ask, call, self._hub.now), _choice(said.ask, response), "client")


def _form(ask: Ask) -> dict[str, Any]:
    """Return a form that all revisions have: one choice, nothing chosen beforehand."""
    return {
        "message": ask.message,
        "requestedSchema": {
            "type": "object",
            "properties": {
                "decision": {
                    "type": "string",
                    "title": "Decision",
                    "enum": [_DENY, *(value for value, _ in ask.options)],
                    "enumNames": ["Do not allow it", *(title for _, title in ask.options)],
                }
            },
            "required": ["decision"],
        },
    }


def _choice(ask: Ask, result: Any) -> str:
    """Return which of the options was chosen in a form, empty for anything else."""
    if type(result) is not dict or result.get("action") != "accept" or type(result.get("content")) is not dict:
        return ""
    chosen = result["content"].get("decision")
    return next((value for value, _ in ask.options if value == chosen), "")
