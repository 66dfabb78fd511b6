"""One MCP client and the servers behind its door: every message between them, checked, decided and passed on.

Sans-io: bytes go in, acts come out; time is an argument. Both ends may be of any revision, each server of its own.
Nothing a client or a server sends makes it raise, and every request of the client gets one answer, or `NoAnswer` when
the client took it back.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from bartizan.guard.mcp.acts import Act, ToClient
from bartizan.guard.mcp.asks import Asks
from bartizan.guard.mcp.calls import Calls
from bartizan.guard.mcp.checking import unfit
from bartizan.guard.mcp.codes import (
    INTERNAL_ERROR,
    INVALID_REQUEST,
)
from bartizan.guard.mcp.gate import ONCE, By, Direction, Gate, Kind
from bartizan.guard.mcp.greeting import Greeting
from bartizan.guard.mcp.handshake import Handshake
from bartizan.guard.mcp.hub import Hub
from bartizan.guard.mcp.inputs import Inputs
from bartizan.guard.mcp.jsonrpc import (
    Malformed,
    Message,
    Notification,
    Request,
    Response,
    answered_id,
    error_bytes,
    parse,
)
from bartizan.guard.mcp.lists import KINDS, Lists
from bartizan.guard.mcp.names import Names
from bartizan.guard.mcp.peers import Asked, Limits, Server, State, Upstream
from bartizan.guard.mcp.revisions import VERSION
from bartizan.guard.mcp.routes import Routes
from bartizan.guard.mcp.state import Remembered, States
from bartizan.guard.mcp.subscriptions import Subscriptions
from bartizan.guard.mcp.tasks import Tasks

__all__ = ["Relay"]


class Relay:
    """The protocol between one client and some servers.

    `prefix` puts the server's name before the names of its tools and prompts; without it that is done when there are
    several servers. `key` signs what a client of 2026-07-28 keeps for us; `binding` names whose relay this is (who,
    and through which door), so that nobody else can use it. Relays of one principal and door share both when calls
    may reach any of them, and all relays share what is `remembered`. `ask_client` lets questions of the gate be put
    through the client. Raises ValueError for a key of less than 32 bytes, and without a server.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        gate: Gate,
        *,
        key: bytes,
        binding: str = "",
        remembered: Remembered | None = None,
        prefix: bool | None = None,
        limits: Limits | None = None,
        ask_client: bool = True,
        info: dict[str, Any] | None = None,
    ) -> None:
        if not servers or len(key) < 32:
            raise ValueError("a relay needs a server, and a key of 32 bytes or more")
        several = len(servers) > 1 if prefix is None else prefix or len(servers) > 1
        names = Names([server.id for server in servers], prefix=several)
        by_id = {server.id: server for server in servers}
        hub = self._hub = Hub(by_id, gate, names, limits or Limits(), info or {"name": "bartizan", "version": "0"})
        states = States(key, binding, remembered)
        self._handshake = Handshake(hub, self._agreed)
        self._lists = Lists(hub, self._handshake)
        self._routes = Routes(hub, self._handshake, self._lists)
        self._calls = Calls(hub, self._handshake, self._lists, self._routes, states)
        self._asks = self._calls.questions = Asks(hub, self._calls, states, ask_client=ask_client)
        self._inputs = self._calls.inputs = Inputs(hub, self._calls, states)
        self._tasks = self._calls.tasks = Tasks(hub, self._handshake, self._routes, self._calls, self._inputs, states)
        self._subscriptions = Subscriptions(hub, self._handshake, self._lists, self._routes, self._tasks)
        self._greeting = Greeting(hub, self._handshake)

    # ---- what a driver tells ----------------------------------------------------------------------------------------

    def from_client(self, raw: bytes | Message, now: float, channel: Hashable = None) -> list[Act]:
        """Take a message of the client. `channel` is where answers to it go: over HTTP, one for each request."""
        hub = self._at(now)
        try:
            message = parse(raw, hub.limits.client_message) if isinstance(raw, bytes) else raw
        except Malformed as error:
            hub.note("malformed", code=error.code)
            answer = error_bytes(error.id, error.code, error.message)
            hub.acts.append(ToClient(answer, channel, error.id, final=True, code=error.code))
            return self._done()
        if isinstance(message, Request):
            self._asked(message, channel)
        elif isinstance(message, Notification):
            self._informed(message, channel)
        else:
            hub.client_answered(message)
        return self._done()

    def from_server(self, server: str, raw: bytes, now: float, related: int | None = None) -> list[Act]:
        """Take a message of a server. `related` is the id of the request on whose stream it came, over HTTP."""
        hub = self._at(now)
        up = hub.servers[server]
        try:
            message = parse(raw, hub.limits.server_message)
        except Malformed as error:
            hub.note("malformed", server, code=error.code)
            id = answered_id(raw)
            if id is not None:  # nobody shall wait for what has come, and can't be read
                hub.lost(up, id, INTERNAL_ERROR, f"the server `{server}` gave an answer that can't be read")
            return self._done()
        if isinstance(message, Response):
            sent = up.sent.pop(message.id, None) if type(message.id) is int else None
            if sent is None:
                hub.note("unmatched-response", server)
            else:
                sent.then(message)
        elif isinstance(message, Request):
            if message.method == "ping" and not up.modern:
                hub.respond(up, message.id, {})
            else:
                self._inputs.asks(up, message, related)
        elif not self._greeting.told(up, message, related):
            self._told(up, message)
        return self._done()

    def answered(self, ask_id: str, allowed: bool, by: By, now: float, choice: str = ONCE) -> list[Act]:
        """Take the answer to an `AskFor`. `by` says who gave it; `choice` is one of the ask's options."""
        self._at(now)
        self._asks.answered(ask_id, choice if allowed else "", by)
        return self._done()

    def failed(self, server: str, id: int, now: float, why: str = "") -> list[Act]:
        """Let a request end that did not get to a server, or its answer not back; `why` is one sentence, no secret."""
        hub = self._at(now)
        hub.note("failed", server)
        hub.lost(hub.servers[server], id, INTERNAL_ERROR, why or f"the server `{server}` could not be asked")
        return self._done()

    def closed(self, server: str, now: float) -> list[Act]:
        """Take note that a server is gone: what it was asked fails, and so does everything until `opened`."""
        self._handshake.closed(self._at(now).servers[server])
        return self._done()

    def opened(self, server: str, now: float) -> list[Act]:
        """Take note that a server is there again, and knows nothing of before."""
        up = self._at(now).servers[server]
        if up.state is not State.DOWN:
            self._handshake.closed(up)
        up.state = State.NEW
        return self._done()

    def left(self, channel: Hashable, now: float) -> list[Act]:
        """Take note that a stream to the client is gone. Since 2026-07-28 that cancels what was to come on it."""
        hub = self._at(now)
        for asked in [one for one in hub.asked.values() if one.channel == channel and one.modern]:
            hub.drop(asked, "the client left")
        return self._done()

    def ended(self, now: float) -> list[Act]:
        """Take note that the client is gone for good."""
        hub = self._at(now)
        for asked in list(hub.asked.values()):
            hub.drop(asked, "the client left")
        return self._done()

    def tick(self, now: float) -> list[Act]:
        """Let end what took too long. To be called at `due`, or any time."""
        hub = self._at(now)
        hub.due = float("inf")
        hub.overdue()
        self._asks.overdue()
        self._inputs.overdue()
        return self._done()

    @property
    def due(self) -> float | None:
        """When `tick` wants to be called, in seconds since 1970; it may be earlier than needed."""
        return None if self._hub.due == float("inf") else self._hub.due

    @property
    def pending(self) -> int:
        """How many requests of the client wait for an answer, apart from those that are open as long as it listens."""
        return sum(asked.method != "subscriptions/listen" for asked in self._hub.asked.values())

    def schema(self, name: str) -> dict[str, Any] | None:
        """Return the input schema of a tool under the name the client calls it by, as far as it was listed."""
        found = self._routes.split(name)
        if found is None:
            return None
        up, rest = found
        listed = up.listed.get(Kind.TOOLS)
        tool = None if listed is None else listed.raw.get(self._routes.named(Kind.TOOLS, up, name, rest))
        schema = None if tool is None else tool.get("inputSchema")
        return schema if type(schema) is dict else None

    def _agreed(self, up: Upstream) -> None:
        """See to it that a server which has just come (again) knows what is wanted of it."""
        if self._hub.client.level:
            self._hub.level(up, self._hub.client.level)
        self._subscriptions.update(up)

    def _at(self, now: float) -> Hub:
        self._hub.now = now
        return self._hub

    def _done(self) -> list[Act]:
        acts, self._hub.acts = self._hub.acts, []
        return acts

    # ---- the client -------------------------------------------------------------------------------------------------

    def _asked(self, request: Request, channel: Hashable) -> None:
        hub = self._hub
        meta = request.params.get("_meta")
        modern = type(meta) is dict and VERSION in meta and request.method != "initialize"
        asked = Asked(request, channel, hub.client, modern=modern)
        if asked.key in hub.asked:
            hub.note("duplicate-id", method=request.method)
            message = error_bytes(asked.id, INVALID_REQUEST, "a request with this id waits for its answer")
            hub.acts.append(ToClient(message, channel, asked.id, final=True, code=INVALID_REQUEST))
            return
        hub.asked[asked.key] = asked
        if not (hub.full(asked) or unfit(hub, asked, meta)):
            self._begin(asked)

    def _begin(self, asked: Asked) -> None:
        method = asked.method
        if method in KINDS:
            self._lists.answer(asked)
        elif method in ("tools/call", "prompts/get", "resources/read", "completion/complete"):
            self._calls.begin(asked)
        elif method in ("resources/subscribe", "resources/unsubscribe"):
            self._subscriptions.subscribe(asked)
        elif method == "subscriptions/listen":
            self._subscriptions.listen(asked)
        elif method.startswith("tasks/"):
            self._tasks.begin(asked)
        else:
            self._greeting.begin(asked)

    def _informed(self, message: Notification, channel: Hashable) -> None:
        hub = self._hub
        if message.method == "notifications/cancelled":
            id = message.params.get("requestId")
            if type(id) in (str, int):
                asked = hub.asked.get((channel, id)) or hub.asked.get(id)
                if asked is not None and asked.method != "initialize":
                    hub.drop(asked, "cancelled")
                    return
            hub.note("unmatched-cancel")
        elif message.method == "notifications/roots/list_changed":
            for up in hub.servers.values():
                if up.state is State.READY and not up.modern:
                    hub.inform(up, message.method, None)
        elif message.method != "notifications/initialized":
            hub.note("dropped", method_known=int(message.method == "notifications/progress"))

    # ---- servers ----------------------------------------------------------------------------------------------------

    def _told(self, up: Upstream, message: Notification) -> None:
        hub, method = self._hub, message.method
        if method == "notifications/cancelled":
            if not self._subscriptions.cancelled(up, message.params.get("requestId")):
                self._inputs.cancelled(up, message.params.get("requestId"))
        elif method == "notifications/elicitation/complete":
            value, _ = hub.says(up, Direction.TO_CLIENT, method, message.params)
            if value is not None and hub.client.revision:
                hub.tell(method, value)
        elif not self._subscriptions.told(up, method, message.params):
            hub.note("dropped", up.id)
