"""What a relay asks before anything passes: the interface between the protocol and who decides.

A relay knows how MCP is spoken and nothing of policy; a gate decides and knows nothing of ids, cursors or revisions.
A gate belongs to one relay, thus to one client: it may keep a session. Every method is called with the names that the
server itself gave its tools and prompts, never with the ones the client sees.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import msgspec

from bartizan.guard.asking import Answerer
from bartizan.guard.mcp.codes import REFUSED

__all__ = [
    "ONCE", "About", "Ask", "By", "Direction", "Gate", "Kind", "OpenGate", "Part", "Passed", "Refusal", "Waiting",
]  # fmt: skip

By: TypeAlias = str | Answerer
"""Who answered a question, or why nobody did: a word of the driver, or somebody by name and groups."""
ONCE = "once"
"""The answer that allows one call, and no other."""


class Kind(StrEnum):
    """What a server lists."""

    TOOLS = "tools"
    RESOURCES = "resources"
    TEMPLATES = "templates"
    PROMPTS = "prompts"


class Direction(StrEnum):
    """Which way a message goes."""

    TO_SERVER = "to-server"
    TO_CLIENT = "to-client"


class Part(StrEnum):
    """What of a message is shown to the gate."""

    PARAMS = "params"
    RESULT = "result"
    ERROR = "error"


class About(msgspec.Struct, frozen=True):
    """What is known of a call besides its parameters.

    `now` is in seconds since 1970. `client` is the name the client gives itself, a claim. `revision` is the client's.
    `definition` is what the server listed under the name that is called, as the server gave it, None when it lists
    nothing of that name. `continues` is the token of an earlier call that this one goes on with: the server wanted
    input, and the client sends the same call again with the answers. It was decided then, and nothing but
    `inputResponses` is new.
    """

    now: float
    client: str = ""
    revision: str = ""
    definition: dict[str, Any] | None = None
    continues: Any = None


class Passed(msgspec.Struct, frozen=True):
    """It may go on as `value`. `changed` must be set when anything in it was changed, also in place.

    `token` is the gate's own note on a call; it comes back with the result.
    """

    value: Any
    changed: bool = False
    token: Any = None


class Refusal(msgspec.Struct, frozen=True):
    """It may not go on. `sentence` reaches the client and its model: it names no value and no secret.

    A refused tool call becomes a tool result with `isError`, which a model can read, unless `as_error` is set;
    everything else becomes a JSON-RPC error with `code`. `rule` is what decided.
    """

    sentence: str
    rule: str = ""
    code: int = REFUSED
    as_error: bool = False
    data: dict[str, Any] | None = None


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A question to a person about one call.

    `id` is unguessable and used once. `message` shows the call, where its values came from and the risk, in words.
    `options` are the answers that allow it, as (value, title); not to allow it can always be answered. `details` is
    for those who can show more than a message. `user` tells that the client's own user may answer it. `token` is the
    gate's own.
    """

    id: str
    message: str
    options: tuple[tuple[str, str], ...] = ((ONCE, "Allow this call"),)
    details: dict[str, Any] = {}
    user: bool = True
    token: Any = None


class Waiting(msgspec.Struct, frozen=True):
    """It goes on when somebody allows it."""

    ask: Ask


class Gate(Protocol):
    """Decides what passes. No method raises; what a gate can't decide it refuses."""

    def listed(self, server: str, kind: Kind, items: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Return of the definitions that a server lists those that the client may see, changed or as they are.

        It is called with everything of that kind the server has, in its order, whenever it was asked anew. An item
        that comes back keeps its `name` or `uri`; a changed one is a copy, since the originals come back as
        `About.definition`. Items are dictionaries with a usable name; what else a server lists is left out before.
        """

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        """Decide on a request of the client that a server is to answer.

        `method` is `tools/call`, `resources/read`, `resources/subscribe`, `prompts/get` or `completion/complete`, or
        `tasks/get`, `tasks/update`, `tasks/cancel`, `tasks/result`. `params` is as the client sent it but for the
        server's own names; what the protocol itself keeps in `_meta` (`progressToken`, `io.modelcontextprotocol/...`)
        is not to be changed. `inputResponses` and `requestState` are there when the client goes on with a call.
        """

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        """Decide on a call that was asked about: `choice` is one of the ask's values, or empty when not allowed.

        `by` says who answered, or why nobody did: `client`, `timeout`, `nobody`, or what the driver says.
        """

    def result(
        self, server: str, method: str, params: dict[str, Any], result: dict[str, Any], token: Any, now: float
    ) -> Passed | Refusal:
        """Decide on what a server answered to a call that passed; `token` is what `call` returned."""

    def says(
        self, server: str, direction: Direction, method: str, part: Part, value: dict[str, Any], now: float
    ) -> Passed | Refusal:
        """Decide on any other text between the two.

        Notifications (`notifications/progress`, `notifications/message`, `notifications/tasks` ...), requests of a
        server to the client and the client's answers (`elicitation/create`, `sampling/createMessage`, `roots/list`:
        PARAMS to the client, RESULT or ERROR to the server), `initialize` (RESULT: `serverInfo`, `instructions`),
        and the errors that a server answers to `method` (ERROR: `code`, `message`, `data`). A refused notification
        is dropped, a refused request is answered to the server with an error, the text of a refused error is replaced.
        """

    def failed(self, server: str, method: str, token: Any, code: int, now: float) -> None:
        """Take note that a call which passed got no result: the server answered an error, left, or took too long."""


class OpenGate:
    """Lets everything pass."""

    def listed(self, server: str, kind: Kind, items: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Return all of them."""
        del server, kind, now
        return items

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        """Let it pass."""
        del server, method, about
        return Passed(params)

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        """Refuse: it never asks."""
        del choice, by, now
        return Refusal(f"nothing was asked as `{ask.id}`")

    def result(
        self, server: str, method: str, params: dict[str, Any], result: dict[str, Any], token: Any, now: float
    ) -> Passed | Refusal:
        """Let it pass."""
        del server, method, params, token, now
        return Passed(result)

    def says(
        self, server: str, direction: Direction, method: str, part: Part, value: dict[str, Any], now: float
    ) -> Passed | Refusal:
        """Let it pass."""
        del server, direction, method, part, now
        return Passed(value)

    def failed(self, server: str, method: str, token: Any, code: int, now: float) -> None:
        """Do nothing."""
        del server, method, token, code, now
