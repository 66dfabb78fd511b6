"""A call of the client on its way: found its server, decided, sent, and its answer decided."""

from __future__ import annotations

from types import NoneType
from typing import Any, Protocol

from bartizan.guard.mcp.codes import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    RESOURCE_NOT_FOUND,
    SERVER_CLOSED,
    URL_ELICITATION_REQUIRED,
)
from bartizan.guard.mcp.gate import About, Ask, Kind, Passed, Refusal, Waiting
from bartizan.guard.mcp.handshake import Handshake
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Failure, Response
from bartizan.guard.mcp.lists import Lists
from bartizan.guard.mcp.names import usable
from bartizan.guard.mcp.peers import Asked, Call, State, Upstream
from bartizan.guard.mcp.revisions import LOG_LEVEL, without_protocol
from bartizan.guard.mcp.routes import Routes
from bartizan.guard.mcp.state import States

__all__ = ["OURS", "Calls", "Inputs", "Questions", "Tasks"]

OURS = "bartizan/"
"""How names in `_meta` begin that are for the gate, and no server's business, such as what the user asked for."""

_KIND = {"tools/call": Kind.TOOLS, "prompts/get": Kind.PROMPTS}
_NEEDS = {
    "tools/call": "tools",
    "prompts/get": "prompts",
    "resources/read": "resources",
    "completion/complete": "completions",
}


class Questions(Protocol):
    """Asks people about calls; see `asks.py`."""

    def wait(self, call: Call, ask: Ask) -> None:
        """Let a call wait for an answer."""

    def resumed(self, call: Call, purpose: dict[str, Any]) -> None:
        """Go on with a call that the client sends again with the answer."""


class Inputs(Protocol):
    """Carries what servers want to know from the client; see `inputs.py`."""

    def wanted(self, call: Call, result: dict[str, Any], raw: bytes) -> None:
        """Take a result that wants input."""

    def gave(self, asked: Asked) -> bool:
        """Tell whether a server gave out the state that a call is sent again with."""

    def resumed(self, call: Call, purpose: dict[str, Any]) -> None:
        """Go on with a call whose server waits for input."""

    def held(self, call: Call, response: Response) -> None:
        """Keep a server's answer to a call that the client has not come back for."""

    def continues(self, asked: Asked) -> Any:
        """Return the gate's note on the call that this one goes on with, None when it goes on with none."""

    def given(self, call: Call, params: dict[str, Any]) -> dict[str, Any] | None:
        """Return parameters with the input that may pass, None when the call ended here."""

    def urls(self, call: Call, data: Any) -> bool:
        """Take an error that wants the user to visit an address; False when it is none."""


class Tasks(Protocol):
    """Keeps track of tasks; see `tasks.py`."""

    def created(self, call: Call, result: dict[str, Any]) -> bool:
        """Take the answer to a call that became a task; False when it is none."""


