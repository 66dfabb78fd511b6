"""Calls as the engine prepares them, as small as can be."""

from __future__ import annotations

from typing import Any

from bartizan.guard.config import Config, Identity, Price, Upstream
from bartizan.guard.engine import Call, Prepared
from bartizan.guard.exchange import Exchange, Opaque, Piece
from bartizan.guard.principal import Principal
from bartizan.guard.protection import Found, Vault
from bartizan.guard.routes import Route
from bartizan.inspection.redaction import Tokens, parse_keys

__all__ = ["ALICE", "UPSTREAM", "configured", "prepared"]

ALICE = Principal(id="alice", source="key:1", application="desk", groups=frozenset({"claims"}))
UPSTREAM = Upstream(
    id="eu", door="openai", url="https://provider.example/v1", region="eu", prices={"gpt": Price(input=2.0, output=8.0)}
)
_TOKENS = Tokens(parse_keys("k1:" + bytes(range(32)).hex()), "default\x1falice", lambda _, value: value)


def configured(**more: Any) -> Config:
    return Config(upstreams=[UPSTREAM], identity=Identity(keys="keys.json"), **more)


def prepared(
    *,
    body: bytes = b"x" * 400,
    most: int = 0,
    action: str = "chat",
    model: str = "gpt",
    principal: Principal = ALICE,
    upstream: Upstream = UPSTREAM,
    parameters: dict[str, Any] | None = None,
    opaque: int = 0,
    pieces: list[Piece] | None = None,
    types: tuple[str, ...] = (),
    class_: str = "public",
    tools: tuple[str, ...] = (),
) -> Prepared:
    made = Prepared(Call(Route("openai", None, action, "/x"), "", body), principal, upstream, Vault(_TOKENS))
    if action == "list-models":
        return made
    made.model = made.sent = model
    made.exchange = Exchange("openai-chat", body, {})
    made.exchange.most = most
    made.exchange.parameters = parameters or {}
    made.exchange.opaque = [Opaque("image", None)] * opaque
    made.exchange.pieces = pieces or []
    made.exchange.tools = list(tools)
    made.found = Found(class_)
    made.found.types.update(dict.fromkeys(types, 1))
    return made
