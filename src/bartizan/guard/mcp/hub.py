"""What every part of a relay works with: who is there, what is in flight, and how anything is sent."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.acts import NoAnswer, ToServer
from bartizan.guard.mcp.client_side import ClientSide
from bartizan.guard.mcp.codes import (
    CANCELLED,
    INTERNAL_ERROR,
    REFUSED,
    SERVER_CLOSED,
    TIMED_OUT,
    URL_ELICITATION_REQUIRED,
)
from bartizan.guard.mcp.gate import Direction, Gate, Part, Refusal
from bartizan.guard.mcp.headers import emit
from bartizan.guard.mcp.jsonrpc import (
    Failure,
    Id,
    Response,
    error_bytes,
    has_control,
    notification_bytes,
    request_bytes,
    result_bytes,
)
from bartizan.guard.mcp.names import Names
from bartizan.guard.mcp.peers import Asked, Limits, Sent, Server, State, Then, Upstream
from bartizan.guard.mcp.revisions import CAPABILITIES, CLIENT_INFO, MODERN, VERSION, client_capabilities

__all__ = ["Hub", "addressed"]


class Hub(ClientSide):
    """The state of a relay, and what it sends, to either side."""

    def __init__(
        self, servers: dict[str, Server], gate: Gate, names: Names, limits: Limits, info: dict[str, Any]
    ) -> None:
        super().__init__(limits)
        self.gate, self.names, self.info = gate, names, info
        self.servers = {id: Upstream(server) for id, server in servers.items()}

    # ---- to servers -------------------------------------------------------------------------------------------------

    def send(
        self,
        up: Upstream,
        method: str,
        params: dict[str, Any] | None,
        then: Then,
        *,
        asked: Asked | None = None,
        raw: bytes = b"",
        within: float = 0.0,
    ) -> int:
        """Send a request to a server; `then` gets its answer, or an error when there is none `within` seconds."""
        if up.state is State.DOWN:
            then(Response(0, None, Failure(SERVER_CLOSED, f"the server `{up.id}` is not there")))
            return 0
        id = up.next
        up.next += 1
        deadline = self.now + (within or self.limits.request)
        self.due = min(self.due, deadline)
        up.sent[id] = Sent(method, then, self.now, deadline, asked)
        if asked is not None:
            asked.sent = (up, id)
        headers: tuple[tuple[str, str], ...] = ()
        if up.config.http:
            repeated = up.headers.get((params or {}).get("name", ""), ()) if method == "tools/call" else ()
            headers = emit(up.revision, method, params, repeated)
        self.acts.append(ToServer(up.id, request_bytes(id, method, params, raw), id, method, headers))
        return id

    def expect(self, up: Upstream, id: Id | None, method: str, then: Then) -> None:
        """Wait once more for the answer to an opening request."""
        assert type(id) is int
        deadline = self.now + self.limits.handshake
        up.sent[id] = Sent(method, then, self.now, deadline, None)
        up.asking.add(id)
        self.wake(deadline)

    def own(self, up: Upstream, params: dict[str, Any], asked: Asked | None = None) -> dict[str, Any]:
        """Return the parameters of a request of the relay itself, as the server's era wants them."""
        return {**params, "_meta": self.envelope(asked)} if up.modern else params

    def envelope(self, asked: Asked | None) -> dict[str, Any]:
        """Return what 2026-07-28 wants in `_meta` of every request."""
        said = self.client.capabilities if asked is None else asked.capabilities
        info = self.client.info if asked is None else asked.info
        return {
            VERSION: MODERN,
            CLIENT_INFO: info or self.info,
            CAPABILITIES: client_capabilities(said, modern=asked is not None and asked.modern),
        }

    def inform(self, up: Upstream, method: str, params: dict[str, Any] | None, cancels: int | None = None) -> None:
        """Send a notification to a server."""
        headers = emit(up.revision, method, params) if up.config.http else ()
        self.acts.append(ToServer(up.id, notification_bytes(method, params), None, method, headers, cancels))

    def respond(self, up: Upstream, id: Id, answer: dict[str, Any] | Failure) -> None:
        """Answer a request of a server."""
        if isinstance(answer, Failure):
            message = error_bytes(id, answer.code, answer.message, answer.data)
        else:
            message = result_bytes(id, answer)
        headers = emit(up.revision, "", None) if up.config.http else ()
        self.acts.append(ToServer(up.id, message, headers=headers))

    def level(self, up: Upstream, level: str) -> None:
        """Tell a server of the older era from which level on the client wants to have its logs."""
        if up.state is State.READY and not up.modern and up.has("logging") and up.level != level:
            up.level = level
            self.send(up, "logging/setLevel", {"level": level}, lambda _: None)

    def cancel(self, up: Upstream, id: int, reason: str) -> None:
        """Take a request to a server back."""
        if up.sent.pop(id, None) is not None:
            self.inform(up, "notifications/cancelled", {"requestId": id, "reason": reason}, id)

    # ---- ends that are no answers -----------------------------------------------------------------------------------

    def drop(self, asked: Asked, reason: str) -> None:
        """Give up a request of the client that it does not want answered any more."""
        self._over(asked)
        self.acts.append(NoAnswer(asked.channel, asked.id))
        if asked.call is not None:
            self.gate.failed(asked.call.up.id, asked.method, asked.call.token, CANCELLED, self.now)
        if asked.off is not None:
            asked.off()
        self.release(asked, reason)
        if asked.sent is not None:
            self.cancel(*asked.sent, reason)

    def lost(self, up: Upstream, id: int, code: int, message: str) -> None:
        """Let a request to a server end without an answer of it."""
        sent = up.sent.pop(id, None)
        if sent is not None:
            sent.then(Response(id, None, Failure(code, message)))

    def lost_all(self, up: Upstream) -> None:
        """Let all requests to a server end: it is gone."""
        for id in list(up.sent):
            self.lost(up, id, SERVER_CLOSED, f"the server `{up.id}` closed the connection before it answered")

    def overdue(self) -> None:
        """Let requests end whose time is over."""
        for up in self.servers.values():
            for id, sent in [(id, sent) for id, sent in up.sent.items() if sent.deadline <= self.now]:
                self.note("timeout", up.id, method=sent.method)
                if sent.method not in ("initialize", "server/discover"):
                    self.inform(up, "notifications/cancelled", {"requestId": id, "reason": "timeout"}, id)
                self.lost(up, id, TIMED_OUT, f"the server `{up.id}` took too long to answer")
            self.due = min([self.due, *(sent.deadline for sent in up.sent.values())])
        self.unanswered()

    # ---- the gate, for whatever is no call --------------------------------------------------------------------------

    def says(
        self, up: Upstream, direction: Direction, method: str, value: dict[str, Any], part: Part = Part.PARAMS
    ) -> tuple[dict[str, Any] | None, bool]:
        """Show a text to the gate: what goes on (None when nothing may), and whether it was changed."""
        said = self.gate.says(up.id, direction, method, part, value, self.now)
        if isinstance(said, Refusal):
            self.note("refused", up.id, method=method, direction=direction.value, rule=said.rule)
            return None, True
        return said.value, said.changed

    def error(self, asked: Asked, up: Upstream, method: str, error: Failure, *, own: bool = False) -> None:
        """Answer a request of the client with the error of a server, as far as its text may pass.

        `own` tells that no server said that: it is the relay's own word for what has gone wrong.
        """
        if own:
            self.fail(asked, error.code, error.message, error.data)
            return
        if error.code == URL_ELICITATION_REQUIRED and not self._openable(up, error.data):
            self.note("input-refused", up.id, method=method)
            self.fail(asked, REFUSED, f"the server `{up.id}` wants an address opened that may not be, or can't be")
            return
        value, _ = self.says(up, Direction.TO_CLIENT, method, error.tree(), Part.ERROR)
        if value is None:
            self.fail(asked, error.code, f"the server `{up.id}` answered with an error")
        else:
            message, data = value.get("message"), value.get("data")
            self.fail(asked, error.code, message if isinstance(message, str) else "", data)

    def _openable(self, up: Upstream, data: Any) -> bool:
        """Whether the gate lets a server have each address opened that an error of 2025-11-25 asks for."""
        wishes = data.get("elicitations") if type(data) is dict else None
        return (
            type(wishes) is list
            and 0 < len(wishes) <= self.limits.wishes
            and all(
                type(one) is dict
                and one.get("mode") == "url"
                and addressed(one)
                and self.says(up, Direction.TO_CLIENT, "elicitation/create", one)[0] is not None
                for one in wishes
            )
        )

    def broken(self, asked: Asked, up: Upstream) -> None:
        """Answer that a server's answer can't be used."""
        self.note("unusable-answer", up.id, method=asked.method)
        self.fail(asked, INTERNAL_ERROR, f"the server `{up.id}` gave an answer that is none to `{asked.method}`")


def addressed(params: dict[str, Any]) -> bool:
    """Whether a wish that the user visits an address names one that may be opened: the specification wants http(s)."""
    if params.get("mode") != "url":
        return True
    url = params.get("url")
    return type(url) is str and url.lower().startswith(("https://", "http://")) and not has_control(url)