class Calls:
    """Carries calls. The parts that need it themselves are set after it is made."""

    questions: Questions
    inputs: Inputs
    tasks: Tasks

    def __init__(self, hub: Hub, handshake: Handshake, lists: Lists, routes: Routes, states: States) -> None:
        self._hub, self._handshake, self._lists, self._routes, self._states = hub, handshake, lists, routes, states

    # ---- to which server --------------------------------------------------------------------------------------------

    def begin(self, asked: Asked) -> None:
        """Take `tools/call`, `prompts/get`, `resources/read` or `completion/complete`."""
        if asked.method in _KIND:
            self._by_name(asked, asked.params, asked.params.get("name"), _KIND[asked.method])
        elif asked.method == "resources/read":
            self._by_uri(asked, asked.params.get("uri"))
        else:
            self._complete(asked)

    def _complete(self, asked: Asked) -> None:
        reference = asked.params.get("ref")
        if type(reference) is dict and reference.get("type") == "ref/prompt":
            self._by_name(asked, reference, reference.get("name"), Kind.PROMPTS)
        elif type(reference) is dict and reference.get("type") == "ref/resource":
            self._by_uri(asked, reference.get("uri"))
        else:
            self._hub.fail(asked, INVALID_PARAMS, "`ref` must be a reference to a prompt or a resource")

    def _by_name(self, asked: Asked, holder: dict[str, Any], shown: Any, kind: Kind) -> None:
        if type(asked.params.get("arguments", {})) not in (dict, NoneType):
            self._hub.fail(asked, INVALID_PARAMS, "`arguments` must be an object")
            return
        found = self._routes.split(shown) if usable(shown) else None
        if found is None:
            self._hub.fail(asked, INVALID_PARAMS, f"there is nothing of that name among the {kind.value}")
            return
        up, rest = found

        def known(_: Failure | None) -> None:
            own = self._routes.named(kind, up, shown, rest)
            params = asked.params
            if own != shown:
                renamed = {**holder, "name": own}
                params = renamed if holder is params else {**params, "ref": renamed}
            listed = up.listed.get(kind)
            self.decide(asked, up, params, None if listed is None else listed.raw.get(own))

        self._ready(asked, up, lambda: self._lists.known(up, kind, asked, known))

    def _by_uri(self, asked: Asked, uri: Any) -> None:
        if type(uri) is not str or not uri:
            self._hub.fail(asked, INVALID_PARAMS, "`uri` must be the address of a resource")
            return

        def found(up: Upstream | None) -> None:
            if up is None:
                self._hub.fail(asked, RESOURCE_NOT_FOUND, "no server lists that resource, or anything like it")
                return

            def ready() -> None:
                listed = up.listed.get(Kind.RESOURCES)
                self.decide(asked, up, asked.params, None if listed is None else listed.raw.get(uri))

            self._ready(asked, up, ready)

        self._routes.resource(asked, uri, found)

    def _ready(self, asked: Asked, up: Upstream, then: Any) -> None:
        def ready(failure: Failure | None) -> None:
            if asked.done:
                return
            if failure is not None:
                self._hub.fail(asked, failure.code, failure.message)
            elif not up.has(_NEEDS[asked.method]):
                self._hub.fail(asked, METHOD_NOT_FOUND, f"the server `{up.id}` has no {_NEEDS[asked.method]}")
            else:
                then()

        self._handshake.ready(up, asked, ready)

    # ---- whether ----------------------------------------------------------------------------------------------------

    def decide(self, asked: Asked, up: Upstream, params: dict[str, Any], definition: dict[str, Any] | None) -> None:
        """Show a call to the gate, and do what it says."""
        if asked.done:
            return
        call = Call(asked, up, params, definition)
        state = params.get("requestState")
        if type(state) is str:
            if self._states.ours(state):
                self._resumed(call, state)
                return
            if not (up.modern and self.inputs.gave(asked)):
                self._hub.note("state-refused", up.id, method=asked.method)
                self._hub.fail(asked, INVALID_PARAMS, "`requestState` was not given out for this call")
                return
        self.follow(call, self._hub.gate.call(up.id, asked.method, params, self.about(call)))

    def about(self, call: Call) -> About:
        """Return what the gate is told of a call besides its parameters."""
        asked = call.asked
        name = asked.info.get("name")
        continues = self.inputs.continues(asked) if "requestState" in asked.params else None
        return About(self._hub.now, name if type(name) is str else "", asked.revision, call.definition, continues)

    def _resumed(self, call: Call, state: str) -> None:
        digest = self._states.digest(call.asked.method, call.asked.params)
        purpose = self._states.read(state, digest, self._hub.now)
        if purpose is None:
            self._hub.note("state-refused", call.up.id, method=call.asked.method)
            self._hub.fail(call.asked, INVALID_PARAMS, "`requestState` was not given out for this call, or is too old")
        elif purpose["for"] == "ask":
            self.questions.resumed(call, purpose)
        else:
            self.inputs.resumed(call, purpose)

    def follow(self, call: Call, said: Passed | Refusal | Waiting) -> None:
        """Do what the gate says of a call."""
        if isinstance(said, Waiting):
            self.questions.wait(call, said.ask)
        elif isinstance(said, Refusal):
            self._hub.refuse(call.asked, said)
        else:
            own = not said.changed and said.value is call.asked.params
            call.params, call.token = said.value, said.token
            given: dict[str, Any] | None = call.params
            if "inputResponses" in call.params:
                given = self.inputs.given(call, call.params)
                own = own and given is call.params
            if given is not None:
                self.send(call, given, own=own)

    def allowed(self, call: Call, said: Passed) -> None:
        """Let a call go on that somebody allowed, if the tool is still the one that was asked about."""
        kind = _KIND.get(call.asked.method)
        call.token = said.token
        if self._left(call):
            return
        if kind is None:
            self.follow(call, said)
            return

        def known(_: Failure | None) -> None:
            listed = call.up.listed.get(kind)
            now = None if listed is None else listed.raw.get(call.params.get("name", ""))
            if now == call.definition:
                self.follow(call, said)
            else:
                self._hub.note("changed-meanwhile", call.up.id, method=call.asked.method)
                call.definition = now
                self.follow(call, self._hub.gate.call(call.up.id, call.asked.method, call.params, self.about(call)))

        self._lists.known(call.up, kind, call.asked, known)

    # ---- there and back ---------------------------------------------------------------------------------------------

    def send(self, call: Call, params: dict[str, Any], *, own: bool = False) -> None:
        """Send a call to its server; `own` tells that the parameters are the client's own."""
        asked, up = call.asked, call.up
        asked.call = call
        if self._left(call):
            return
        if asked.modern and asked.level:
            self._hub.level(up, asked.level)
        out = self._outgoing(asked, up, params)
        raw = asked.request.raw() if own and out is params else b""
        self._hub.send(up, asked.method, out, lambda response: self.answered(call, response), asked=asked, raw=raw)

    def _left(self, call: Call) -> bool:
        """Whether the server or the client of a decided call is not there any more; then the call ends here."""
        up, asked = call.up, call.asked
        if up.epoch == call.epoch and up.state is State.READY and not asked.done:
            return False
        self._hub.gate.failed(up.id, asked.method, call.token, SERVER_CLOSED, self._hub.now)
        self._hub.fail(asked, SERVER_CLOSED, f"the server `{up.id}` left before it was asked")
        return True

    def _outgoing(self, asked: Asked, up: Upstream, params: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters as the server's era wants them; the same ones when nothing is to be done."""
        said: dict[str, Any] = params.get("_meta") or {}
        meta = said
        if any(name.startswith(OURS) for name in said):
            meta = {name: value for name, value in said.items() if not name.startswith(OURS)}
        asked.progress = said.get("progressToken")
        gone = [name for name in self._unknown_to(up) if name in params]
        if not up.modern:
            meta = without_protocol(meta) if asked.modern else meta
        elif not asked.modern:
            meta = {**meta, **self._hub.envelope(asked), **({LOG_LEVEL: asked.level} if asked.level else {})}
        if asked.progress is not None:
            meta = {**meta, "progressToken": up.next}
        if meta is said and not gone:
            return params
        made = {name: value for name, value in params.items() if name not in gone and name != "_meta"}
        return {**made, "_meta": meta} if meta else made

    def _unknown_to(self, up: Upstream) -> tuple[str, ...]:
        """Return parameters of the one era that the other does not have."""
        if up.modern:
            return ("task",)
        return ("inputResponses", "requestState") if up.has("tasks") else ("inputResponses", "requestState", "task")

    def answered(self, call: Call, response: Response) -> None:
        """Take a server's answer to a call."""
        asked, up, result = call.asked, call.up, response.result
        if asked.done:
            self.inputs.held(call, response)
            return
        if response.error is not None:
            self._hub.gate.failed(up.id, asked.method, call.token, response.error.code, self._hub.now)
            wants = response.error.code == URL_ELICITATION_REQUIRED and asked.modern
            if not (wants and self.inputs.urls(call, response.error.data)):
                self._hub.error(asked, up, asked.method, response.error, own=not response.wire)
            return
        kind = result.get("resultType") if up.modern and type(result) is dict else None
        if type(result) is dict and (kind == "task" or "task" in result) and self.tasks.created(call, result):
            return
        if type(result) is not dict or kind == "task":  # a client that knows of no tasks must not get one
            self._hub.gate.failed(up.id, asked.method, call.token, INTERNAL_ERROR, self._hub.now)
            self._hub.broken(asked, up)
        elif kind == "input_required":
            self.inputs.wanted(call, result, response.raw())
        else:
            self.finish(call, result, response)

    def finish(self, call: Call, result: dict[str, Any], response: Response | None = None) -> None:
        """Decide on the result of a call, and answer the client."""
        hub, asked, up = self._hub, call.asked, call.up
        said = hub.gate.result(up.id, asked.method, call.params, result, call.token, hub.now)
        if isinstance(said, Refusal):
            hub.refuse(asked, said)
            return
        if type(said.value) is dict:
            self._routes.learn(up, said.value)
        raw = response.raw() if response is not None and not said.changed and said.value is result else b""
        hub.answer(asked, said.value, raw)
