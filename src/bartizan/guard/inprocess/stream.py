"""A streamed answer of a program's call: bytes in, decided bytes out; or decoded events in, decoded events out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bartizan.guard.inprocess.running import driven
from bartizan.guard.inprocess.sinks import Way
from bartizan.guard.refused import Refused
from bartizan.guard.streams import AnswerStream, SseReader

if TYPE_CHECKING:
    from bartizan.guard.inprocess.steps import Steps

__all__ = ["GuardedStream"]


class GuardedStream:
    """Guards one streamed answer. Events are held until all their text is decided.

    After `stopped` is set, the bytes that were returned last end the stream in the protocol of the format; nothing more
    may be sent or read, and `feed` returns nothing.
    """

    def __init__(self, call: Steps, answer: AnswerStream) -> None:
        format = call.prepared.call.route.format
        assert format is not None
        assert format.streams is not None
        self._call, self._answer, self._answers = call, answer, format.streams
        self._left = call.engine.config.limits.answer

    @property
    def stopped(self) -> Refused | None:
        """Why the stream was stopped, if it was."""
        blocked = self._answer.stopped
        return None if blocked is None else Refused(403, blocked.rule, blocked.sentence, blocked.ask)

    def closing(self, refused: Refused) -> bytes:
        """Return how the stream ends for a client because of what went wrong behind its end."""
        return self._answer.cut(refused.sentence, refused.rule)

    def feed(self, data: bytes) -> bytes:
        """Take bytes of the answer, and return those that may be used."""
        return driven(self.fed(self._call.guard.blocking, data))

    def end(self) -> bytes:
        """Say that the answer has ended, and return the rest. The call is on record then."""
        return driven(self.ended(self._call.guard.blocking))

    def cut(self, sentence: str = "the answer broke off", rule: str = "upstream-cut") -> bytes:
        """Say that the answer broke off, and return how the stream ends."""
        return driven(self.broken(self._call.guard.blocking, sentence, rule))

    async def afeed(self, data: bytes) -> bytes:
        """As `feed`, for event loops."""
        return await self.fed(self._call.guard.awaiting, data)

    async def aend(self) -> bytes:
        """As `end`, for event loops."""
        return await self.ended(self._call.guard.awaiting)

    async def acut(self, sentence: str = "the answer broke off", rule: str = "upstream-cut") -> bytes:
        """As `cut`, for event loops."""
        return await self.broken(self._call.guard.awaiting, sentence, rule)

    def events(self, source: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
        """Guard events that a client has decoded, and give them decoded. Raises Refused where the stream is stopped."""
        read = SseReader()
        for event in source:
            yield from self._decoded(read, self.feed(_written(event)))
        yield from self._decoded(read, self.end())

    async def aevents(self, source: AsyncIterable[Mapping[str, Any]]) -> AsyncIterator[dict[str, Any]]:
        """As `events`, for event loops."""
        read = SseReader()
        async for event in source:
            for one in self._decoded(read, await self.afeed(_written(event))):
                yield one
        for one in self._decoded(read, await self.aend()):
            yield one

    # ---- steps

    async def fed(self, way: Way, data: bytes) -> bytes:
        """Take bytes. Raises Refused when the end of the call can't be put on record."""
        call, answer = self._call, self._answer
        if call.over:
            return b""
        call.guard.look()
        self._left -= len(data)
        refused = call.guard.limiter.stopped(call.prepared, call.guard.clock())
        if refused is None and self._left < 0:
            refused = Refused(502, "answer-too-large", "the provider's answer is longer than it may be")
        if refused is not None:
            return await self.broken(way, refused.sentence, refused.rule)
        return await self._ran(way, lambda: answer.feed(data), last=False)

    async def ended(self, way: Way) -> bytes:
        """Take the end. Raises Refused when it can't be put on record."""
        return b"" if self._call.over else await self._ran(way, self._answer.end, last=True)

    async def broken(self, way: Way, sentence: str, rule: str) -> bytes:
        """End the stream because it broke off, or a rule says so."""
        if self._call.over:
            return b""
        return await self._ran(way, lambda: self._answer.cut(sentence, rule), last=True)

    async def _ran(self, way: Way, step: Callable[[], bytes], *, last: bool) -> bytes:
        outcome = "failed"
        try:
            out = step()
            outcome = ""
        finally:
            if last or outcome or self._answer.stopped is not None:
                if self._answer.stopped is not None:
                    self._call.record.stopped(self._answer.stopped)
                await self._call.finish(way, outcome=outcome)
        return out

    def _decoded(self, read: SseReader, data: bytes) -> Iterator[dict[str, Any]]:
        """Give the events that may be used. Raises Refused in place of those that tell a client the same."""
        stopped = self.stopped
        if stopped is not None:
            data = data.removesuffix(self._answers.error(stopped.rule, stopped.sentence))
        for frame in read.feed(data):
            assert frame.data is not None, "every event that went in has data"
            yield json.loads(frame.data)
        if stopped is not None:
            raise stopped


def _written(event: Mapping[str, Any]) -> bytes:
    """Write a decoded event as a server-sent one; formats whose events have types repeat them in the data."""
    kind = event.get("type")
    head = f"event: {kind}\n" if isinstance(kind, str) and kind.isascii() and kind.isprintable() else ""
    return f"{head}data: {json.dumps(event, ensure_ascii=True)}\n\n".encode()
