"""Whether a request of the client can be taken at all, whatever it asks for."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.codes import INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, UNSUPPORTED_VERSION
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.peers import Asked
from bartizan.guard.mcp.revisions import CAPABILITIES, CLIENT_INFO, LOG_LEVEL, MODERN, SERVED, VERSION, known_request

__all__ = ["unfit"]


def unfit(hub: Hub, asked: Asked, meta: Any) -> bool:
    """Answer a request that can't be taken; `meta` is its `_meta`. Of others, take over what they say of the client."""
    if _ambiguous(asked.params):
        hub.note("ambiguous-names", method=asked.method if known_request(asked.method, modern=asked.modern) else "")
        hub.fail(asked, INVALID_PARAMS, "a name differs from another, or from a parameter's, only in case")
    elif meta is not None and type(meta) is not dict:
        hub.fail(asked, INVALID_PARAMS, "`_meta` must be an object")
    elif meta is not None and type(meta.get("progressToken", "")) not in (str, int):
        hub.fail(asked, INVALID_PARAMS, "`progressToken` must be a string or a whole number")
    elif asked.modern:
        _envelope(hub, asked, meta)
    if not asked.done and not known_request(asked.method, modern=asked.modern):
        hub.note("unknown-method")
        hub.fail(asked, METHOD_NOT_FOUND, "there is no such method")
    if not (asked.done or asked.modern or hub.client.revision or asked.method in ("initialize", "ping")):
        hub.fail(asked, INVALID_REQUEST, "`initialize` comes first, or the revision in `_meta`")
    return asked.done


_NAMES = frozenset({
    "_meta", "argument", "arguments", "capabilities", "clientInfo", "context", "cursor", "inputResponses", "level",
    "name", "notifications", "progressToken", "protocolVersion", "reason", "ref", "requestId", "requestState", "task",
    "taskId", "uri",
})  # fmt: skip
_FOLDED = frozenset(name.casefold() for name in _NAMES)


def _ambiguous(params: dict[str, Any]) -> bool:
    """Whether a reader of JSON that takes no notice of case, as there are some, may read another thing than we do.

    Such a reader takes `Name` for `name`, and of several members the last.
    """
    if any(name not in _NAMES and name.casefold() in _FOLDED for name in params):
        return True
    given = params.get("arguments")
    return type(given) is dict and len({name.casefold() for name in given}) < len(given)


def _envelope(hub: Hub, asked: Asked, meta: Any) -> None:
    """Take over what 2026-07-28 has in every request."""
    version, capabilities, info = meta[VERSION], meta.get(CAPABILITIES), meta.get(CLIENT_INFO)
    if type(version) is not str or type(capabilities) is not dict:
        hub.fail(asked, INVALID_PARAMS, "`_meta` must hold the revision and the client's capabilities")
    elif version != MODERN:
        data = {"supported": list(SERVED), "requested": version}
        hub.fail(asked, UNSUPPORTED_VERSION, "this revision is not spoken here in that way", data)
    else:
        level = meta.get(LOG_LEVEL)
        asked.revision, asked.capabilities = version, capabilities
        asked.info = info if type(info) is dict else {}
        asked.level = level if type(level) is str else ""
