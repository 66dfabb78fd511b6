"""Decides the calls of one session: each part of the gateway is asked in its turn, and can only take away."""

from __future__ import annotations

from typing import Any, NamedTuple

from bartizan.guard.exchange import Exchange
from bartizan.guard.mcp import codes
from bartizan.guard.mcp.contents import read_message
from bartizan.guard.mcp.gate import About, Ask, By, Kind, Passed, Refusal, Waiting
from bartizan.guard.mcp.holding import Holding, refused
from bartizan.guard.mcp.listing import copied
from bartizan.guard.mcp.looking import restore
from bartizan.guard.mcp.questions import Question, question, settled
from bartizan.guard.mcp.recording import Call, digest
from bartizan.guard.mcp.underway import Underway
from bartizan.guard.policy.tools import Thing
from bartizan.guard.streams.blocked import Blocked
from bartizan.model import Ask as Asks
from bartizan.model import Deny

__all__ = ["Calling"]


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
_READS = frozenset({"resources/read", "resources/subscribe", "prompts/get"})
_TASKS = "tasks/"


class Calling:
    """Decides calls, and the answers to what is asked about them."""

    def __init__(self, holding: Holding, underway: Underway) -> None:
        self._holding, self._shared, self._underway = holding, holding.shared, underway

    def call(
        self, server: str, method: str, params: dict[str, Any], about: About, *, changed: bool
    ) -> Passed | Refusal | Waiting:
        """Decide on a request of the client; `changed` tells that something was taken out of it already."""
        if method.startswith(_TASKS):
            return self._task(server, method, params, about.now, changed=changed)
        call = self._begun(server, method, params, about)
        before = about.continues
        if type(before) is Call and before.digest == call.digest and before.server == server:
            return self._continued(before, params, about.now, changed=changed)
        why = self._known(call, about.now)
        if why is not None:
            return self._underway.refused(call, why, about.now)
        said = self._decide(call, params, about.now, changed=changed)
        if call.method == "resources/subscribe" and isinstance(said, Passed):  # there is no result of it
            self._underway.over(call, about.now, outcome="ok")
        return said

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        """Decide on a call that was asked about. What has stopped it meanwhile stops it."""
        asked = ask.token
        if type(asked) is not Question:
            return refused("nothing was asked like this", "asking-unknown")
        call = asked.call
        stopped = self._holding.stopped(call.server, call.name, call.action, now)
        why = settled(self._holding, asked, "" if stopped is not None else choice, by, now)
        why = stopped or why
        if why is not None:
            return self._underway.refused(call, why, now)
        return self._underway.passed(call, asked.params, now, changed=asked.changed)

    # ---- what it is

    def _task(self, server: str, method: str, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal:
        """Decide on what is done about a call that goes on as a task; it was decided when it began."""
        call = Call(server, method, "call-tool", "Tool", "", now)
        stopped = self._holding.stopped(server, "", call.action, now)
        if stopped is not None:
            return self._underway.refused(call, stopped, now)
        return self._answers(call, params, now, changed=changed)

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

    def _continued(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal:
        """Decide on the answers that a client brings with a call that was decided before."""
        stopped = self._holding.stopped(call.server, call.name, call.action, now)
        if stopped is not None:
            return self._underway.refused(call, stopped, now)
        self._underway.again(call)
        return self._answers(call, params, now, changed=changed)

    def _answers(self, call: Call, params: dict[str, Any], now: float, *, changed: bool) -> Passed | Refusal:
        """Hold what a client says about a call that was decided before to the data rules."""
        exchange = self._sent(call.method, params)
        looked = self._shared.looker.clean(exchange, only_tell=True)
        try:
            self._shared.looker.protect(exchange, looked, "request", call.server, self._holding.from_servers)
        except Blocked as blocked:
            return self._underway.refused(call, refused(blocked.sentence, blocked.rule), now)
        return Passed(params, changed or exchange.changed, call)

    # ---- whether it goes on

    def _known(self, call: Call, now: float) -> Refusal | None:
        """Return why a call is stopped before anything in it is looked at."""
        holding = self._holding
        stopped = holding.stopped(call.server, call.name, call.action, now)
        if stopped is not None:
            return stopped
        kind = _KINDS.get(call.method)
        listed = kind.listed if kind is not None else Kind.PROMPTS if call.thing == "Prompt" else None
        if listed is None:
            return None
        if call.definition is None:
            return refused("the server lists nothing of this name", "unknown-definition", code=codes.INVALID_PARAMS,
                           as_error=True)  # fmt: skip
        closed = holding.closed.get((call.server, listed, call.name))
        if closed is not None:
            return refused("its definition holds what may not be shown", f"definition-{closed}")
        judged = holding.approved(call.server, listed, call.name)
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
            return self._underway.refused(call, refused(blocked.sentence, blocked.rule), now)
        changed = changed or exchange.changed
        why, counted = holding.chartered(call, arguments, now)
        if why is not None:
            return self._underway.refused(call, why, now)
        ruled = holding.authorise(
            call.action, call.thing, call.name, call.server, now, looked, **holding.about(call), **counted
        )
        call.rule = ruled.rule
        if not ruled.allowed and not ruled.ask:
            return self._underway.refused(call, refused(ruled.sentence, ruled.rule), now)
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
        verdict, underway = call.verdict, self._underway
        rule, reason = call.rule, sentence
        if verdict is not None and isinstance(verdict.ruling, Deny):
            return underway.refused(call, refused(verdict.reason or verdict.ruling.reason, verdict.rule), now)
        if verdict is not None and isinstance(verdict.ruling, Asks):
            whom, rule, reason = whom or verdict.ruling.whom, verdict.rule, verdict.reason
        elif not whom:
            return underway.passed(call, params, now, changed=changed)
        said = question(self._holding, call, params, arguments, now, changed=changed, whom=whom, rule=rule,
                        reason=reason)  # fmt: skip
        if said is None:
            return underway.passed(call, params, now, changed=changed)
        return underway.refused(call, said, now) if isinstance(said, Refusal) else said
