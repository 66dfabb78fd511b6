"""The side of a relay where the client is: what it is answered, told and asked."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from bartizan.guard.mcp.acts import Act, Noted, ToClient
from bartizan.guard.mcp.codes import INVALID_PARAMS, RESOURCE_NOT_FOUND, TIMED_OUT, TOO_MANY
from bartizan.guard.mcp.gate import Refusal
from bartizan.guard.mcp.jsonrpc import Failure, Response, error_bytes, notification_bytes, request_bytes, result_bytes
from bartizan.guard.mcp.peers import Asked, Client, Limits, Then
from bartizan.guard.mcp.revisions import fits, shaped

__all__ = ["ClientSide"]

_NEVER = float("inf")


class _Wish:
    """A request that the client is to answer."""

    __slots__ = ("asked", "then", "until")

    def __init__(self, then: Then, asked: Asked | None, until: float) -> None:
        self.then, self.asked, self.until = then, asked, until


class ClientSide:
    """What is in flight with the client. `acts` are collected until the driver takes them."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.now = 0.0
        self.acts: list[Act] = []
        self.client = Client()
        self.asked: dict[Hashable, Asked] = {}
        self.due = _NEVER
        self._to_client: dict[int, _Wish] = {}
        self._next = 1

    def note(self, what: str, server: str = "", **facts: str | int) -> None:
        """Put something on record."""
        self.acts.append(Noted(what, server, tuple(facts.items())))

    def wake(self, at: float) -> None:
        """See to it that the driver calls `tick` at a time."""
        self.due = min(self.due, at)

    def _over(self, asked: Asked) -> bool:
        if asked.done:
            return False
        asked.done = True
        del self.asked[asked.key]
        return True

    def answer(self, asked: Asked, result: dict[str, Any], raw: bytes = b"") -> None:
        """Answer a request of the client; `raw` are the result's own bytes, where nothing in it was changed."""
        if self._over(asked):
            if asked.modern and not fits(asked.method, result):
                result, raw = shaped(asked.method, result), b""
            message = result_bytes(asked.id, result, raw)
            self.acts.append(ToClient(message, asked.channel, asked.id, True, 0))

    def fail(self, asked: Asked, code: int, message: str, data: Any = None) -> None:
        """Answer a request of the client with an error."""
        if self._over(asked):
            if asked.modern and code == RESOURCE_NOT_FOUND:  # of earlier revisions only
                code = INVALID_PARAMS
            self.acts.append(ToClient(error_bytes(asked.id, code, message, data), asked.channel, asked.id, True, code))

    def refuse(self, asked: Asked, refusal: Refusal) -> None:
        """Answer what the gate did not let through: a tool call so that a model can read why."""
        if asked.method != "tools/call" or refusal.as_error:
            self.fail(asked, refusal.code, refusal.sentence, refusal.data)
            return
        self.answer(asked, {"content": [{"type": "text", "text": refusal.sentence}], "isError": True})

    def tell(self, method: str, params: dict[str, Any] | None, channel: Hashable = None) -> None:
        """Send a notification to the client."""
        self.acts.append(ToClient(notification_bytes(method, params), channel))

    def ask_client(self, method: str, params: dict[str, Any], then: Then, asked: Asked | None) -> int:
        """Send a request to the client, in the revisions that have such; `asked` is what it belongs to."""
        id = self._next
        self._next += 1
        self._to_client[id] = _Wish(then, asked, self.now + self.limits.asked)
        self.wake(self.now + self.limits.asked)
        self.acts.append(ToClient(request_bytes(id, method, params), None if asked is None else asked.channel))
        return id

    def withdraw(self, id: int, reason: str) -> None:
        """Tell the client that a request is not to be answered any more."""
        found = self._to_client.pop(id, None)
        if found is not None:
            channel = None if found.asked is None else found.asked.channel
            self.tell("notifications/cancelled", {"requestId": id, "reason": reason}, channel)
            found.then(Response(id, None, Failure(TIMED_OUT, "the client did not answer")))

    def release(self, asked: Asked, reason: str) -> None:
        """Withdraw everything that the client is asked for a request of its own."""
        for id in [id for id, wish in self._to_client.items() if wish.asked is asked]:
            self.withdraw(id, reason)

    def client_answered(self, response: Response) -> None:
        """Take the client's answer to a request."""
        found = self._to_client.pop(response.id, None) if type(response.id) is int else None
        if found is None:
            self.note("unmatched-response", from_="client")
        else:
            found.then(response)

    def full(self, asked: Asked) -> bool:
        """Whether the client has too much in flight; then the request is answered with that."""
        if len(self.asked) <= self.limits.in_flight:
            return False
        self.note("too-many", method=asked.method)
        self.fail(asked, TOO_MANY, f"more than {self.limits.in_flight} requests wait for an answer")
        return True

    def unanswered(self) -> None:
        """Withdraw what the client was asked, and did not answer in time."""
        for id in [id for id, wish in self._to_client.items() if wish.until <= self.now]:
            self.withdraw(id, "timeout")
        self.due = min([self.due, *(wish.until for wish in self._to_client.values())])
