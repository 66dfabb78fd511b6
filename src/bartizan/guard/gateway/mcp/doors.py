"""All doors to MCP servers of a gateway, put together from its configuration."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from bartizan import __version__
from bartizan.guard.config import Config
from bartizan.guard.config_mcp import McpDoor, McpServer
from bartizan.guard.gateway.client import Network
from bartizan.guard.gateway.mcp.callback import CALLBACK, take_answers
from bartizan.guard.gateway.mcp.door import Door
from bartizan.guard.gateway.mcp.http1 import Connections
from bartizan.guard.gateway.mcp.local import LocalLink
from bartizan.guard.gateway.mcp.oauth import Tokens
from bartizan.guard.gateway.mcp.people import People
from bartizan.guard.gateway.mcp.reaching import Reaching
from bartizan.guard.gateway.mcp.resource import WELL_KNOWN, metadata
from bartizan.guard.gateway.mcp.session import Around, Guarded, Session
from bartizan.guard.gateway.mcp.sessions import Sessions
from bartizan.guard.gateway.mcp.speech import Speech
from bartizan.guard.gateway.mcp.upstream import Bounds, HttpLink, Place
from bartizan.guard.gateway.service import Service
from bartizan.guard.mcp.peers import Limits, Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.mcp.state import Remembered
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused

__all__ = ["Doors", "Gates", "Means"]

_PATH = "/mcp/"
_STDERR = 2
_LOOK = 0.2


class Gates(Protocol):
    """Makes what decides in a session of a door, for a principal, with the session's name for the record."""

    def __call__(self, door: McpDoor, who: Principal, session: str) -> Guarded:
        """Make it."""
        ...

    def spent(self, who: Principal, tokens: int, money: float) -> None:
        """Take note of what a caller has used of models."""
        ...


class Means(NamedTuple):
    """What doors are made with: how secrets are read and others reached, who decides, and the time."""

    folder: Path
    read: Callable[[str], str]
    network: Network
    gates: Gates
    clock: Callable[[], float]
    complain: Callable[[Exception], None]


class Doors:
    """To be made, used and closed within one event loop. Raises InputError for what can't be used of a server."""

    def __init__(self, config: Config, means: Means) -> None:
        self.config, self._means = config, means
        self._key, self._remembered = secrets.token_bytes(32), Remembered()
        self._bounds = Bounds(answer=config.limits.answer)
        self._speech: Speech | None = None
        self._places = {
            (door.id, server.id): self._place(server) for door in config.mcp for server in door.servers if server.url
        }
        self._environments = {
            (door.id, server.id): {name: means.read(where) for name, where in server.environment.items()}
            for door in config.mcp
            for server in door.servers
        }
        self._people = People(config.mcp, means.folder, means.read, means.network, means.clock)
        self._doors = {f"{_PATH}{door.id}": self._door(door) for door in config.mcp}
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self) -> None:
        """Begin to look after sessions."""
        self._tasks = [asyncio.ensure_future(one.sessions.watch()) for one in self._doors.values()]

    async def retire(self, seconds: float) -> None:
        """Let what is under way end, for so long at most, and close. New requests are others' by now."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end and any(one.sessions.busy for one in self._doors.values()):
            await asyncio.sleep(_LOOK)
        await self.close()

    def serves(self, path: str) -> bool:
        """Tell whether a path is for here."""
        return path.startswith((_PATH, WELL_KNOWN)) or path == CALLBACK

    async def serve(self, service: Service, scope: Any, proto: Any) -> None:
        """Answer one request whose path is for here."""
        if scope.path == CALLBACK:
            await take_answers(self._people, service, scope, proto)
            return
        door = self._doors.get(scope.path)
        if door is not None:
            await door.serve(service, scope, proto)
            return
        about = scope.path.removeprefix(WELL_KNOWN)
        found = self._doors.get(about)
        if found is None and not about and len(self._doors) == 1:
            (found,) = self._doors.values()
        if about != scope.path and found is not None and scope.method == "GET" and service.config.identity.issuers:
            headers = [("content-type", "application/json"), ("cache-control", "max-age=300"),
                       ("access-control-allow-origin", "*")]  # fmt: skip
            proto.response_bytes(200, headers, metadata(service.config, found.door))
            return
        record = service.record(scope, None)
        record.refused(Refused(404, "path-not-served", "this path is not served here"))
        await service.recorded(record)
        proto.response_str(404, [("content-type", "text/plain")], "there is no such door\n")

    def spent(self, who: Principal, tokens: int, money: float) -> None:
        """Book on agents' charters what a caller has used of models."""
        self._means.gates.spent(who, tokens, money)

    async def close(self) -> None:
        """End all sessions, and close all connections."""
        for task in self._tasks:
            task.cancel()
        for door in self._doors.values():
            await door.sessions.close()
        for place in self._places.values():
            if place.tokens is not None:
                await place.tokens.close()
            place.connections.close()
        await self._people.close()
        if self._speech is not None:
            self._speech.close()

    # ---- making

    def _place(self, server: McpServer) -> Place:
        means = self._means
        tokens = None
        if server.oauth is not None:
            tokens = Tokens(server, means.read(server.oauth.secret), means.network.client(), means.clock)
        credential = None
        if server.secret is not None:
            secret = means.read(server.secret)
            bare = server.secret_header != "authorization"
            credential = (server.secret_header, secret if bare else f"Bearer {secret}")
        host = urlsplit(server.url).hostname or ""
        proxy = means.network.proxy_for(host)
        reaching = Reaching(server, means.clock, proxied=bool(proxy))
        tls = None
        if server.url.startswith("https:"):
            tls = means.network.tls(f"server `{server.id}`", server.ca, server.certificate)
        connections = Connections(server.url, reaching, tls, proxy)
        return Place(server, reaching, connections, credential, tokens)

    def _door(self, door: McpDoor) -> Door:
        passed = frozenset(name for server in door.servers for name in server.headers)

        def make(id: str, who: Principal) -> Session:
            return self._session(door, id, who)

        return Door(door, Sessions(door, make, self._means.clock), passed)

    def _session(self, door: McpDoor, id: str, who: Principal) -> Session:
        means = self._means
        # What is on record must not be enough to use a session.
        guarded = means.gates(door, who, secrets.token_hex(8))
        relay = Relay(
            [Server(one.id, bool(one.url), one.protocol) for one in door.servers],
            guarded.gate,
            prefix=True if door.prefix == "always" else None,
            key=self._key,
            remembered=self._remembered,
            binding="\0".join((door.id, who.tenant, who.source, who.id)),
            limits=Limits(
                client_message=self.config.limits.body,
                server_message=self._bounds.message,
                request=max(one.seconds for one in door.servers),
            ),
            info={"name": "bartizan", "version": __version__},
        )
        around = Around(means.clock, self._people.asks(door), guarded, means.complain)
        session = Session(id, who, relay, around)
        for server in door.servers:
            session.links[server.id] = self._link(door, server, session)
        return session

    def _link(self, door: McpDoor, server: McpServer, session: Session) -> HttpLink | LocalLink:
        if server.url:
            return HttpLink(self._places[door.id, server.id], session, self._bounds)
        if self._speech is None:
            self._speech = Speech(_STDERR, self._means.clock)
        folder = self._means.folder / server.folder
        environment = self._environments[door.id, server.id]
        return LocalLink(server, environment, folder, session, self._bounds, self._speech)
