"""What one session holds: what is hidden from whom, what was listed and approved, what was read, what was used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bartizan.guard.charter import ToolCall, amounts_of, charter_of, give_back, take
from bartizan.guard.mcp import codes
from bartizan.guard.mcp.flowing import Flowing
from bartizan.guard.mcp.gate import Kind, Refusal
from bartizan.guard.mcp.journaling import Journaling
from bartizan.guard.mcp.later import Later
from bartizan.guard.mcp.looking import Looked
from bartizan.guard.mcp.parts import Shared
from bartizan.guard.mcp.pins import Judged, Watch
from bartizan.guard.mcp.pins import Kind as Pinned
from bartizan.guard.mcp.recording import Call, Client, More, event
from bartizan.guard.policy import ToolAsked
from bartizan.guard.policy.authoriser import Ruled
from bartizan.guard.policy.tools import ACTIONS, Thing
from bartizan.model import Ask, Deny, Event
from bartizan.model.words import Effect

__all__ = ["PINNED", "Holding", "refused", "ruling_word"]

PINNED = {Kind.TOOLS: Pinned.TOOL, Kind.PROMPTS: Pinned.PROMPT, Kind.TEMPLATES: Pinned.TEMPLATE}
_LATEST = 253_402_300_799.0
_MOST_TOLD = 1_000
"""Events of what is no call that are put on record of one session."""


def refused(sentence: str, rule: str, *, code: int = codes.REFUSED, as_error: bool = False) -> Refusal:
    """Return a refusal in words that tell a model what to do now."""
    said = f"Not allowed: {sentence} (rule `{rule}`). Trying it in another way will not help: tell the user."
    return Refusal(said, rule, code, as_error)


def ruling_word(ruling: object) -> str:
    """Return what policies call a ruling."""
    return "deny" if isinstance(ruling, Deny) else "ask" if isinstance(ruling, Ask) else "allow"


class Holding:
    """The state of one session, and what is asked of the gateway's parts with it."""

    def __init__(self, shared: Shared, client: Client, request: str, *, put_off: bool = False) -> None:
        self.shared, self.client = shared, client
        self.later = Later(on=put_off)
        parts = shared.parts
        self.events: list[Event] = []
        self.from_model = shared.vault(client, "model")
        """Values that were hidden from the model, and are put back in what it sends."""
        self.from_servers = shared.vault(client, "servers")
        """Values that were hidden from servers, and are put back in what they answer."""
        self.flowing: Flowing | None = None
        if parts.monitor is not None:
            self.flowing = Flowing(parts.monitor, parts.cards, attended=client.attended, request=request)
        self.journal = None if parts.journal is None else Journaling(parts.journal, client, request)
        self.charter = charter_of(parts.charters, client.principal, client.named)
        self.steps = 0
        self.questions = 0
        """How often a call was asked about."""
        self.injection = 0
        """The highest injection signal of what the session has read."""
        self.closed: dict[tuple[str, Kind, str], str] = {}
        """Definitions that are not shown for what stands in them, and why: they can't be called either."""
        self._defined: dict[tuple[str, str], int] = {}
        self._told = self._untold = 0
        self._names: dict[str, str] = {}
        self._watches: dict[str, Watch] = {}
        self._always = {
            "agent": client.named,
            "charter": "" if self.charter is None else self.charter.id,
            "attended": client.attended,
            "delegation": client.delegation,
        }

    # ---- what stops everything

    def stopped(self, server: str, name: str, action: str, now: float) -> Refusal | None:
        """Return why nothing of this kind goes on at the moment, None when nothing stands against it."""
        who = self.client.principal
        if who.until and now >= who.until:
            return refused("the caller's identity has ended", "identity-ended", as_error=True)
        scope = who.scope
        blocked = self.blocked(server, name, now)
        if blocked is not None or scope is None:
            return blocked
        if (
            (scope.actions and scope.actions.isdisjoint({action, "call-tool"}))  # who may call tools may find them
            or (scope.upstreams and server not in scope.upstreams)
            or (scope.models and not scope.actions & ACTIONS)  # a key for models only
        ):
            return refused("the key is not for this", "key-scope", as_error=True)
        return None

    def blocked(self, server: str, name: str, now: float) -> Refusal | None:
        """Return what the kill switch says."""
        who, client = self.client.principal, self.client
        block = self.shared.parts.blocks().find_call(
            who.id, who.application, client.named, client.session, server, name, now
        )
        if block is None:
            return None
        until = f"{datetime.fromtimestamp(min(block.until, _LATEST), UTC):%Y-%m-%d %H:%M} UTC"
        return refused(f"this {block.kind} is blocked until {until}", f"block-{block.id}")

    # ---- what is put on record

    def tell(self, made: Event) -> None:
        """Put on record what servers and clients say on their own; of a flood, how much it was."""
        self._told += 1
        if self._told > _MOST_TOLD:
            self._untold += 1
        else:
            self.events.append(made)

    def nameable(self, name: str) -> str:
        """Return a name as records may hold it."""
        known = self._names.get(name)
        if known is None:
            if len(self._names) >= _MOST_TOLD:
                self._names.clear()
            known = self._names[name] = self.shared.looker.nameable(name)
        return known

    def told(self, now: float) -> None:
        """Put on record how much was not, when the session is over."""
        if self._untold:
            more: More = {"left_out": self._untold}
            self.events.append(event("tool-message", self.client, "", now, "flood", "", "", "", more))
            self._untold = 0

    # ---- what was approved

    def watch(self, server: str) -> Watch | None:
        """Return the watch over a server, None while nothing was approved of it."""
        found = self._watches.get(server)
        if found is None:
            found = self.shared.parts.pins.watch(server)
            if found is not None:
                self._watches[server] = found
        return found

    def judged(self, server: str, kind: Kind, items: list[dict[str, Any]], now: float) -> list[Judged | None]:
        """Hold what a server lists against what was approved; None for each where nothing can be."""
        pinned = PINNED.get(kind)
        if pinned is None:
            return [None] * len(items)
        watch = self.watch(server)
        taken = self.shared.parts.pins.first(server, kind, items, now)
        if taken is not None:
            watch = self._watches[server] = taken
        return [None] * len(items) if watch is None else list(watch.listed(pinned, items))

    def approved(self, server: str, kind: Kind, name: str) -> Judged | None:
        """Return what holds for a definition that is called by its name, None where nothing was approved."""
        watch = self.watch(server)
        return None if watch is None else watch.called(PINNED[kind], name)

    # ---- signals

    def defined(self, server: str, name: str, looked: Looked) -> None:
        """Remember the injection signal of a definition."""
        self._defined[server, name] = looked.injection

    def read(self, looked: Looked) -> None:
        """Remember the injection signal of what was read."""
        self.injection = max(self.injection, looked.injection)

    def heard(self, server: str, method: str, texts: Sequence[str], now: float) -> None:
        """Take what a server says otherwise than by the result of a call whose values are followed."""
        verdict = None if self.flowing is None else self.flowing.heard(server, method, texts)
        if verdict is not None and self.journal is not None:
            self.journal.called(verdict, now)
            self.journal.returned(verdict, list(texts), now, failed=False)

    # ---- policies

    def authorise(
        self, action: str, thing: Thing, name: str, server: str, now: float, looked: Looked, **more: Any
    ) -> Ruled:
        """Ask the policies."""
        context: dict[str, Any] = {**self.shared.parts.context(self.client.principal, now), **self._always, **more}
        defined = self._defined.get((server, name), 0)
        context["injection"] = max(self.injection, defined, looked.injection)
        if self.flowing is not None:
            self.later.settle()  # what was read last counts as well
            context["tainted"] = self.flowing.tainted
        context |= self._held(looked)
        if self.shared.authoriser.speaks_of("session"):
            context["session"] = self.client.session
        region = self.client.regions.get(server, "")
        return self.shared.authoriser.decide(
            ToolAsked(self.client.principal, action, thing, name, server, context, region)
        )

    def _held(self, looked: Looked) -> dict[str, Any]:
        found, looker = looked.found, self.shared.looker
        out: dict[str, Any] = {"data_class": found.left, "data_level": looker.level(found.left)}
        if found.types:
            out |= {"findings": sorted(found.types), "families": looker.families(found.types)}
        if looked.opaque:
            out["opaque"] = sorted(looked.opaque)
        if looked.hidden:
            out["hidden"] = sorted(looked.hidden)
        return out

    def about(self, call: Call) -> dict[str, Any]:
        """Return what policies may ask about a call beside what it holds."""
        out: dict[str, Any] = {"pinned": call.pinned, "tool": call.name if call.thing == "Tool" else ""}
        card, verdict = call.card, call.verdict
        if card is not None:
            out |= {"effect": card.effect.value, "reversible": card.reversible, "destroys": card.destroys,
                    "fetches": card.fetches, "private": card.private, "reviewed": card.reviewed}  # fmt: skip
        if verdict is not None:
            out |= {"effect": verdict.effect.value, "tainted": verdict.tainted, "flow_rule": verdict.rule,
                    "flow": ruling_word(verdict.ruling),
                    "sources": sorted({origin.source.value for origin in verdict.origins})}  # fmt: skip
        return out

    # ---- the charter

    def chartered(self, call: Call, arguments: Mapping[str, Any], now: float) -> tuple[Refusal | None, dict[str, Any]]:
        """Book a call on the agent's charter; return why it may not go on, and what policies may ask about that."""
        if call.thing != "Tool":
            return None, {}
        self.steps += 1
        call.steps = self.steps
        if self.charter is None:
            return None, self._counted({"steps": self.steps})
        card, looked, effect = call.card, call.looked, _effect(call)
        paid = tuple(amounts_of(card, arguments)) if card is not None and effect is Effect.PAY else ()
        asked = ToolCall(
            session=self.client.session,
            server=call.server,
            tool=call.name,
            effect=effect,
            arguments=arguments,
            classes=frozenset() if looked is None else frozenset({looked.found.left} - {""}),
            types=frozenset() if looked is None else frozenset(looked.found.types),
            amounts=paid,
            depth=self.client.delegation,
            attended=self.client.attended,
        )
        checked = take(self.charter, self.shared.state(self.charter), asked, now)
        call.charter = self.charter
        if isinstance(checked.ruling, Deny):
            return refused(checked.ruling.reason, checked.rule), {}
        call.taken = asked
        return None, self._counted({"steps": checked.steps, "repeats": checked.repeats, "charter_used": checked.used})

    def _counted(self, counted: dict[str, Any]) -> dict[str, Any]:
        """Return of what is another thing at each call what a policy speaks of."""
        return {name: value for name, value in counted.items() if self.shared.authoriser.speaks_of(name)}

    def give_back(self, call: Call, now: float) -> None:
        """Take back what was booked for a call that does not go on after all."""
        if call.taken is not None and call.charter is not None:
            give_back(call.charter, self.shared.state(call.charter), call.taken, now)
            call.taken = None


def _effect(call: Call) -> Effect:
    """Return a tool's effect; without a card it may be anything."""
    return Effect.EXECUTE if call.card is None else call.card.effect
