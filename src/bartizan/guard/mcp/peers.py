"""Both ends of a relay, and what is in flight between them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from enum import Enum
from typing import Any, TypeAlias

import msgspec

from bartizan.guard.mcp.gate import Kind
from bartizan.guard.mcp.headers import Repeated
from bartizan.guard.mcp.jsonrpc import Failure, Id, Request, Response

__all__ = ["Asked", "Call", "Client", "Limits", "Listed", "Sent", "Server", "State", "Then", "Upstream"]

Then: TypeAlias = Callable[[Response], None]
"""What happens with an answer."""


class Server(msgspec.Struct, frozen=True):
    """A server behind a relay. `protocol` is `auto`, `legacy` (any with a handshake) or one revision.

    `http` tells that it is reached by streamable HTTP, so that messages need headers.
    """

    id: str
    http: bool = False
    protocol: str = "auto"


class Limits(msgspec.Struct, frozen=True):
    """Bounds of one relay: bytes, counts, and times in seconds."""

    client_message: int = 16 * 1024 * 1024
    server_message: int = 64 * 1024 * 1024
    in_flight: int = 256
    """Requests of the client that wait for an answer."""
    items: int = 10_000
    """Definitions of one kind that are taken from one server."""
    pages: int = 100
    page: int = 1000
    """Definitions that the client gets in one answer."""
    uris: int = 10_000
    """Resources of one server whose owner is remembered, and that a client can subscribe to."""
    wishes: int = 32
    """What a server may want to know at a time."""
    rounds: int = 10
    """How often a server may want input for one call."""
    kept: int = 10_000
    """Tasks, and calls that wait to be sent again, that are remembered."""
    request: float = 600.0
    """How long a server has to answer, or to tell of progress."""
    longest: float = 7200.0
    """How long it has in all."""
    handshake: float = 60.0
    probe: float = 10.0
    """After this long without an answer the other era is tried as well."""
    asked: float = 300.0
    """How long a person has to answer."""
    relist: float = 60.0
    """After this long the definitions of a server are fetched again before one of them is used."""


class Client:
    """What the client said with `initialize`, in the revisions that have it."""

    __slots__ = ("capabilities", "info", "level", "revision")

    def __init__(self) -> None:
        self.revision = ""
        self.capabilities: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.level = ""


class Asked:
    """A request of the client while it is answered.

    `revision`, `capabilities` and `info` are the client's, said with this request or with `initialize`. `sent` is
    where it went.
    """

    __slots__ = (
        "call",
        "capabilities",
        "channel",
        "done",
        "id",
        "info",
        "key",
        "level",
        "method",
        "modern",
        "off",
        "params",
        "progress",
        "request",
        "revision",
        "rounds",
        "sent",
    )

    def __init__(self, request: Request, channel: Hashable, client: Client, *, modern: bool) -> None:
        self.request, self.channel, self.modern = request, channel, modern
        self.id: Id = request.id
        self.method = request.method
        self.params = request.params
        # In the older revisions ids count for the whole session, in the newer one for the stream they came on.
        self.key: Hashable = (channel, request.id) if modern else request.id
        self.revision, self.capabilities, self.info = client.revision, client.capabilities, client.info
        self.level = client.level
        self.progress: Id | None = None
        self.sent: tuple[Upstream, int] | None = None
        self.call: Call | None = None
        self.rounds = 0
        self.done = False
        self.off: Callable[[], None] | None = None
        """Called when it ends before it is answered."""


class Sent:
    """A request that a server is to answer."""

    __slots__ = ("asked", "at", "deadline", "method", "then")

    def __init__(self, method: str, then: Then, at: float, deadline: float, asked: Asked | None) -> None:
        self.method, self.then, self.at, self.deadline, self.asked = method, then, at, deadline, asked


class Call:
    """A request of the client that a server is to answer: `params` are what the gate let pass, `token` its note.

    `asked` changes when the client sends the same call again with what the server wanted to know.
    """

    __slots__ = ("asked", "definition", "epoch", "params", "token", "up")

    def __init__(self, asked: Asked, up: Upstream, params: dict[str, Any], definition: dict[str, Any] | None) -> None:
        self.asked, self.up, self.params, self.definition = asked, up, params, definition
        self.token: Any = None
        self.epoch = up.epoch


class State(Enum):
    """How far it is with a server."""

    NEW = "new"
    ASKING = "asking"
    READY = "ready"
    DOWN = "down"


class Listed:
    """What a server lists of one kind: as it gave it by name, and what the gate lets the client see."""

    __slots__ = ("at", "items", "raw")

    def __init__(self, raw: dict[str, dict[str, Any]], items: list[dict[str, Any]], at: float) -> None:
        self.raw, self.items, self.at = raw, items, at


class Upstream:
    """A server: what was agreed with it, what it lists, and what it is asked at the moment."""

    __slots__ = (
        "asking",
        "asks",
        "capabilities",
        "config",
        "epoch",
        "fetching",
        "headers",
        "id",
        "info",
        "instructions",
        "level",
        "links",
        "listed",
        "listening",
        "modern",
        "next",
        "revision",
        "sent",
        "shown",
        "state",
        "subscribed",
        "waiting",
    )

    def __init__(self, config: Server) -> None:
        self.config = config
        self.id = config.id
        self.next = 1
        self.sent: dict[int, Sent] = {}
        self.epoch = 0
        self.forget()

    def forget(self) -> None:
        """Return to where nothing is agreed; ids go on, so that a late answer to an old request matches none."""
        self.state = State.NEW
        self.epoch += 1
        self.asks: set[Id] = set()
        self.asking: set[int] = set()
        self.revision = ""
        self.modern = False
        self.capabilities: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.instructions = ""
        self.level = ""
        self.waiting: list[Callable[[Failure | None], None]] = []
        self.listed: dict[Kind, Listed] = {}
        self.shown: dict[Kind, dict[str, str]] = {}
        self.fetching: dict[Kind, list[Callable[[Failure | None], None]]] = {}
        self.headers: dict[str, tuple[Repeated, ...]] = {}
        self.links: dict[str, None] = {}
        self.subscribed: frozenset[str] = frozenset()
        self.listening: int | None = None

    def has(self, capability: str) -> bool:
        """Whether the server said that it can do something."""
        return isinstance(self.capabilities.get(capability), dict)
