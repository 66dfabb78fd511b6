"""What servers list: fetched whole, shown to the gate, merged for the client and remembered for its calls."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any, TypeAlias

from bartizan.guard.mcp.codes import INTERNAL_ERROR, INVALID_PARAMS
from bartizan.guard.mcp.gate import Kind
from bartizan.guard.mcp.handshake import Handshake, Ready
from bartizan.guard.mcp.headers import parameters, unusable
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Failure, Response, has_control
from bartizan.guard.mcp.names import usable
from bartizan.guard.mcp.peers import Asked, Listed, Upstream

__all__ = ["CAPABILITY", "KINDS", "Lists", "collect"]

KINDS = {
    "tools/list": Kind.TOOLS,
    "resources/list": Kind.RESOURCES,
    "resources/templates/list": Kind.TEMPLATES,
    "prompts/list": Kind.PROMPTS,
}
_METHODS = {kind: method for method, kind in KINDS.items()}
_MEMBER = {
    Kind.TOOLS: "tools",
    Kind.RESOURCES: "resources",
    Kind.TEMPLATES: "resourceTemplates",
    Kind.PROMPTS: "prompts",
}
_KEY = {Kind.TOOLS: "name", Kind.RESOURCES: "uri", Kind.TEMPLATES: "uriTemplate", Kind.PROMPTS: "name"}
CAPABILITY = {
    Kind.TOOLS: "tools",
    Kind.RESOURCES: "resources",
    Kind.TEMPLATES: "resources",
    Kind.PROMPTS: "prompts",
}
_LONGEST_URI = 8192

Collected: TypeAlias = Callable[[list[Any], Failure | None], None]
"""Called with everything that was listed, or with what went wrong."""


class Lists:
    """Fetches and merges lists."""

    def __init__(self, hub: Hub, handshake: Handshake) -> None:
        self._hub, self._handshake = hub, handshake

    # ---- for the client ---------------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> None:
        """Answer a request for a list with what all servers have, a page at a time."""
        kind = KINDS[asked.method]
        position = self._position(asked.params.get("cursor"))
        if position is None:
            self._hub.fail(asked, INVALID_PARAMS, "`cursor` is not one that was given out")
            return
        servers = list(self._hub.servers.values())
        failures: list[Failure] = []
        left = len(servers)

        def one(failure: Failure | None) -> None:
            nonlocal left
            left -= 1
            if failure is not None:
                failures.append(failure)
            if not left:
                self._page(asked, kind, position, failures)

        fresh = position == (0, 0)
        for up in servers:
            self._one(up, asked, kind, one, fresh=fresh)

    def _one(self, up: Upstream, asked: Asked, kind: Kind, then: Ready, *, fresh: bool) -> None:
        def ready(failure: Failure | None) -> None:
            if failure is not None:
                then(failure)
            elif fresh:
                self.fetch(up, kind, asked, then)
            else:
                self.known(up, kind, asked, then)

        self._handshake.ready(up, asked, ready)

    def _page(self, asked: Asked, kind: Kind, position: tuple[int, int], failures: list[Failure]) -> None:
        hub = self._hub
        servers = list(hub.servers.values())
        if failures and len(failures) == len(servers):
            hub.fail(asked, failures[0].code, failures[0].message)
            return
        room = hub.limits.page
        items: list[dict[str, Any]] = []
        cursor = ""
        for index, up in enumerate(servers):
            if index < position[0]:
                continue
            start = position[1] if index == position[0] else 0
            visible = self._visible(up, kind)
            taken = visible[start : start + room - len(items)]
            items += taken
            if start + len(taken) < len(visible):
                cursor = _cursor(up.id, start + len(taken))
                break
        hub.answer(asked, {_MEMBER[kind]: items, **({"nextCursor": cursor} if cursor else {})})

    def _visible(self, up: Upstream, kind: Kind) -> list[dict[str, Any]]:
        """Return what the client sees of a server, under the names that it sees."""
        listed = up.listed.get(kind)
        if listed is None:
            return []
        if _KEY[kind] == "name":
            if not self._hub.names.prefix:
                return listed.items
            return [{**item, "name": self._hub.names.shown(up.id, item["name"])} for item in listed.items]
        return [item for item in listed.items if self.owner(kind, item[_KEY[kind]]) is up]

    def owner(self, kind: Kind, uri: str) -> Upstream | None:
        """Return the server that a resource or template belongs to: of several that list it, the first."""
        for up in self._hub.servers.values():
            listed = up.listed.get(kind)
            if listed is not None and uri in listed.raw:
                return up
        return None

    def _position(self, cursor: Any) -> tuple[int, int] | None:
        if cursor is None:
            return 0, 0
        try:
            server, _, offset = base64.urlsafe_b64decode(cursor).decode().rpartition("|")
            position = list(self._hub.servers).index(server), int(offset)
        except (TypeError, ValueError, binascii.Error):
            return None
        return position if 0 <= position[1] <= self._hub.limits.items else None

    # ---- from servers -----------------------------------------------------------------------------------------------

    def known(self, up: Upstream, kind: Kind, asked: Asked | None, then: Ready) -> None:
        """Call `then` when it is known what a server lists, and known recently."""
        listed = up.listed.get(kind)
        if listed is not None and self._hub.now - listed.at <= self._hub.limits.relist:
            then(None)
        else:
            self.fetch(up, kind, asked, then)

    def stale(self, up: Upstream, kinds: tuple[Kind, ...]) -> None:
        """Take note that what a server lists has changed."""
        for kind in kinds:
            if kind in up.listed:
                up.listed[kind].at = float("-inf")

    def fetch(self, up: Upstream, kind: Kind, asked: Asked | None, then: Ready) -> None:
        """Ask a server for everything of a kind; several who want it at a time share one answer."""
        if not up.has(CAPABILITY[kind]):
            up.listed[kind] = Listed({}, [], self._hub.now)
            then(None)
            return
        waiting = up.fetching.setdefault(kind, [])
        waiting.append(then)
        if len(waiting) > 1:
            return

        def done(items: list[Any], failure: Failure | None) -> None:
            if failure is not None:
                self._hub.note("list-failed", up.id, kind=kind.value, code=failure.code)
            else:
                self._take(up, kind, items)
            for one in up.fetching.pop(kind, []):
                one(failure)

        collect(self._hub, up, _METHODS[kind], _MEMBER[kind], asked, done)

    def _take(self, up: Upstream, kind: Kind, items: list[Any]) -> None:
        hub, key = self._hub, _KEY[kind]
        raw: dict[str, dict[str, Any]] = {}
        again: list[dict[str, Any]] = []
        for item in items:
            name: Any = item.get(key) if type(item) is dict else None
            if not _fit(name, key) or (kind is Kind.TOOLS and up.config.http and _barred(item)):
                hub.note("unusable-definition", up.id, kind=kind.value)
            elif name in raw:  # the gate has to know that a name means two things; the client gets it once at most
                hub.note("unusable-definition", up.id, kind=kind.value)
                again += [item] if item != raw[name] else []
            else:
                raw[name] = item
        given = hub.gate.listed(up.id, kind, [*raw.values(), *again], hub.now)
        first = {item[key]: item for item in reversed(given) if item.get(key) in raw}
        seen = [item for item in given if first.get(item.get(key)) is item]
        if key == "name":
            shown = up.shown[kind] = self._shown(up, raw)
            kept = [item for item in seen if shown[hub.names.shown(up.id, item["name"])] == item["name"]]
            if len(kept) < len(seen):
                hub.note("name-collision", up.id, kind=kind.value)
            seen = kept
        if kind is Kind.TOOLS and up.config.http:
            found = {name: tuple(parameters(tool.get("inputSchema"))) for name, tool in raw.items()}
            up.headers = {name: repeated for name, repeated in found.items() if repeated}
        up.listed[kind] = Listed(raw, seen, hub.now)

    def _shown(self, up: Upstream, raw: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Return the server's names by those the client sees; where two would look the same, the plain one is meant."""
        names = self._hub.names
        shown: dict[str, str] = {}
        for name in sorted(raw, key=lambda name: not names.plain(up.id, name)):
            shown.setdefault(names.shown(up.id, name), name)
        return shown


