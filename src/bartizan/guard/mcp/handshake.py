"""Agreeing with a server: by `server/discover` or `initialize`, the one of the client's own era first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from bartizan.guard.mcp.codes import INTERNAL_ERROR, SERVER_CLOSED, TIMED_OUT
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.jsonrpc import Failure, Response
from bartizan.guard.mcp.peers import Asked, State, Upstream
from bartizan.guard.mcp.revisions import LATEST_LEGACY, LEGACY, MODERN, OLDER, SERVER_INFO, client_capabilities

__all__ = ["Handshake", "Ready"]

Ready: TypeAlias = Callable[[Failure | None], None]
"""Called when something is settled, with what went wrong."""

_DISCOVER, _INITIALIZE = "server/discover", "initialize"


class Handshake:
    """Brings servers to the point where they can be asked. `agreed` is called once for each that is."""

    def __init__(self, hub: Hub, agreed: Callable[[Upstream], None]) -> None:
        self._hub, self._agreed = hub, agreed

    def ready(self, up: Upstream, asked: Asked | None, then: Ready) -> None:
        """Call `then` as soon as a server can be asked; the first one who wants it starts the talk."""
        if up.state is State.READY:
            then(None)
        elif up.state is State.DOWN:
            then(Failure(SERVER_CLOSED, f"the server `{up.id}` is not there"))
        else:
            up.waiting.append(then)
            if up.state is State.NEW:
                up.state = State.ASKING
                first, *rest = self._order(up, asked)
                _Talk(self._hub, up, asked, rest, self._settle).begin(first)

    def closed(self, up: Upstream) -> None:
        """Let end whatever waits for a server that is gone, and forget what was agreed with it."""
        up.state = State.DOWN
        self._hub.note("closed", up.id)
        waiting = up.waiting
        self._hub.lost_all(up)
        up.forget()
        up.state = State.DOWN
        for one in waiting:
            self.ready(up, None, one)

    def _order(self, up: Upstream, asked: Asked | None) -> list[str]:
        protocol = up.config.protocol
        if protocol == MODERN:
            return [_DISCOVER]
        if protocol != "auto":
            return [_INITIALIZE]
        return [_DISCOVER, _INITIALIZE] if asked is not None and asked.modern else [_INITIALIZE, _DISCOVER]

    def _settle(self, up: Upstream, failure: Failure | None) -> None:
        waiting, up.waiting = up.waiting, []
        if failure is None:
            up.state = State.READY
            self._hub.note("negotiated", up.id, revision=up.revision)
            self._agreed(up)
        else:
            up.state = State.NEW  # the next who wants it tries again
            self._hub.note("not-negotiated", up.id, code=failure.code)
        for one in waiting:
            one(failure)


class _Talk:
    """One attempt to agree with a server.

    A server may take its time to start, and one of an older revision may say nothing at all to `server/discover`. So
    the other era is tried after a while without giving up on the first: the first answer that can be used counts.
    """

    def __init__(
        self,
        hub: Hub,
        up: Upstream,
        asked: Asked | None,
        rest: list[str],
        settle: Callable[[Upstream, Failure | None], None],
    ) -> None:
        self._hub, self._up, self._asked, self._rest, self._settle = hub, up, asked, rest, settle
        self._open = 0
        self._failure = Failure(INTERNAL_ERROR, f"the server `{up.id}` could not be agreed with")

    def begin(self, method: str) -> None:
        """Send one of the two opening requests."""
        hub, up = self._hub, self._up
        self._open += 1
        up.revision = MODERN if method == _DISCOVER else self._wanted()
        if method == _DISCOVER:
            up.modern = True  # for the parameters, until the answer tells
            params = hub.own(up, {}, self._asked)
            up.modern = False
        else:
            params = self._initialize()
        within = hub.limits.probe if method == _DISCOVER and self._rest else hub.limits.handshake
        up.asking.add(hub.send(up, method, params, lambda response: self._answered(method, response), within=within))

    def _wanted(self) -> str:
        protocol = self._up.config.protocol
        if protocol in LEGACY:
            return protocol
        revision = self._hub.client.revision if self._asked is None else self._asked.revision
        return revision if revision in LEGACY else LATEST_LEGACY

    def _initialize(self) -> dict[str, Any]:
        hub, asked = self._hub, self._asked
        said = hub.client.capabilities if asked is None else asked.capabilities
        info = hub.client.info if asked is None else asked.info
        return {
            "protocolVersion": self._wanted(),
            "capabilities": client_capabilities(said, modern=False),
            "clientInfo": info or hub.info,
        }

    def _answered(self, method: str, response: Response) -> None:
        up = self._up
        self._open -= 1
        if up.state is not State.ASKING:
            return  # the other one was first, or the server left
        if response.error is not None:
            # The server's own words are not passed on: they were not looked at.
            self._failure = Failure(response.error.code, self._failure.message)
            if response.error.code == TIMED_OUT and self._rest:  # it may still come
                self._open += 1
                self._hub.expect(up, response.id, method, lambda late: self._answered(method, late))
        elif self._agrees(method, response.result):
            for id in up.asking & up.sent.keys():
                del up.sent[id]
            up.asking.clear()
            if method == _INITIALIZE:
                self._hub.inform(up, "notifications/initialized", None)
            self._settle(up, None)
            return
        if self._rest:
            self.begin(self._rest.pop(0))
        elif not self._open:
            self._settle(up, self._failure)

    def _agrees(self, method: str, result: Any) -> bool:
        """Take over what a server says of itself, if that can be used."""
        up = self._up
        if type(result) is not dict or type(result.get("capabilities")) is not dict:
            return False
        if method == _DISCOVER:
            versions, meta = result.get("supportedVersions"), result.get("_meta")
            if type(versions) is not list or MODERN not in versions:
                return False
            up.revision, up.modern = MODERN, True
            info = meta.get(SERVER_INFO) if type(meta) is dict else None
        else:
            if result.get("protocolVersion") not in (*OLDER, *LEGACY):
                return False
            up.revision, up.modern = result["protocolVersion"], False
            info = result.get("serverInfo")
        instructions = result.get("instructions")
        up.capabilities = result["capabilities"]
        up.info = info if type(info) is dict else {}
        up.instructions = instructions if type(instructions) is str else ""
        return True
