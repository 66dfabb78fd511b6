"""What a relay wants done: its driver sends bytes, asks people and writes events; the relay does nothing itself."""

from __future__ import annotations

from collections.abc import Hashable
from typing import NamedTuple, TypeAlias

from bartizan.guard.mcp.gate import Ask

__all__ = ["Act", "AskFor", "AskOff", "NoAnswer", "Noted", "ToClient", "ToServer"]


class ToClient(NamedTuple):
    """Send a message to the client: one JSON object in UTF-8, without a line break in it or after it.

    `channel` is that of the request it belongs to, as the driver passed it to `from_client`, and None when it belongs
    to no request (the stream of a GET in the revisions that have one; on stdio there is but one way anyway). `final`
    tells that it is the answer to the request `for_request`: nothing more comes for that one. `code` is the code of a
    JSON-RPC error in it, 0 for everything else; `headers.status` knows the HTTP status.
    """

    message: bytes
    channel: Hashable = None
    for_request: str | int | None = None
    final: bool = False
    code: int = 0


class ToServer(NamedTuple):
    """Send a message to a server.

    `id` is the id of a request whose answer is waited for, None for notifications and responses; `method` is empty for
    responses. `headers` is what streamable HTTP must carry besides what every request has (content type, session,
    credentials), none where the server is not spoken to by HTTP. `cancels` is the id of the request that this
    notification cancels: where a revision has no such notification over HTTP, its stream is closed instead.
    """

    server: str
    message: bytes
    id: int | None = None
    method: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cancels: int | None = None


class AskFor(NamedTuple):
    """Ask a person, since the client can't be asked, and pass the answer to `Relay.answered`."""

    ask: Ask
    server: str


class AskOff(NamedTuple):
    """An answer is no longer wanted: the call was cancelled, the client left, or it took too long."""

    ask_id: str


class NoAnswer(NamedTuple):
    """Nothing more comes for a request of the client: it was cancelled. Its stream can be closed."""

    channel: Hashable
    for_request: str | int


class Noted(NamedTuple):
    """Something for the record. `facts` are counts, names of methods and codes, never a text of a message."""

    what: str
    server: str = ""
    facts: tuple[tuple[str, str | int], ...] = ()


Act: TypeAlias = ToClient | ToServer | AskFor | AskOff | NoAnswer | Noted