def _cursor(server: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{server}|{offset}".encode()).decode()


def _fit(name: Any, key: str) -> bool:
    if key == "name":
        return usable(name)
    return type(name) is str and 0 < len(name) <= _LONGEST_URI and not has_control(name)


def _barred(tool: dict[str, Any]) -> bool:
    """Whether a tool may not be used over HTTP, which the specification leaves to the client to see to."""
    return unusable(tool.get("inputSchema")) != ""


def collect(
    hub: Hub,
    up: Upstream,
    method: str,
    member: str,
    asked: Asked | None,
    done: Collected,
) -> None:
    """Ask a server for all pages of a list, within bounds; `done` gets the items, or what went wrong."""
    items: list[Any] = []
    seen: set[str] = set()

    def page(response: Response) -> None:
        result = response.result
        if response.error is not None:
            # The server's own words are not passed on: they were not looked at.
            done([], Failure(response.error.code, f"the server `{up.id}` did not answer `{method}`"))
            return
        if type(result) is not dict or type(result.get(member)) is not list:
            done([], Failure(INTERNAL_ERROR, f"the server `{up.id}` gave a list that is none"))
            return
        items.extend(result[member])
        cursor = result.get("nextCursor")
        if type(cursor) is not str or cursor in seen:
            if cursor is not None:
                hub.note("list-cut", up.id, method=method)
            done(items[: hub.limits.items], None)
        elif len(seen) + 1 >= hub.limits.pages or len(items) >= hub.limits.items:
            hub.note("list-cut", up.id, method=method)
            done(items[: hub.limits.items], None)
        else:
            seen.add(cursor)
            hub.send(up, method, hub.own(up, {"cursor": cursor}, asked), page)

    hub.send(up, method, hub.own(up, {}, asked), page)
