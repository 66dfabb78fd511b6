"""Decides on what servers and clients say to each other beside calls: notices, wishes of servers, answers, errors."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from bartizan.guard.exchange import Exchange, Kind
from bartizan.guard.mcp.bounds import bad_definition
from bartizan.guard.mcp.contents import read_answer, read_message, read_result
from bartizan.guard.mcp.forms import imitates, wants_secret
from bartizan.guard.mcp.gate import Direction, Part, Passed, Refusal
from bartizan.guard.mcp.holding import Holding, refused
from bartizan.guard.mcp.looking import Looked, restore
from bartizan.guard.mcp.recording import More, event, said_more
from bartizan.guard.streams.blocked import Blocked
from bartizan.inspection.injection import FLAGGED

__all__ = ["say"]

_WISHES = {"elicitation/create": "elicit", "sampling/createMessage": "sample", "roots/list": "list-roots"}
"""Requests of servers, and the actions that policies call them."""
_INTRODUCES = frozenset({"initialize", "server/discover"})
_ONLY_ADDRESS = "notifications/resources/updated"
"""It tells no more than the address of a resource that was asked for."""


def say(
    holding: Holding, server: str, direction: Direction, method: str, part: Part, value: dict[str, Any], now: float
) -> Passed | Refusal:
    """Decide on a text between the two."""
    to_client = direction is Direction.TO_CLIENT
    action = _WISHES.get(method, "")
    stopped = holding.stopped(server, "", action or "call-tool", now)
    if stopped is not None:
        return stopped
    exchange = _read(method, part, value, to_client=to_client)
    looker = holding.shared.looker
    looked = looker.clean(exchange, only_tell=not to_client, names=True)
    before = holding.from_servers if to_client else holding.from_model
    if restore(exchange, before) or (looked.named and to_client):
        rewritten = exchange.changed
        exchange = _read(method, part, value, to_client=to_client)  # members may have other names now
        exchange.rewritten = rewritten
    if to_client and not (method in _INTRODUCES and part is Part.RESULT) and method != _ONLY_ADDRESS:
        holding.heard(server, method, [piece.text for piece in exchange.pieces if piece.kind is Kind.TEXT], now)
    wish = action if to_client and part is Part.PARAMS else ""
    try:
        if to_client:
            looker.score(exchange, looked)
        looker.protect(exchange, looked, "answer" if to_client else "request", server,
                       holding.from_model if to_client else holding.from_servers)  # fmt: skip
        why = _wished(holding, server, wish, value, looked, now) if wish else None
        if method in _INTRODUCES and part is Part.RESULT:
            exchange.rewritten = _instructed(holding, server, value, now) or exchange.rewritten
    except Blocked as blocked:
        why = refused(blocked.sentence, blocked.rule)
    if to_client and method != "roots/list":
        holding.read(looked)
    if why is not None or action or looked.hidden or looked.found.changed or looked.injection >= FLAGGED:
        _record(holding, server, action or method, why, looked, now, changed=exchange.changed)
    return why or Passed(value, exchange.changed)


def _read(method: str, part: Part, value: dict[str, Any], *, to_client: bool) -> Exchange:
    if part is Part.PARAMS:
        return read_message("server" if to_client else "client", method, value)
    if part is Part.RESULT and not to_client:
        return read_answer(method, value)
    return read_result(method, value) if part is Part.RESULT else read_message("server", method, value)


def _wished(
    holding: Holding, server: str, action: str, value: dict[str, Any], looked: Looked, now: float
) -> Refusal | None:
    """Return why a server may not ask the client for this."""
    mode = str(value.get("mode", "form")) if action == "elicit" else ""
    if mode == "url" and not _is_page(value.get("url")):
        return refused("the server wants an address opened that is no page of the web", "elicit-address")
    if action == "elicit" and bad_definition(value):
        return refused("the server's form is too large, or is made so that nobody can read it", "elicit-form")
    if action == "elicit" and mode != "url" and wants_secret(value):
        return refused("the server's form asks for a password or a key, which no form may", "elicit-secret")
    if action == "elicit" and imitates(value):
        return refused("the server's form looks like a question of the gateway's own", "elicit-imitates")
    ruled = holding.authorise(action, "Server", "", server, now, looked, mode=mode)
    return None if ruled.allowed else refused(ruled.sentence, ruled.rule)


def _is_page(url: Any) -> bool:
    """Tell whether an address may be opened: of the web, encrypted or on this machine, and with no password in it."""
    try:
        place = urlsplit(url) if type(url) is str else urlsplit("")
        host = place.hostname or ""
    except ValueError:
        return False
    near = host == "localhost" or host == "::1" or host.startswith("127.")
    return bool(host) and "@" not in place.netloc and (place.scheme == "https" or (place.scheme == "http" and near))


def _instructed(holding: Holding, server: str, value: dict[str, Any], now: float) -> bool:
    """Take away instructions that are not those that were approved; return whether there were such."""
    watch, said = holding.watch(server), value.get("instructions")
    if type(said) is not str or not said or (watch is not None and watch.instructions(said).open):
        return False
    del value["instructions"]
    why = "unknown" if watch is None else "drifted"
    more: More = {"left_out": 1, "left_out_names": [f"instructions: {why}"]}
    holding.tell(event("tool-list", holding.client, server, now, "list-tools", server, "transform",
                       f"pin-{why}", more))  # fmt: skip
    return True


def _record(
    holding: Holding, server: str, action: str, why: Refusal | None, looked: Looked, now: float, *, changed: bool
) -> None:
    decision = "deny" if why is not None else "transform" if changed else "allow"
    rule = "" if why is None else why.rule
    made = event("tool-message", holding.client, server, now, action, server, decision, rule, said_more(looked))
    holding.tell(made)
