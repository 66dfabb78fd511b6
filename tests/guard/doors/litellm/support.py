"""Questions as LiteLLM 1.106.2 sends them, and a door to put them to."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from bartizan.guard.config import LiteLlm, parse_config
from bartizan.guard.doors.litellm import Calls, LiteLlmDoor, read_shown
from bartizan.guard.engine import Engine
from bartizan.guard.policy import Authoriser, PolicyFile, load_policies
from bartizan.guard.principal import Principal
from bartizan.guard.protection import Handlings, Protector
from bartizan.guard.refused import Refused
from bartizan.inspection import Inspector
from bartizan.inspection.redaction import Hiding, Mode, parse_keys
from bartizan.model import Scheme

CONFIG = b"""
upstreams: []
identity: {keys: keys.jsonl}
doors: {litellm: {}}
data:
  rules:
    - {id: no-bank, do: block, types: [iban-code]}
    - {id: cards, do: mask, types: [credit-card]}
    - {id: people, do: pseudonym, on: [request], types: [email-address]}
    - {id: people-out, do: mask, on: [answer], types: [email-address]}
    - {id: rest, do: allow}
"""
POLICY = """
@id("all") permit(principal, action, resource);
@id("no-images") @reason("no images") forbid(principal, action, resource) when { context.opaque.contains("image") };
@id("nothing-unknown") forbid(principal, action, resource) when { context.opaque.contains("unknown") };
@id("not-mallory") forbid(principal, action, resource)
when { context has claimed_user && context.claimed_user == "mallory" };
@id("no-search") forbid(principal, action == Bartizan::Action::"use-provider-tool", resource);
"""
MAIL, CARD, IBAN = "anna@example.ch", "4111 1111 1111 1111", "CH93 0076 2011 6238 5295 7"
ESTATE = Principal(id="estate", source="key:k-1", groups=frozenset({"proxies"}))


@cache
def engine() -> Engine:
    """Return the engine of all these tests; made at the first use, as it takes ten seconds."""
    config = parse_config(CONFIG, "gateway.yaml")
    inspector = Inspector(config.data.inspect)
    keys = parse_keys("k1:" + bytes(range(32)).hex())
    families = {name: entry.family for name, entry in inspector.known.items()}
    handlings = Handlings(config.data.rules, families, Scheme(tuple(inspector.policy.scheme)))
    protector = Protector(inspector, handlings, Hiding(Mode.MASK), Hiding(Mode.TOKEN, keys=keys, tenant="default"))
    return Engine(config, Authoriser(load_policies([PolicyFile("p.cedar", POLICY)])), protector, keys)


class Asking:
    """A LiteLLM that asks, and the time."""

    def __init__(self, **config: Any) -> None:
        self.calls = Calls(0)
        self.now = 1000.0
        self.door = LiteLlmDoor(LiteLlm(**{"answers": "rewrite", **config}), engine(), self.calls)

    def ask(self, side: str, *, call: str | None = "c-1", claims: dict[str, Any] | None = None, **more: Any) -> Any:
        """Return the answer to a question, or the rule that blocks it."""
        body = json.dumps(
            {
                "input_type": side, "litellm_call_id": call, "litellm_trace_id": "t-1", "structured_messages": None,
                "images": None, "tools": None, "texts": None, "request_data": claims or {"user_api_key_hash": "h"},
                "request_headers": {"host": "litellm", "authorization": "[present]"}, "litellm_version": "1.106.2",
                "additional_provider_specific_params": {}, "tool_calls": None, "model": "gpt-4o", **more,
            }
        ).encode()  # fmt: skip
        shown = read_shown(body)
        principal = self.door.principal(ESTATE, shown)
        try:
            if side == "response":
                self.judgement = self.door.answer(body, shown, principal, self.now)
                return json.loads(self.judgement.reply())
            self.prepared = self.door.begin(body, principal)
            said = self.door.request(self.prepared, shown, {})
        except Refused as refused:
            return refused.rule
        self.door.remember(self.prepared, shown, principal, self.now)
        return json.loads(said)

    def says(self, *texts: str, **more: Any) -> Any:
        """Ask about a request of one user, whose message has these texts."""
        content: Any = texts[0] if len(texts) == 1 else [{"type": "text", "text": text} for text in texts]
        return self.ask(
            "request", texts=list(texts), structured_messages=[{"role": "user", "content": content}], **more
        )
