"""The steps of one call, for whoever drives it: identified, decided, answered, on record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bartizan.guard.engine import Call, Prepared
from bartizan.guard.inprocess.sinks import Way
from bartizan.guard.inprocess.stream import GuardedStream
from bartizan.guard.principal import Principal
from bartizan.guard.record import Record
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route
from bartizan.guard.streams import AnswerStream
from bartizan.model import Event

if TYPE_CHECKING:
    from bartizan.guard.inprocess.guard import Guard

__all__ = ["Steps"]


class _Recording:
    """Puts events of one call on record in the way that its latest step is run.

    Apart from the call, which would otherwise hold itself, and be told as forgotten late.
    """

    __slots__ = ("_guard", "way")

    def __init__(self, guard: Guard) -> None:
        self._guard, self.way = guard, guard.blocking

    async def put(self, event: Event) -> None:
        await self._guard.recorded(self.way, event)


class Steps:
    """A call as its steps go: `identify`, `decide`, then `decided` or `begun`, and at last `finish`.

    Each is run in a way of its own, for threads or for event loops. `over` tells that the call is on record.
    """

    def __init__(self, guard: Guard, route: Route | None, trace: str) -> None:
        self.guard, self.route, self.engine = guard, route, guard.engine
        self._recording = _Recording(guard)
        self.record = Record(self._recording.put, guard.clock, route, trace)
        self._taken: object = None
        self._prepared: Prepared | None = None
        self._stream: AnswerStream | None = None
        self.over = False

    @property
    def prepared(self) -> Prepared:
        """What the engine knows of the call."""
        assert self._prepared is not None, "the call was not decided"
        return self._prepared

    async def identify(self, way: Way, said: Principal | str | Mapping[str, str] | list[tuple[str, str]]) -> Principal:
        """Find out who calls. Raises Refused."""
        who = await self.guard.who(way, said)
        self.record.principal = who
        return who

    async def decide(self, way: Way, body: bytes, principal: Principal, query: str = "") -> None:
        """Decide the request, and reserve what it may use. Raises Refused, which is not on record yet."""
        self._recording.way = way
        guard = self.guard
        if self.route is None:
            raise Refused(404, "path-not-served", "this path is not served here")
        most = self.engine.config.limits.body
        if len(body) > most:
            raise Refused(413, "body-too-large", f"the body has more than {most} bytes")
        prepared = self.record.prepared = self.engine.begin(Call(self.route, query, body), principal)
        self.engine.decide(prepared, guard.limiter.context(principal, guard.clock()))
        self._prepared = prepared
        self._taken = await way.do(guard.limiter.take(prepared, guard.clock()))

    async def finish(self, way: Way, refused: Refused | None = None, outcome: str = "") -> None:
        """Book what was used and put the call on record, once. Raises Refused when that isn't possible."""
        if self.over:
            return
        self.over, self._recording.way = True, way
        if refused is not None:
            self.record.refused(refused)
        self.record.outcome = outcome or self.record.outcome
        if self._stream is not None:
            self.prepared.usage, self.prepared.size = self._stream.usage, self._stream.size
        try:
            if self._taken is not None:
                await way.do(self.guard.limiter.settle(self._taken, self.prepared, self.guard.clock()))
        finally:
            await self.record.close()

    async def decided(self, way: Way, decide: Callable[[Prepared, bytes], bytes], body: bytes) -> bytes:
        """Decide a whole answer, and put the call on record before the answer is used. Raises Refused."""
        if self.over:
            raise RuntimeError("this call is over: begin another one")
        self._recording.way = way
        try:
            self._check(body)
            out = decide(self.prepared, body)
        except Refused as refused:
            await self.finish(way, refused)
            raise
        await self.finish(way)
        return out

    def _check(self, body: bytes) -> None:
        most = self.engine.config.limits.answer
        if len(body) > most:
            raise Refused(502, "answer-too-large", f"the provider's answer has more than {most} bytes")

    async def begun(self, way: Way, *, array: bool) -> GuardedStream:
        """Begin a streamed answer, which is put on record now and when it ends. Raises Refused."""
        if self.over:
            raise RuntimeError("this call is over: begin another one")
        self._recording.way = way
        try:
            answer = self.engine.stream(self.prepared, array=array)
            await self.record.begun()
        except Refused as refused:
            await self.finish(way, refused)
            raise
        self._stream = answer
        return GuardedStream(self, answer)
