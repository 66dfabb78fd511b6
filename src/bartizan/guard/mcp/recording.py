"""What is put on record of agents' calls: who, what, by which rule, and where values came from. Never a value."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from bartizan.guard.charter import Charter, ToolCall
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.mcp.looking import Looked
from bartizan.guard.policy.tools import Thing
from bartizan.guard.principal import Principal
from bartizan.model import Count, Event, stamp
from bartizan.model.card import ToolCard

__all__ = ["Call", "Client", "More", "call_event", "digest", "event", "listed_event", "said_more"]

More = dict[str, str | int | float | bool | list[str]]
_MOST_NAMES = 40


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """The client of one relay: the caller, and the session with it.

    `session` is unique and says nothing. `agent` is the agent's name, by default the application's. `attended` tells
    that somebody can be asked. `states_request` tells that the client is believed about what its user has asked for.
    `regions` are those of the servers, `delegation` is how many agents handed the task on before.
    """

    principal: Principal
    session: str
    door: str = ""
    agent: str = ""
    attended: bool = False
    states_request: bool = False
    delegation: int = 0
    trace: str = ""
    regions: Mapping[str, str] = {}

    @property
    def named(self) -> str:
        """The agent's name."""
        return self.agent or self.principal.application


class Call:
    """One request of a client that a server is to answer, from its decision to its result."""

    __slots__ = ("action", "card", "charter", "definition", "digest", "events", "looked", "method", "name",
                 "over", "pinned", "rule", "server", "started", "steps", "taken", "thing", "told",
                 "verdict")  # fmt: skip

    def __init__(self, server: str, method: str, action: str, thing: Thing, name: str, started: float) -> None:
        self.server, self.method, self.action, self.thing, self.name = server, method, action, thing, name
        self.started = started
        self.definition: Mapping[str, Any] | None = None
        self.pinned = self.over = False
        self.rule = self.digest = self.told = ""
        """`told` is the name as records may hold it."""
        self.card: ToolCard | None = None
        self.verdict: Verdict | None = None
        self.looked: Looked | None = None
        self.charter: Charter | None = None
        self.taken: ToolCall | None = None
        self.steps = 0


def digest(value: Any, key: bytes) -> str:
    """Return the digest of arguments or of a result, which nobody can work out from a guess without the key."""
    return blake2b(_plain(value).encode(errors="surrogatepass"), digest_size=16, key=key).hexdigest()


_plain = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=repr).encode


def call_event(
    kind: str,
    client: Client,
    call: Call,
    now: float,
    decision: str,
    rule: str,
    *,
    back: Looked | None = None,
    more: More | None = None,
) -> Event:
    """Return the event of a call: `back` is what its result held, `more` are further members."""
    told = [one for one in (call.looked, back) if one is not None]
    about: More = {"milliseconds": round((now - call.started) * 1000, 1), **_verdict(call), **_seen(told)}
    if call.digest:
        about["arguments_digest"] = call.digest
    if call.charter is not None:
        about["charter"] = call.charter.id
    if call.steps:
        about["call"] = call.steps
    types: dict[str, int] = {}
    for one in told:
        for type, count in one.found.types.items():
            types[type] = types.get(type, 0) + count
    made = event(kind, client, call.server, now, call.action, f"{call.server}/{call.told}", decision, rule,
                 {**about, **(more or {})})  # fmt: skip
    sent = call.looked.found.class_ if call.looked is not None else ""
    return msgspec.structs.replace(
        made,
        labels=[sent] if sent else [],
        findings=[Count(type, count) for type, count in sorted(types.items())],
    )


def listed_event(
    client: Client,
    server: str,
    action: str,
    count: int,
    out: Collection[tuple[str, str]],
    looked: Collection[Looked],
    now: float,
) -> Event:
    """Return the event of a list: how many there are, and which are left out, by (name, reason)."""
    more: More = {"listed": count, "left_out": len(out), **_seen(looked)}
    if out:
        more["left_out_names"] = sorted(f"{name}: {why}" for name, why in out)[:_MOST_NAMES]
    changed = bool(out) or any(one.changed for one in looked)
    return event("tool-list", client, server, now, action, server, "transform" if changed else "allow", "", more)


def event(
    kind: str,
    client: Client,
    server: str,
    now: float,
    action: str,
    resource: str,
    decision: str,
    rule: str,
    more: More,
) -> Event:
    """Return an event with what all of a session's events have."""
    about: More = {"server": server, "session": client.session}
    if client.named:
        about["agent"] = client.named
    if client.door:
        about["door"] = client.door
    if client.principal.sandbox:
        about["sandbox"] = client.principal.sandbox
    return Event(
        kind=kind,
        time=stamp(now),
        principal=client.principal.id,
        action=action,
        resource=resource,
        decision=decision,
        rule=rule,
        trace=client.trace,
        more={**about, **more},
    )


def said_more(looked: Looked) -> More:
    """Return what an event tells of a message that is no call."""
    return _seen([looked])


def _verdict(call: Call) -> More:
    """Return what the flow monitor says: the source of each argument's values, by name."""
    verdict, card = call.verdict, call.card
    if verdict is None:
        return {}
    known = _properties(call.definition)
    sources: dict[str, None] = {}
    for origin in verdict.origins:
        name = origin.argument.partition("/")[0]
        sources[f"{name if name in known else 'another'}: {origin.source.value}"] = None
    more: More = {"effect": verdict.effect.value, "tainted": verdict.tainted, "flow_rule": verdict.rule}
    if sources:
        more["sources"] = list(sources)[:_MOST_NAMES]
    if card is not None:
        more["reviewed"] = card.reviewed
    return more


def _properties(definition: Mapping[str, Any] | None) -> Collection[str]:
    """Return the names of a tool's arguments: what a call makes up may hold anything."""
    schema = {} if definition is None else definition.get("inputSchema")
    known = schema.get("properties") if type(schema) is dict else None
    return known if type(known) is dict else ()


def _seen(looked: Collection[Looked]) -> More:
    more: More = {}
    best = max(looked, key=lambda one: one.injection, default=None)
    if best is not None and best.injection:
        more["injection"] = best.injection
        if best.signals:
            more["injection_rules"] = best.signals
    for name, found in (
        ("hidden", {kind for one in looked for kind in one.hidden}),
        ("changed_by", {rule for one in looked for rule in one.found.changed}),
        ("not_inspected", {kind for one in looked for kind in one.opaque}),
    ):
        if found:
            more[name] = sorted(found)
    return more
