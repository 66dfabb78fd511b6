"""The protocol's revisions: which there are, what each has, and how a message of one looks in another.

Two eras: until 2025-11-25 a client and a server agree once, with `initialize`, and a server may ask the client;
from 2026-07-28 on every request says its own revision and capabilities in `_meta`, and a server that wants input
answers so. Source: the schemas of the revisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "CAPABILITIES",
    "CLIENT_INFO",
    "LATEST_LEGACY",
    "LEGACY",
    "LEVELS",
    "LOG_LEVEL",
    "MODERN",
    "OLDER",
    "SERVED",
    "SERVER_INFO",
    "SUBSCRIPTION",
    "TASKS",
    "VERSION",
    "can",
    "client_capabilities",
    "fits",
    "known_request",
    "server_capabilities",
    "shaped",
    "without_protocol",
]

MODERN = "2026-07-28"
LATEST_LEGACY = "2025-11-25"
LEGACY = ("2025-06-18", LATEST_LEGACY)
"""Revisions with a handshake that clients are served in."""
OLDER = ("2024-11-05", "2025-03-26")
"""Revisions that servers may still speak: of what is relayed, they have nothing that 2025-06-18 lacks but batches."""
SERVED = (MODERN, LATEST_LEGACY, "2025-06-18")

_PROTOCOL = "io.modelcontextprotocol/"
VERSION = _PROTOCOL + "protocolVersion"
CAPABILITIES = _PROTOCOL + "clientCapabilities"
CLIENT_INFO = _PROTOCOL + "clientInfo"
SERVER_INFO = _PROTOCOL + "serverInfo"
LOG_LEVEL = _PROTOCOL + "logLevel"
SUBSCRIPTION = _PROTOCOL + "subscriptionId"
TASKS = _PROTOCOL + "tasks"
"""The extension's name."""

LEVELS = ("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency")

_BOTH = {
    "completion/complete",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "tasks/cancel",
    "tasks/get",
    "tools/call",
    "tools/list",
}
_MODERN_REQUESTS = frozenset({*_BOTH, "server/discover", "subscriptions/listen", "tasks/update"})
_LEGACY_REQUESTS = frozenset(
    {*_BOTH, "initialize", "logging/setLevel", "ping", "resources/subscribe", "resources/unsubscribe"}
    | {"tasks/list", "tasks/result"}
)
_CACHED = frozenset(
    {"prompts/list", "resources/list", "resources/read", "resources/templates/list", "server/discover", "tools/list"}
)
_ASKS = ("elicitation", "sampling", "roots")


def known_request(method: str, *, modern: bool) -> bool:
    """Whether clients may ask for this in a revision of that era."""
    return method in (_MODERN_REQUESTS if modern else _LEGACY_REQUESTS)


def shaped(method: str, result: dict[str, Any]) -> dict[str, Any]:
    """Return a result as 2026-07-28 wants it: its type said, and for whom it may be kept: for nobody else.

    What passed a gate passed it for one client, so that a `public` result is public no more.
    """
    if "resultType" not in result:
        result = {"resultType": "complete", **result}
    if not fits(method, result):
        result = {"ttlMs": 0, **result, "cacheScope": "private"}
    return result


def fits(method: str, result: dict[str, Any]) -> bool:
    """Whether a result is one of 2026-07-28 already."""
    if method in _CACHED and result.get("resultType") == "complete":
        return result.get("cacheScope") == "private" and "ttlMs" in result
    return "resultType" in result


def without_protocol(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return `_meta` without what only 2026-07-28 has there."""
    return {name: value for name, value in meta.items() if not name.startswith(_PROTOCOL)}


def client_capabilities(said: Mapping[str, Any], *, modern: bool) -> dict[str, Any]:
    """Return what a server may be told of the client's capabilities: what the relay can carry in that era."""
    told = {name: said[name] for name in (*_ASKS, "experimental") if isinstance(said.get(name), dict)}
    if modern and isinstance(said.get("extensions"), dict):
        told["extensions"] = said["extensions"]
    return told


def can(capabilities: Mapping[str, Any], method: str, params: Mapping[str, Any]) -> bool:
    """Whether a client with these capabilities can be asked this by a server."""
    if method == "elicitation/create":
        modes, mode = capabilities.get("elicitation"), params.get("mode", "form")
        if not isinstance(modes, dict) or not isinstance(mode, str):
            return False
        # An empty object is what 2025-06-18 writes, where there are only forms.
        return mode in modes or (not modes and mode == "form")
    name = {"sampling/createMessage": "sampling", "roots/list": "roots"}.get(method)
    return name is not None and isinstance(capabilities.get(name), dict)


def server_capabilities(all_of: list[tuple[Mapping[str, Any], bool]], *, revision: str) -> dict[str, Any]:
    """Merge the capabilities of servers, each with whether it is of the modern era, for a client of a revision."""
    modern = revision == MODERN
    merged: dict[str, Any] = {}
    for said, theirs in all_of:
        for name, flags in (("tools", ("listChanged",)), ("prompts", ("listChanged",)), ("logging", ())):
            _flags(merged, said, name, flags)
        _flags(merged, said, "resources", ("listChanged", "subscribe"))
        _flags(merged, said, "completions", ())
        if modern and theirs and isinstance(said.get("extensions"), dict):
            merged.setdefault("extensions", {}).update(said["extensions"])
        if revision == LATEST_LEGACY and not theirs and isinstance(said.get("tasks"), dict):
            merged.setdefault("tasks", {}).update(said["tasks"])
        if isinstance(said.get("experimental"), dict):
            merged.setdefault("experimental", {}).update(said["experimental"])
    return merged


def _flags(merged: dict[str, Any], said: Mapping[str, Any], name: str, flags: tuple[str, ...]) -> None:
    theirs = said.get(name)
    if isinstance(theirs, dict):
        into = merged.setdefault(name, {})
        into.update({flag: True for flag in flags if theirs.get(flag) is True})
