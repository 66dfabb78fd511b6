"""What a server wants to know from the client while it answers a call: carried from any era into any.

Until 2025-11-25 a server sends a request of its own; since 2026-07-28 it answers the call with what it wants, and the
client sends the call again. Between the two the relay holds the call: the server's request stays open until the client
of the newer era comes back, and for a client of the older one the relay sends the call again itself.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from bartizan.guard.mcp.asks import RESENT
from bartizan.guard.mcp.calls import Calls
from bartizan.guard.mcp.codes import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    REFUSED,
    TIMED_OUT,
    TOO_MANY,
)
from bartizan.guard.mcp.gate import Direction, Part
from bartizan.guard.mcp.hub import Hub, addressed
from bartizan.guard.mcp.jsonrpc import Failure, Id, Request, Response
from bartizan.guard.mcp.peers import Asked, Call, Upstream
from bartizan.guard.mcp.revisions import LATEST_LEGACY, can
from bartizan.guard.mcp.state import States

__all__ = ["WANTS", "Inputs"]

WANTS = ("elicitation/create", "sampling/createMessage", "roots/list")
_KEY = "bartizan-input"
_KNOWN = {"resultType", "inputRequests", "requestState"}
"""What a wish for input is made of. The rest, which nobody looks at, is not passed on."""


class _Held:
    """A call whose server waits for input that the client brings with its next request."""

    __slots__ = ("answer", "call", "digest", "until", "waiting")

    def __init__(self, call: Call, digest: str) -> None:
        self.call, self.digest = call, digest
        self.until = 0.0
        self.waiting: list[Request] = []
        self.answer: Response | None = None


class Inputs:
    """Carries wishes for input and what comes of them."""

    def __init__(self, hub: Hub, calls: Calls, states: States) -> None:
        self._hub, self._calls, self._states = hub, calls, states
        self._held: dict[str, _Held] = {}
        self._continued: dict[tuple[str, str], Any] = {}
        """What the gate noted on calls that wait for input; None where they were taken up again."""
        self._asked_of: dict[tuple[str, Id], int] = {}
        self._count = 0

    # ---- a server of the newer era ----------------------------------------------------------------------------------

    def wanted(self, call: Call, result: dict[str, Any], raw: bytes) -> None:
        """Take a result that wants input."""
        asked, up = call.asked, call.up
        wants = result.get("inputRequests", {})
        fits = asked.method in RESENT and type(wants) is dict and len(wants) <= self._hub.limits.wishes
        if not (fits and self._possible(asked, wants)):
            self._hub.gate.failed(up.id, asked.method, call.token, INTERNAL_ERROR, self._hub.now)
            self._hub.note("input-refused", up.id, method=asked.method)
            self._hub.fail(asked, INTERNAL_ERROR, f"the server `{up.id}` wants input that the client can't give")
            return
        shown: dict[str, Any] = {}
        same = result.keys() <= _KNOWN and all(want.keys() <= {"method", "params"} for want in wants.values())
        for key, want in wants.items():
            value, changed = self._hub.says(up, Direction.TO_CLIENT, want["method"], want.get("params") or {})
            if value is None:
                self._hub.gate.failed(up.id, asked.method, call.token, REFUSED, self._hub.now)
                self._hub.fail(asked, REFUSED, f"what the server `{up.id}` wants to know may not be asked")
                return
            same = same and not changed
            shown[key] = {"method": want["method"], **({"params": value} if "params" in want or value else {})}
        if asked.modern:
            self._remember(call, result.get("requestState"))
            kept = {name: value for name, value in result.items() if name in _KNOWN}
            self._hub.answer(
                asked, {**kept, "inputRequests": shown} if "inputRequests" in kept else kept, raw if same else b""
            )
        else:
            self._gather(call, shown, result.get("requestState"))

    def _possible(self, asked: Asked, wants: dict[str, Any]) -> bool:
        return all(
            type(want) is dict
            and want.get("method") in WANTS
            and isinstance(want.get("params") or {}, dict)
            and can(asked.capabilities, want["method"], want.get("params") or {})
            and addressed(want.get("params") or {})
            for want in wants.values()
        )

    def _remember(self, call: Call, state: Any) -> None:
        """Keep the gate's note until the client sends the call again, so that it is not decided anew."""
        if type(state) is str:
            digest = self._states.digest(call.asked.method, call.asked.params)
            self._continued[(digest, state)] = call.token
            if len(self._continued) > self._hub.limits.kept:
                del self._continued[next(iter(self._continued))]

    def continues(self, asked: Asked) -> Any:
        """Return the gate's note on the call that this one goes on with, None when it goes on with none."""
        state = asked.params.get("requestState")
        if type(state) is not str or not self._continued:
            return None
        key = (self._states.digest(asked.method, asked.params), state)
        note = self._continued.get(key)
        if note is not None:
            self._continued[key] = None
        return note

    def gave(self, asked: Asked) -> bool:
        """Tell whether a server gave out the state that a call is sent again with, for this client's same call."""
        state = asked.params.get("requestState")
        return (self._states.digest(asked.method, asked.params), state) in self._continued

    def given(self, call: Call, params: dict[str, Any]) -> dict[str, Any] | None:
        """Return parameters with the input that may pass, None when the call ended here."""
        responses = params["inputResponses"]
        if not call.up.modern:
            return params
        if type(responses) is not dict or not all(type(one) is dict for one in responses.values()):
            self._hub.fail(call.asked, INVALID_PARAMS, "`inputResponses` must hold an answer to each wish for input")
            return None
        passed, same = self._pass(call.up, {key: (_guess(one), one) for key, one in responses.items()})
        return params if same else {**params, "inputResponses": passed}

    def _pass(self, up: Upstream, answers: dict[str, tuple[str, dict[str, Any]]]) -> tuple[dict[str, Any], bool]:
        """Show answers of the client to the gate. What may not pass is declined, where that can be said."""
        passed: dict[str, Any] = {}
        same = True
        for key, (method, answer) in answers.items():
            value, changed = self._hub.says(up, Direction.TO_SERVER, method, answer, Part.RESULT)
            same = same and not changed
            if value is not None:
                passed[key] = value
            elif method == "elicitation/create":
                passed[key] = {"action": "decline"}
        return passed, same

    def _gather(self, call: Call, wants: dict[str, Any], state: Any) -> None:
        """Ask a client of the older era for everything, then send the call again."""
        hub, asked, up = self._hub, call.asked, call.up
        asked.rounds += 1
        if asked.rounds > hub.limits.rounds:
            hub.gate.failed(up.id, asked.method, call.token, INTERNAL_ERROR, hub.now)
            hub.fail(asked, INTERNAL_ERROR, f"the server `{up.id}` wanted input more than {hub.limits.rounds} times")
            return
        answers: dict[str, tuple[str, dict[str, Any]]] = {}

        def again() -> None:
            passed, _ = self._pass(up, answers)
            params = {name: value for name, value in call.params.items() if name != "requestState"}
            if wants:
                params["inputResponses"] = passed
            if type(state) is str:
                params["requestState"] = state
            self._calls.send(call, params)

        def one(key: str, response: Response) -> None:
            if asked.done:
                return
            method = wants[key]["method"]
            if type(response.result) is dict:
                answers[key] = (method, response.result)
            elif method == "elicitation/create":
                answers[key] = (method, {"action": "cancel"})
            else:
                hub.gate.failed(up.id, asked.method, call.token, INTERNAL_ERROR, hub.now)
                hub.fail(asked, INTERNAL_ERROR, f"the client did not give what the server `{up.id}` wanted")
                hub.release(asked, "it is not wanted any more")
                return
            if len(answers) == len(wants):
                again()

        for key, want in wants.items():
            self._count += 1
            hub.ask_client(want["method"], _older(want, asked, self._count), partial(one, key), asked)
        if not wants:
            again()

    def urls(self, call: Call, data: Any) -> bool:
        """Take an error of 2025-11-25 that wants the user to visit an address, as the newer era says it."""
        found = data.get("elicitations") if type(data) is dict else None
        if type(found) is not list or not found or call.asked.method not in RESENT:
            return False
        wants: dict[str, Any] = {}
        for number, params in enumerate(found):
            if not (type(params) is dict and can(call.asked.capabilities, "elicitation/create", params)):
                return False
            if not addressed(params):
                return False
            value, _ = self._hub.says(call.up, Direction.TO_CLIENT, "elicitation/create", params)
            if value is None:
                return False
            kept = {name: one for name, one in value.items() if name != "elicitationId"}
            wants[f"{_KEY}-{number}"] = {"method": "elicitation/create", "params": kept}
        self._hub.answer(call.asked, {"resultType": "input_required", "inputRequests": wants})
        return True

    # ---- a server of the older era ----------------------------------------------------------------------------------

    def asks(self, up: Upstream, request: Request, related: int | None) -> None:
        """Take a request of a server."""
        hub = self._hub
        failure = self._unfit(up, request)
        if failure is not None:
            hub.note("request-refused", up.id, method=request.method, code=failure.code)
            hub.respond(up, request.id, failure)
            return
        call_of = self._related(up, related)
        capabilities = hub.client.capabilities if call_of is None else call_of.capabilities
        modern = call_of is not None and call_of.modern
        if not can(capabilities, request.method, request.params) or (call_of is None and not hub.client.revision):
            hub.respond(up, request.id, Failure(METHOD_NOT_FOUND, "the client can't be asked that"))
            return
        value, _ = hub.says(up, Direction.TO_CLIENT, request.method, request.params)
        if value is None:
            hub.respond(up, request.id, Failure(REFUSED, "that may not be asked of the client"))
            return
        request.params = value
        up.asks.add(request.id)
        if modern and call_of is not None:
            self._hold(up, call_of, request)
        else:
            self._asked_of[(up.id, request.id)] = hub.ask_client(
                request.method, value, lambda response: self._back(up, request, response), call_of
            )

    def _unfit(self, up: Upstream, request: Request) -> Failure | None:
        if request.method not in WANTS or up.modern:
            return Failure(METHOD_NOT_FOUND, "clients have no such method")
        if not addressed(request.params):
            return Failure(INVALID_PARAMS, "the address must be one of http or https")
        if request.id in up.asks:
            return Failure(INVALID_REQUEST, "a request with this id waits for its answer")
        if len(up.asks) >= self._hub.limits.wishes:
            return Failure(TOO_MANY, "too many requests wait for an answer")
        return None

    def _related(self, up: Upstream, related: int | None) -> Asked | None:
        """Return the call that a server's request belongs to: where that is not said, the oldest that can have one."""
        if related is not None and related in up.sent:
            return up.sent[related].asked
        waiting = [sent.asked for sent in up.sent.values() if sent.asked is not None]
        return next((asked for asked in waiting if asked.method in RESENT), waiting[0] if waiting else None)

    def _back(self, up: Upstream, request: Request, response: Response) -> None:
        """Pass an answer of the client to the server that wanted it."""
        self._asked_of.pop((up.id, request.id), None)
        if request.id not in up.asks:
            return
        up.asks.discard(request.id)
        if response.error is not None or type(response.result) is not dict:
            error = response.error or Failure(INTERNAL_ERROR, "the client gave an answer that is none")
            value, _ = self._hub.says(up, Direction.TO_SERVER, request.method, error.tree(), Part.ERROR)
            message = "" if value is None else str(value.get("message", ""))
            self._hub.respond(
                up, request.id, Failure(error.code, message, None if value is None else value.get("data"))
            )
            return
        passed, _ = self._pass(up, {_KEY: (request.method, response.result)})
        self._hub.respond(up, request.id, passed.get(_KEY, Failure(REFUSED, "the answer may not be passed on")))

    def cancelled(self, up: Upstream, id: Any) -> None:
        """Take a server's word that it wants no answer to a request any more."""
        within = self._asked_of.pop((up.id, id), None) if type(id) in (str, int) else None
        if within is None:
            self._hub.note("unmatched-cancel", up.id)
            return
        up.asks.discard(id)
        self._hub.withdraw(within, "the server took it back")

    # ---- the two at a time: the call is held ------------------------------------------------------------------------

    def _hold(self, up: Upstream, asked: Asked, request: Request) -> None:
        hub, call = self._hub, asked.call
        held = next((one for one in self._held.values() if call is not None and one.call is call), None)
        if held is not None:  # it is held already: this is asked when the client comes back
            held.waiting.append(request)
        elif call is None or asked.method not in RESENT:
            up.asks.discard(request.id)
            hub.respond(up, request.id, Failure(METHOD_NOT_FOUND, "the client can't be asked that now"))
        else:
            held = _Held(call, self._states.digest(asked.method, asked.params))
            held.waiting.append(request)
            self._hand_out(held)

    def _hand_out(self, held: _Held) -> None:
        hub = self._hub
        self._count += 1
        id = str(self._count)
        self._held[id] = held
        held.until = hub.now + hub.limits.asked
        hub.wake(held.until)
        request = held.waiting[0]
        params = {name: value for name, value in request.params.items() if name not in ("elicitationId", "task")}
        wanted = {_KEY: {"method": request.method, "params": params}}
        state = self._states.make({"for": "input", "id": id}, held.digest, held.until)
        hub.answer(held.call.asked, {"resultType": "input_required", "inputRequests": wanted, "requestState": state})

    def held(self, call: Call, response: Response) -> None:
        """Keep a server's answer to a call that the client has not come back for."""
        for held in [held for held in self._held.values() if held.call is call]:
            held.answer = response

    def resumed(self, call: Call, purpose: dict[str, Any]) -> None:
        """Go on with a call whose server waits for input."""
        asked, up = call.asked, call.up
        held = self._held.pop(purpose["id"], None)
        if held is None or held.digest != self._states.digest(asked.method, asked.params):
            self._hub.note("state-refused", up.id, method=asked.method)
            self._hub.fail(asked, INVALID_PARAMS, "the server does not wait for this input any more")
            return
        before = held.call.asked
        asked.call, asked.sent, asked.progress = held.call, before.sent, before.progress
        held.call.asked = asked
        assert before.sent is not None
        if before.sent[1] in up.sent:
            up.sent[before.sent[1]].asked = asked
        responses = asked.params.get("inputResponses")
        answer = responses.get(_KEY) if type(responses) is dict else None
        self._back(up, held.waiting.pop(0), Response(0, answer))
        if held.answer is not None:
            self._calls.answered(held.call, held.answer)
        elif held.waiting:
            self._hand_out(held)

    def overdue(self) -> None:
        """Give up calls that the client did not come back for."""
        hub = self._hub
        for id in [id for id, held in self._held.items() if held.until <= hub.now]:
            held = self._held.pop(id)
            call = held.call
            for request in held.waiting:
                call.up.asks.discard(request.id)
                hub.respond(call.up, request.id, Failure(TIMED_OUT, "the client did not answer in time"))
            assert call.asked.sent is not None
            hub.cancel(*call.asked.sent, "the client did not come back")
            hub.gate.failed(call.up.id, call.asked.method, call.token, TIMED_OUT, hub.now)
        for held in self._held.values():
            hub.wake(held.until)


def _older(want: dict[str, Any], asked: Asked, number: int) -> dict[str, Any]:
    """Return the parameters of a wish as the client's revision has them."""
    params: dict[str, Any] = want.get("params") or {}
    if want["method"] != "elicitation/create":
        return params
    if params.get("mode") == "url":
        return {"elicitationId": f"{_KEY}-{number}", **params}
    if asked.revision != LATEST_LEGACY:
        return {name: value for name, value in params.items() if name != "mode"}
    return params


def _guess(answer: dict[str, Any]) -> str:
    """Return which wish an answer is to; the two are not on the same message."""
    if "action" in answer:
        return "elicitation/create"
    return "roots/list" if "roots" in answer else "sampling/createMessage"
