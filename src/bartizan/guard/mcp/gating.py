"""The gate of one client: decides its calls and their results, and what servers list and say."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from bartizan.guard.exchange import Exchange
from bartizan.guard.mcp import codes
from bartizan.guard.mcp.contents import read_message, read_result
from bartizan.guard.mcp.flowing import result_of
from bartizan.guard.mcp.gate import About, Ask, Direction, Kind, Part, Passed, Refusal, Waiting
from bartizan.guard.mcp.holding import Holding, refused
from bartizan.guard.mcp.listing import copied, list_items
from bartizan.guard.mcp.looking import Looked, restore
from bartizan.guard.mcp.parts import Shared
from bartizan.guard.mcp.questions import Question, question, settled
from bartizan.guard.mcp.recording import Call, Client, call_event, digest
from bartizan.guard.mcp.saying import say
from bartizan.guard.policy.tools import Thing
from bartizan.guard.principal import Principal
from bartizan.guard.streams.blocked import Blocked
from bartizan.model import Ask as Asks
from bartizan.model import Deny, Event
from bartizan.model.words import Effect

__all__ = ["REQUEST", "SessionGate"]

REQUEST = "bartizan/request"
"""The member of `_meta` in which a client states what its user asked for."""
_MOST_REQUEST = 20_000
"""Characters of what a user says at a time."""
_MOST_SAID = 60_000
"""Characters of all that a user says in a session; what comes after that grounds nothing."""


class _Kind(NamedTuple):
    """What a method asks for: the action and the thing of policies, the parameter that names it, what lists it."""

    action: str
    thing: Thing
    key: str
    listed: Kind | None


_KINDS = {
    "tools/call": _Kind("call-tool", "Tool", "name", Kind.TOOLS),
    "resources/read": _Kind("read-resource", "Resource", "uri", None),
    "resources/subscribe": _Kind("read-resource", "Resource", "uri", None),
    "resources/unsubscribe": _Kind("read-resource", "Resource", "uri", None),
    "prompts/get": _Kind("get-prompt", "Prompt", "name", Kind.PROMPTS),
}
_READS = frozenset({"resources/read", "prompts/get"})
_TASKS = "tasks/"


class SessionGate:
    """Implements Gate for one client, and keeps its session. `events` is drained by the driver before it acts."""

    def __init__(self, shared: Shared, client: Client, request: str = "") -> None:
        self._shared = shared
        self._holding = Holding(shared, client, request)
        self._open: set[Call] = set()
        self._said: set[str] = set()

    @property
    def client(self) -> Client:
        """Who is on the other side."""
        return self._holding.client

    def events(self) -> list[Event]:
        """Return what is to be put on record since the last time, before anything that was decided is carried out."""
        made, self._holding.events = self._holding.events, []
        return made

    def journal(self) -> list[bytes]:
        """Return lines of the session's journal since the last time; as with events, they are written first."""
        return [] if self._holding.journal is None else self._holding.journal.lines()

    def known_as(self, principal: Principal) -> None:
        """Take the caller as its newest request knows it: the same one, whose key may end at another time."""
        self._holding.client = msgspec.structs.replace(self.client, principal=principal)

    def says_user(self, text: str) -> None:
        """Take what the user says, from a driver that knows it."""
        text = text[:_MOST_REQUEST]
        holding = self._holding
        room = sum(map(len, self._said)) + len(text) <= _MOST_SAID
        if holding.flowing is not None and text and text not in self._said and room:
            self._said.add(text)
            holding.flowing.said(text)
            if holding.journal is not None:
                holding.journal.said(text)
            if self._shared.parts.desk is not None:
                self._shared.parts.desk.said(self.client.session)

    def ended(self, now: float) -> None:
        """Put on record what has no result when the session is over, and forget its open questions."""
        for call in list(self._open):
            self._over(call, now, outcome="no-result")
        self._holding.told(now)
        if self._shared.parts.desk is not None:
            self._shared.parts.desk.forget(self.client.session)

    # ---- lists

    def listed(self, server: str, kind: Kind, items: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Return of what a server lists what the client may see."""
        return list_items(self._holding, server, kind, items, now)

    # ---- calls

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        """Decide on a request of the client."""
        stated = self._stated(params)
        if method.startswith(_TASKS):
            return self._task(server, method, params, about.now, changed=stated)
        call = self._begun(server, method, params, about)
        before = about.continues
        if type(before) is Call and before.digest == call.digest and before.server == server:
            return self._continued(before, params, about.now, changed=stated)
        why = self._known(call, about.now)
        if why is not None:
            return self._refuse(call, why, about.now)
        return self._decide(call, params, about.now, changed=stated)

    def _task(self, server: str, method: str, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal:
        """Decide on what is done about a call that goes on as a task; it was decided when it began."""
        call = Call(server, method, "call-tool", "Tool", "", now)
        stopped = self._holding.stopped(server, "", call.action, now)
        if stopped is not None:
            return self._refuse(call, stopped, now)
        return self._answers(call, params, now, changed=changed)

    def _stated(self, params: dict[str, Any]) -> bool:
        """Take what the client says its user asked for, if it is believed; a server isn't told in any case."""
        meta = params.get("_meta")
        if type(meta) is not dict or REQUEST not in meta:
            return False
        said = meta.pop(REQUEST)
        if self.client.states_request and type(said) is str:
            self.says_user(said)
        return True

    def _begun(self, server: str, method: str, params: dict[str, Any], about: About) -> Call:
        kind = _KINDS.get(method)
        if kind is None:  # completion/complete
            ref = params.get("ref")
            ref = ref if type(ref) is dict else {}
            thing: Thing = "Resource" if "uri" in ref else "Prompt"
            call = Call(server, method, "complete-argument", thing, str(ref.get("uri", ref.get("name", ""))), about.now)
        else:
            call = Call(server, method, kind.action, kind.thing, str(params.get(kind.key, "")), about.now)
        call.definition = about.definition
        if call.thing == "Resource" and call.definition is None:  # an address that may hold anything
            call.told = f"{self._holding.nameable(call.name.partition(':')[0][:20])}:"
        else:
            call.told = self._holding.nameable(call.name)
        call.digest = digest([call.name, params.get("arguments"), params.get("argument")], self._shared.parts.key)
        return call

    def _known(self, call: Call, now: float) -> Refusal | None:
        """Return why a call is stopped before anything in it is looked at."""
        holding = self._holding
        stopped = holding.stopped(call.server, call.name, call.action, now)
        if stopped is not None:
            return stopped
        kind = _KINDS.get(call.method)
        if kind is None or kind.listed is None:
            return None
        if call.definition is None:
            return refused("the server lists nothing of this name", "unknown-definition", code=codes.INVALID_PARAMS,
                           as_error=True)  # fmt: skip
        closed = holding.closed.get((call.server, kind.listed, call.name))
        if closed is not None:
            return refused("its definition holds what may not be shown", f"definition-{closed}")
        judged = holding.approved(call.server, kind.listed, call.name)
        if judged is not None and not judged.open:
            return refused(f"the definition can't be used: {judged.reason}", f"pin-{judged.state.value}")
        call.pinned = judged is not None
        return None

    def _decide(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal | Waiting:
        holding, looker = self._holding, self._shared.looker
        exchange = self._sent(call.method, params)
        looked = call.looked = looker.clean(exchange, only_tell=True)
        given = params.get("arguments")
        arguments = copied(given) if type(given) is dict else {}
        self._follow(call, arguments)
        try:
            looker.protect(exchange, looked, "request", call.server, holding.from_servers)
        except Blocked as blocked:
            return self._refuse(call, refused(blocked.sentence, blocked.rule), now)
        changed = changed or exchange.changed
        why, counted = holding.chartered(call, arguments, now)
        if why is not None:
            return self._refuse(call, why, now)
        ruled = holding.authorise(
            call.action, call.thing, call.name, call.server, now, looked, **holding.about(call), **counted
        )
        call.rule = ruled.rule
        if not ruled.allowed and not ruled.ask:
            return self._refuse(call, refused(ruled.sentence, ruled.rule), now)
        return self._asked(call, params, arguments, now, changed, ruled.ask, ruled.sentence)

    def _sent(self, method: str, params: dict[str, Any]) -> Exchange:
        """Read what a client sends, with the values put back that were hidden from its model."""
        exchange = read_message("client", method, params)
        if restore(exchange, self._holding.from_model):
            exchange = read_message("client", method, params)  # members may have other names now
            exchange.rewritten = True
        return exchange

    def _follow(self, call: Call, arguments: dict[str, Any]) -> None:
        """Let the flow monitor say what it thinks of a call."""
        flowing = self._holding.flowing
        if flowing is None:
            if call.method == "tools/call" and call.definition is not None:
                call.card = self._shared.parts.cards(call.server, call.name, call.definition)
        elif call.method == "tools/call":
            call.card = flowing.card(call.server, call.name, call.definition)
            call.verdict = flowing.call(call.server, call.name, arguments)
        elif call.method in _READS:
            about = {"uri": call.name} if call.thing == "Resource" else arguments
            call.verdict = flowing.read(call.server, call.method, about, listed=call.definition is not None)
        if call.verdict is not None and self._holding.journal is not None:
            self._holding.journal.called(call.verdict, call.started)

    def _asked(
        self, call: Call, params: dict[str, Any], arguments: dict[str, Any], now: float, changed: bool, whom: str,
        sentence: str,
    ) -> Passed | Refusal | Waiting:  # fmt: skip
        """Refuse a call whose values have no good origin, ask about one, or let it go on."""
        verdict = call.verdict
        rule, reason = call.rule, sentence
        if verdict is not None and isinstance(verdict.ruling, Deny):
            return self._refuse(call, refused(verdict.reason or verdict.ruling.reason, verdict.rule), now)
        if verdict is not None and isinstance(verdict.ruling, Asks):
            whom, rule, reason = whom or verdict.ruling.whom, verdict.rule, verdict.reason
        elif not whom:
            return self._pass(call, params, now, changed=changed)
        said = question(self._holding, call, params, arguments, now, changed=changed, whom=whom, rule=rule,
                        reason=reason)  # fmt: skip
        if said is None:
            return self._pass(call, params, now, changed=changed)
        return self._refuse(call, said, now) if isinstance(said, Refusal) else said

    def answered(self, ask: Ask, choice: str, by: str, now: float) -> Passed | Refusal:
        """Decide on a call that was asked about. What has stopped it meanwhile stops it."""
        asked = ask.token
        if type(asked) is not Question:
            return refused("nothing was asked like this", "asking-unknown")
        call = asked.call
        stopped = self._holding.stopped(call.server, call.name, call.action, now)
        why = settled(self._holding, asked, "" if stopped is not None else choice, by, now)
        why = stopped or why
        if why is not None:
            return self._refuse(call, why, now)
        return self._pass(call, asked.params, now, changed=asked.changed)

    def _continued(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal:
        """Decide on the answers that a client brings with a call that was decided before."""
        stopped = self._holding.stopped(call.server, call.name, call.action, now)
        if stopped is not None:
            return self._refuse(call, stopped, now)
        self._open.add(call)
        return self._answers(call, params, now, changed=changed)

    def _answers(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal:
        """Hold what a client says about a call that was decided before to the data rules."""
        exchange = self._sent(call.method, params)
        looked = self._shared.looker.clean(exchange, only_tell=True)
        try:
            self._shared.looker.protect(exchange, looked, "request", call.server, self._holding.from_servers)
        except Blocked as blocked:
            return self._refuse(call, refused(blocked.sentence, blocked.rule), now)
        return Passed(params, changed or exchange.changed, call)

    def _pass(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed:
        """Let a call go on; what has an effect is on record before it is sent."""
        self._open.add(call)
        if call.thing == "Tool" and call.verdict is not None and call.verdict.effect is not Effect.READ:
            self._record("tool-start", call, now, decision="transform" if changed else "allow")
        return Passed(params, changed, call)

    def _refuse(self, call: Call, why: Refusal, now: float) -> Refusal:
        self._holding.give_back(call, now)
        self._open.discard(call)
        call.over = True
        call.rule = why.rule
        if self._holding.journal is not None:
            self._holding.journal.decided(call.verdict, False, now, outcome=why.rule)
        self._record("tool-refusal", call, now, decision="deny")
        return why

    def _record(self, kind: str, call: Call, now: float, *, decision: str, back: Looked | None = None,
                **more: Any) -> None:  # fmt: skip
        self._holding.events.append(call_event(kind, self.client, call, now, decision, call.rule, back=back, more=more))

    # ---- results

    def result(
        self, server: str, method: str, params: dict[str, Any], result: dict[str, Any], token: Any, now: float
    ) -> Passed | Refusal:
        """Decide on what a server answered to a call that passed."""
        del params
        call = token if type(token) is Call else Call(server, method, "receive-result", "Tool", "", now)
        holding, looker = self._holding, self._shared.looker
        exchange = read_result(method, result)
        looked = looker.clean(exchange, names=True)
        if restore(exchange, holding.from_servers) or looked.named:
            rewritten = exchange.changed
            exchange = read_result(method, result)  # members may have other names now
            exchange.rewritten = rewritten
        stopped = holding.blocked(server, call.name, now)
        if stopped is not None:
            return self._withhold(call, looked, stopped, now)
        final = _is_final(result)
        if final and holding.flowing is not None and call.verdict is not None:
            holding.flowing.result(call.verdict, method, result)
            if holding.journal is not None:
                failed = result.get("isError") is True
                holding.journal.returned(call.verdict, result_of(method, result), now, failed=failed)
        looker.score(exchange, looked)
        holding.read(looked)
        try:
            looker.protect(exchange, looked, "answer", server, holding.from_model)
        except Blocked as blocked:
            return self._withhold(call, looked, refused(blocked.sentence, blocked.rule), now)
        if looked.numbers and result.get("structuredContent") is not None and _has_output(call):
            why = refused("a number in its result may not be seen, and its schema allows nothing else there",
                          next(iter(looked.found.changed), "data"))  # fmt: skip
            return self._withhold(call, looked, why, now)
        if self._shared.authoriser.names("receive-result") and call.thing == "Tool":
            ruled = holding.authorise("receive-result", "Tool", call.name, server, now, looked, **holding.about(call))
            if not ruled.allowed:
                return self._withhold(call, looked, refused(ruled.sentence, ruled.rule), now)
        if final:
            failed = result.get("isError") is True
            self._over(call, now, back=looked, outcome="tool-error" if failed else "ok", changed=exchange.changed)
        return Passed(result, exchange.changed, call)

    def _withhold(self, call: Call, looked: Looked, why: Refusal, now: float) -> Refusal:
        """Keep a result back. What the call did is done: the model is told so."""
        self._open.discard(call)
        call.over = True
        call.rule = why.rule
        self._record("tool-refusal", call, now, decision="deny", back=looked, outcome="result-withheld")
        return Refusal(f"The call was made, and its result is kept back. {why.sentence}", why.rule, why.code)

    def failed(self, server: str, method: str, token: Any, code: int, now: float) -> None:
        """Take note that a call got no result."""
        del server, method
        if type(token) is Call:
            self._over(token, now, outcome="failed", error=code)

    def _over(self, call: Call, now: float, *, back: Looked | None = None, changed: bool = False, **more: Any) -> None:
        """Put a call on record, once."""
        self._open.discard(call)
        if not call.over:
            call.over = True
            changed = changed or (call.looked is not None and bool(call.looked.found.changed))
            self._record("tool-call", call, now, decision="transform" if changed else "allow", back=back, **more)

    # ---- everything else

    def says(
        self, server: str, direction: Direction, method: str, part: Part, value: dict[str, Any], now: float
    ) -> Passed | Refusal:
        """Decide on any other text between the two."""
        return say(self._holding, server, direction, method, part, value, now)


_CONTENTS = ("content", "structuredContent", "contents", "messages")


def _is_final(result: dict[str, Any]) -> bool:
    """Tell whether a result is what the call returns, and not a wish for input or a task that was begun.

    What holds content is, whatever it calls itself.
    """
    if any(name in result for name in _CONTENTS):
        return True
    return "task" not in result and result.get("resultType", "complete") == "complete"


def _has_output(call: Call) -> bool:
    """Tell whether a tool says what its structured results look like, to which clients hold them."""
    return call.definition is not None and call.definition.get("outputSchema") is not None
