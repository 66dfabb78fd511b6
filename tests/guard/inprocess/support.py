"""A guard of small real parts: two upstreams, rules that hide or block, budgets in memory, events in a list."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from bartizan.guard.config import Budget, Config, Identity, Limits, Upstream
from bartizan.guard.engine import Engine
from bartizan.guard.inprocess import Guard, Identifier
from bartizan.guard.limits import Limiter, MemoryStore
from bartizan.guard.policy import Authoriser, PolicyFile, load_policies
from bartizan.guard.protection import DataRule, Handling, Handlings, Protector
from bartizan.inspection import Inspector, Policy
from bartizan.inspection.redaction import Hiding, KeyRing, Mode, parse_keys
from bartizan.model import Event, Scheme

__all__ = ["CARD", "IBAN", "MAIL", "Clock", "Held", "chat", "guarded", "said"]

CARD, IBAN, MAIL = "4111 1111 1111 1111", "CH93 0076 2011 6238 5295 7", "anna.meier@example.ch"
NOW = 1_796_036_400.0
"""A morning; see the policy below."""
_LIMITS = Limits()
_RULES = [
    DataRule(id="no-cards", do=Handling.BLOCK, types=["credit-card"]),
    DataRule(id="ask-first", do=Handling.ASK, types=["iban-code"], on=["request"], ask="the data office"),
    DataRule(id="hide", do=Handling.PSEUDONYM, types=["email-address"], on=["request"]),
    DataRule(id="rest", do=Handling.ALLOW),
]
_POLICY = """
@id("staff") permit (principal in Bartizan::Group::"staff", action, resource);
@id("not-at-night") forbid (principal, action, resource) when { context.hour < 5 };
"""


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@cache
def _keys() -> KeyRing:
    return parse_keys("k1:" + bytes(range(32)).hex())


@cache
def engine(limits: Limits = _LIMITS) -> Engine:
    """Return an engine; one is enough for all tests, as it remembers nothing of a call."""
    inspector = Inspector(Policy(types=["credit-card", "email-address", "iban-code"]))
    families = {name: entry.family for name, entry in inspector.known.items()}
    handlings = Handlings(_RULES, families, Scheme(tuple(inspector.policy.scheme)))
    tokens = Hiding(Mode.TOKEN, keys=_keys())
    upstreams = [
        Upstream(id="own", door="openai", url="http://127.0.0.1:9/v1", models={"gpt": "gpt-2026"}),
        Upstream(id="claude", door="anthropic", url="http://127.0.0.1:9"),
        Upstream(id="gem", door="gemini", url="http://127.0.0.1:9", models={"flash": "flash-2026"}),
    ]
    config = Config(upstreams=upstreams, identity=Identity(keys="keys.jsonl"), limits=limits)
    policies = load_policies([PolicyFile("all.cedar", _POLICY)])
    return Engine(config, Authoriser(policies), Protector(inspector, handlings, Hiding(Mode.MASK), tokens), _keys())


class Held(Guard):
    """A guard with what a test looks at: its events, its clock, and its limiter."""

    def __init__(self, made: Engine, identifier: Identifier | None, budgets: tuple[Budget, ...], **more: Any) -> None:
        self.events: list[Event] = []
        self.time = Clock()
        self.limits = Limiter(msgspec.structs.replace(made.config, budgets=list(budgets)), MemoryStore())
        sink = more.pop("sink", self.events.append)
        super().__init__(made, self.limits, sink, self.time, identifier=identifier, **more)
        self.anna = self.principal("anna", groups=["staff"], application="desk")

    def last(self) -> tuple[str, str, str]:
        """Return kind, decision and rule of the last event."""
        event = self.events[-1]
        return event.kind, event.decision, event.rule


def guarded(
    *, budgets: tuple[Budget, ...] = (), limits: Limits = _LIMITS, identifier: Identifier | None = None, **more: Any
) -> Held:
    """Return a new guard."""
    return Held(engine(limits), identifier, budgets, **more)


def chat(content: str, **more: Any) -> dict[str, Any]:
    """Return a request for a chat completion."""
    return {"model": "gpt", "messages": [{"role": "user", "content": content}], **more}


def said(content: str) -> dict[str, Any]:
    """Return an answer of a chat completion."""
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return {"id": "c-1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}
