"""A key's scope holds in the engine, whatever the policies allow."""

from __future__ import annotations

import json

import pytest

from bartizan.guard.config import parse_config
from bartizan.guard.engine import Call, Engine
from bartizan.guard.policy import Authoriser, PolicyFile, load_policies
from bartizan.guard.principal import Principal, Scope
from bartizan.guard.protection import Handlings, Protector
from bartizan.guard.refused import Refused
from bartizan.guard.routes import route
from bartizan.inspection import Inspector
from bartizan.inspection.redaction import Hiding, Mode, parse_keys
from bartizan.model import Scheme

CONFIG = b"""
upstreams:
  - {id: main, door: openai, url: "http://127.0.0.1:1"}
identity: {keys: keys.jsonl}
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    config = parse_config(CONFIG, "gateway.yaml")
    inspector = Inspector(config.data.inspect)
    keys = parse_keys("k1:" + bytes(range(32)).hex())
    handlings = Handlings([], {}, Scheme(tuple(inspector.policy.scheme)))
    tokens = Hiding(Mode.TOKEN, keys=keys, tenant="default")
    policies = load_policies([PolicyFile("all.cedar", "permit(principal, action, resource);")])
    return Engine(config, Authoriser(policies), Protector(inspector, handlings, Hiding(Mode.MASK), tokens), keys)


def asked(engine: Engine, scope: Scope | None, method: str = "POST", path: str = "chat/completions") -> str:
    """Return the rule that refuses a call, with the reason, or `taken`."""
    found = route(method, f"/openai/v1/{path}")
    assert found is not None
    body = {"model": "small", "messages": [{"role": "user", "content": "hello"}]}
    who = Principal(id="alice", source="key:k-1", scope=scope)
    try:
        engine.prepare(Call(found, "", json.dumps(body).encode()), who, {})
    except Refused as error:
        return f"{error.status} {error.rule}: {error.sentence}"
    return "taken"


@pytest.mark.parametrize(
    ("scope", "answer"),
    [
        (None, "taken"),
        (Scope(), "taken"),
        (
            Scope(actions=frozenset({"chat"}), models=frozenset({"small"}), upstreams=frozenset({"main"})),
            "taken",
        ),
        (Scope(actions=frozenset({"embed"})), "403 key-scope: the key is not for this action"),
        (Scope(models=frozenset({"large"})), "403 key-scope: the key is not for this model"),
        (Scope(upstreams=frozenset({"other"})), "403 key-scope: the key is not for this upstream"),
    ],
)
def test_a_scope_holds_where_every_policy_allows(engine: Engine, scope: Scope | None, answer: str) -> None:
    assert asked(engine, scope) == answer


def test_a_key_for_one_model_may_list_models_and_one_for_chat_may_not(engine: Engine) -> None:
    assert asked(engine, Scope(models=frozenset({"small"})), "GET", "models") == "taken"
    assert "action" in asked(engine, Scope(actions=frozenset({"chat"})), "GET", "models")
