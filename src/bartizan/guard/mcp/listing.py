"""Decides what of a server's definitions a client may see, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bartizan.guard.exchange import Kind as Stands
from bartizan.guard.mcp.bounds import bad_definition, bad_name
from bartizan.guard.mcp.contents import read_definition
from bartizan.guard.mcp.gate import Kind
from bartizan.guard.mcp.holding import Holding
from bartizan.guard.mcp.looking import Looked
from bartizan.guard.mcp.pins import Judged
from bartizan.guard.mcp.recording import listed_event
from bartizan.guard.policy.tools import Thing
from bartizan.guard.streams.blocked import Blocked

__all__ = ["KEYS", "list_items"]

KEYS: Mapping[Kind, tuple[str, Thing, str]] = {
    Kind.TOOLS: ("name", "Tool", "list-tools"),
    Kind.PROMPTS: ("name", "Prompt", "list-prompts"),
    Kind.RESOURCES: ("uri", "Resource", "list-resources"),
    Kind.TEMPLATES: ("uriTemplate", "Resource", "list-resources"),
}
"""What names an item, what policies call it, and the action of listing it."""
_NAMES = ("name", "uri", "uriTemplate")


def list_items(
    holding: Holding, server: str, kind: Kind, items: list[dict[str, Any]], now: float
) -> list[dict[str, Any]]:
    """Return of what a server lists what the client may see, changed or as it is."""
    _, _, action = KEYS[kind]
    stopped = holding.stopped(server, "", action, now)
    if stopped is not None:
        holding.tell(listed_event(holding.client, server, action, len(items), [("*", stopped.rule)], (), now))
        return []
    holding.closed = {key: why for key, why in holding.closed.items() if key[:2] != (server, kind)}
    shown: list[dict[str, Any]] = []
    out: list[tuple[str, str]] = []
    seen: list[Looked] = []
    for item, judged in zip(items, holding.judged(server, kind, items, now), strict=True):
        made, why = _item(holding, server, kind, item, judged, now, seen)
        if made is not None:
            shown.append(made)
        else:
            name = item.get(KEYS[kind][0])
            out.append((holding.nameable(name) if type(name) is str else "?", why))
    holding.tell(listed_event(holding.client, server, action, len(items), out, seen, now))
    return shown


def _item(
    holding: Holding, server: str, kind: Kind, item: dict[str, Any], judged: Judged | None, now: float,
    seen: list[Looked],
) -> tuple[dict[str, Any] | None, str]:  # fmt: skip
    """Return an item as it may be seen, or None and why it may not."""
    key, thing, action = KEYS[kind]
    name = item.get(key)
    if type(name) is not str or bad_name(name):
        return None, "name"
    if judged is not None and not judged.open:
        return None, judged.state.value
    bad = bad_definition(item)
    if bad:
        holding.closed[server, kind, name] = bad
        return None, bad
    block = holding.stopped(server, name, action, now)
    if block is not None:
        return None, block.rule
    shown = copied(item)
    try:
        looked = _look(holding, server, shown)
    except Blocked as blocked:
        holding.closed[server, kind, name] = blocked.rule
        return None, blocked.rule
    seen.append(looked)
    holding.defined(server, name, looked)
    if looked.named or any(shown.get(one) != item.get(one) for one in _NAMES):
        why = holding.closed[server, kind, name] = "hidden-in-a-name" if looked.hidden else "value-in-a-name"
        return None, why
    ruled = holding.authorise(action, thing, name, server, now, looked, pinned=judged is not None)
    if not ruled.allowed:
        return None, ruled.rule
    return (shown if looked.changed else item), ""


def _look(holding: Holding, server: str, item: dict[str, Any]) -> Looked:
    """Look at all texts of a definition. A name within it that would be changed is told as one that holds something."""
    looker = holding.shared.looker
    exchange = read_definition(item)
    looked = looker.clean(exchange)
    looker.score(exchange, looked)
    looker.protect(exchange, looked, "answer", server, holding.from_model)
    looked.named = looked.named or any(piece.changed for piece in exchange.pieces if piece.kind is Stands.KEY)
    return looked


def copied(tree: Any) -> Any:
    """Return a copy of a tree of JSON."""
    if type(tree) is dict:
        return {name: copied(value) for name, value in tree.items()}
    return [copied(value) for value in tree] if type(tree) is list else tree
