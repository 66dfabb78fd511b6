"""Which server a request of the client is for: by the name it was listed under, or by who listed a resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from bartizan.guard.mcp.gate import Kind
from bartizan.guard.mcp.handshake import Handshake
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Failure
from bartizan.guard.mcp.lists import Lists
from bartizan.guard.mcp.peers import Asked, Upstream

__all__ = ["Found", "Routes"]

Found: TypeAlias = Callable[[Upstream | None], None]


class Routes:
    """Finds servers."""

    def __init__(self, hub: Hub, handshake: Handshake, lists: Lists) -> None:
        self._hub, self._handshake, self._lists = hub, handshake, lists

    def split(self, shown: str) -> tuple[Upstream, str] | None:
        """Return the server that a name or id belongs to, and the rest of it."""
        found = self._hub.names.split(shown)
        return None if found is None else (self._hub.servers[found[0]], found[1])

    def named(self, kind: Kind, up: Upstream, shown: str, rest: str) -> str:
        """Return the server's own name for a shown one; `rest` is what it looks like without the list."""
        return up.shown.get(kind, {}).get(shown, rest)

    def resource(self, asked: Asked, uri: str, then: Found) -> None:
        """Find the server of a resource or of a template, and ask all of them for their lists if need be."""
        servers = list(self._hub.servers.values())
        if len(servers) == 1:
            then(servers[0])
            return
        known = self._listed(uri)
        if known is not None:
            then(known)
            return
        left = len(servers) * 2

        def one(_: Failure | None) -> None:
            nonlocal left
            left -= 1
            if not left:
                then(self._listed(uri) or self._alike(uri))

        for up in servers:
            self._both(up, asked, one)

    def _both(self, up: Upstream, asked: Asked, one: Callable[[Failure | None], None]) -> None:
        def ready(failure: Failure | None) -> None:
            if failure is not None:
                one(failure)
                one(failure)
                return
            self._lists.known(up, Kind.RESOURCES, asked, one)
            self._lists.known(up, Kind.TEMPLATES, asked, one)

        self._handshake.ready(up, asked, ready)

    def _listed(self, uri: str) -> Upstream | None:
        owner = self._lists.owner(Kind.RESOURCES, uri) or self._lists.owner(Kind.TEMPLATES, uri)
        return owner or next((up for up in self._hub.servers.values() if uri in up.links), None)

    def _alike(self, uri: str) -> Upstream | None:
        """Return the server with the template that begins most like it, else the only one that has resources."""
        best: tuple[int, Upstream] | None = None
        able = []
        for up in self._hub.servers.values():
            if up.has("resources"):
                able.append(up)
            listed = up.listed.get(Kind.TEMPLATES)
            for template in listed.raw if listed is not None else ():
                fixed = template.partition("{")[0]
                if fixed and uri.startswith(fixed) and (best is None or len(fixed) > best[0]):
                    best = (len(fixed), up)
        if best is not None:
            return best[1]
        return able[0] if len(able) == 1 else None

    def learn(self, up: Upstream, result: dict[str, Any]) -> None:
        """Remember which resources a server's result points to, so that they can be read from it."""
        content = result.get("content")
        if len(self._hub.servers) == 1 or type(content) is not list:
            return
        for block in content:
            if type(block) is dict and block.get("type") in ("resource_link", "resource"):
                inner = block.get("resource")
                uri = inner.get("uri") if type(inner) is dict else block.get("uri")
                if type(uri) is str and len(up.links) < self._hub.limits.uris:
                    up.links[uri] = None
