"""One call of a program: decided before it is sent, its answer decided before it is used, one event when it is over."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TypeVar

from bartizan.guard.exchange import BodyError, encode_body
from bartizan.guard.inprocess.running import driven
from bartizan.guard.inprocess.steps import Steps
from bartizan.guard.inprocess.stream import GuardedStream
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused

__all__ = ["GuardedCall", "encoded"]

Body = TypeVar("Body", bytes, str, dict[str, Any])


def encoded(body: bytes | str | Mapping[str, Any]) -> bytes:
    """Return a body's bytes. Raises Refused for a number that JSON can't carry, TypeError for what is no JSON."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode(errors="surrogatepass")
    try:
        return encode_body(body)
    except BodyError as error:
        raise Refused(400, "body-not-understood", f"the body can't be written: {error}") from None


class GuardedCall(Steps):
    """A call that may go on: send `body`, and give what comes back to `answer`, `error` or `stream`, once.

    Use it in a `with` block: a call that ends without an answer is put on record at its end, and gives back what it
    had reserved. `a...` methods are for event loops. All raise Refused.
    """

    # ---- what may be sent

    @property
    def body(self) -> bytes:
        """The body to send."""
        return self.prepared.body

    @property
    def json(self) -> dict[str, Any]:
        """The body to send, decoded, as clients take it: `create(**call.json)`."""
        decoded: dict[str, Any] = json.loads(self.prepared.body)
        return decoded

    @property
    def principal(self) -> Principal:
        """Who calls."""
        return self.prepared.principal

    @property
    def model(self) -> str:
        """The name of the model as it is sent."""
        return self.prepared.sent

    @property
    def upstream(self) -> str:
        """The id of the upstream that the call is decided for; it may go nowhere else."""
        return self.prepared.upstream.id

    @property
    def url(self) -> str:
        """The address that the call is decided for."""
        return self.prepared.upstream.url.rstrip("/") + self.prepared.path

    # ---- what came back

    def answer(self, body: Body) -> Body:
        """Decide a whole answer: what may not be seen is gone, and pseudonyms are turned back."""
        made: Body = _like(body, driven(self.decided(self.guard.blocking, self.engine.answer, encoded(body))))
        return made

    async def aanswer(self, body: Body) -> Body:
        """As `answer`, for event loops."""
        made: Body = _like(body, await self.decided(self.guard.awaiting, self.engine.answer, encoded(body)))
        return made

    def error(self, body: Body, status: int = 0) -> Body:
        """Decide a provider's own error, which may repeat what was sent."""
        self.record.upstream_status = status
        made: Body = _like(body, driven(self.decided(self.guard.blocking, self.engine.error, encoded(body))))
        return made

    async def aerror(self, body: Body, status: int = 0) -> Body:
        """As `error`, for event loops."""
        self.record.upstream_status = status
        made: Body = _like(body, await self.decided(self.guard.awaiting, self.engine.error, encoded(body)))
        return made

    def stream(self, *, array: bool = False) -> GuardedStream:
        """Begin a streamed answer: server-sent events, or with `array` the elements of one JSON array (Gemini)."""
        return driven(self.begun(self.guard.blocking, array=array))

    async def astream(self, *, array: bool = False) -> GuardedStream:
        """As `stream`, for event loops."""
        return await self.begun(self.guard.awaiting, array=array)

    # ---- the end

    def close(self, outcome: str = "not-answered") -> None:
        """End a call that has no answer; nothing happens when it is over already."""
        driven(self.finish(self.guard.blocking, outcome=outcome))

    async def aclose(self, outcome: str = "not-answered") -> None:
        """As `close`, for event loops."""
        await self.finish(self.guard.awaiting, outcome=outcome)

    def __enter__(self) -> GuardedCall:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close("not-answered" if kind is None else "failed")

    async def __aenter__(self) -> GuardedCall:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose("not-answered" if kind is None else "failed")

    def __del__(self) -> None:
        if not getattr(self, "over", True) and self._prepared is not None:
            # Whatever thread collects garbage may hold a lock of the log or of the budgets: this only leaves word.
            self.guard.forgotten.append(self)
            warnings.warn("a guarded call was neither answered nor closed", ResourceWarning, stacklevel=1, source=self)


def _like(given: Any, out: bytes) -> Any:
    """Return bytes as what was given: bytes, text, or a decoded object."""
    if isinstance(given, bytes):
        return out
    return out.decode() if isinstance(given, str) else json.loads(out)
