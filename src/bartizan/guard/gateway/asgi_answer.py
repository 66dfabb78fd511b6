"""The answer's side of the middleware: what an application sends is held until it is decided."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from bartizan.guard.exchange import Origin
from bartizan.guard.inprocess import GuardedCall, GuardedStream
from bartizan.guard.inprocess.texts import decide_text
from bartizan.guard.passing import refusal_headers
from bartizan.guard.refused import Refused

__all__ = ["Answer"]

_JSON, _SSE = "application/json", "text/event-stream"
_PLAIN = frozenset(
    {
        b"access-control-allow-credentials",
        b"access-control-allow-origin",
        b"access-control-expose-headers",
        b"apim-request-id",
        b"cache-control",
        b"openai-processing-ms",
        b"openai-version",
        b"request-id",
        b"retry-after",
        b"server-timing",
        b"vary",
        b"x-request-id",
    }
)
"""Headers of answers that go on, as far as the rules for answers let their values pass."""

Pairs = list[tuple[bytes, bytes]]


class Answer:
    """One answer.

    `stop` is called when the application can stop; `lost` says that the server could not send: the caller has gone.
    """

    def __init__(
        self,
        call: GuardedCall,
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
        passed: frozenset[str],
        stop: Callable[[], None],
        *,
        head: bool,
    ) -> None:
        self._stop = stop
        self._call, self._out, self._head = call, send, head
        self._passed = _PLAIN | {name.encode() for name in passed}
        self._status = 0
        self._kind = ""
        self._headers: Pairs = []
        self._parts: list[bytes] = []
        self._size = 0
        self._stream: GuardedStream | None = None
        self._sent = self._done = False
        self.lost = False

    # ---- what the application sends

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Take a message of the application. Raises RuntimeError for one that stands in no answer.

        What may not leave is refused at once. The application isn't told by an error, which it could take for one of
        its own: nobody hears what else it sends.
        """
        try:
            await self._take(message)
        except Refused as refused:
            await self.refuse(refused)

    async def _take(self, message: MutableMapping[str, Any]) -> None:
        kind = message["type"]
        if self._done:
            return  # what comes behind an answer that is over: an end that was sent already, trailers
        if kind == "http.response.start":
            if self._status:
                raise RuntimeError("the application began its answer twice")
            self._begin(int(message["status"]), message.get("headers", ()))
        elif kind == "http.response.body":
            if not self._status:
                raise RuntimeError("the application sent a body before the start of its answer")
            await self._body(bytes(message.get("body", b"")), more=bool(message.get("more_body", False)))
        elif kind != "http.response.trailers":
            raise RuntimeError("the application sent a message that can't be inspected")

    def _begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        pairs = [(bytes(name).lower(), bytes(value)) for name, value in headers]
        said = dict(pairs)
        self._status = self._call.record.upstream_status = status
        self._kind = said.get(b"content-type", b"").decode("latin-1").split(";")[0].strip().lower()
        if said.get(b"content-encoding", b"identity").strip().lower() != b"identity":
            raise Refused(502, "answer-not-understood", "the answer is compressed: put what compresses outside")
        self._headers = [(name, value) for name, value in pairs if name in self._passed and self._harmless(value)]

    def _harmless(self, value: bytes) -> bool:
        """Tell whether the rules for answers would let a header's value pass as it is."""
        prepared, protector = self._call.prepared, self._call.engine.protector
        text = value.decode("latin-1")
        made = decide_text(protector, text, Origin.MODEL.value, "answer", prepared.upstream.id, prepared.vault)
        return made.refused is None and made.text == text

    async def _body(self, data: bytes, *, more: bool) -> None:
        if self._status == 200 and self._stream is None and not self._parts and self._streams():
            call = self._call
            self._stream = await call.begun(call.guard.awaiting, array=self._kind != _SSE)
            await self._start(200, [*self._headers, (b"content-type", self._kind.encode())])
        if self._stream is not None:
            await self._piece(self._stream, data, more=more)
            return
        self._size += len(data)
        most = self._call.engine.config.limits.answer
        if self._size > most:
            raise Refused(502, "answer-too-large", f"the answer has more than {most} bytes")
        self._parts.append(data)
        if not more:
            await self._whole(b"".join(self._parts))

    def _streams(self) -> bool:
        """Tell whether the answer comes in pieces: events, or the elements of one array, as Gemini's do."""
        exchange, route = self._call.prepared.exchange, self._call.prepared.call.route
        array = self._kind == _JSON and exchange is not None and exchange.stream and route.streams
        return self._kind == _SSE or array

    async def _whole(self, body: bytes) -> None:
        call, guard = self._call, self._call.guard
        if self._status != 200:
            status = self._status if 400 <= self._status < 600 else 502
            if self._kind != _JSON:
                raise Refused(status, "upstream-error", f"the application answered with status {self._status}")
            out = await call.decided(guard.awaiting, call.engine.error, body)
            await self._last(status, self._headers, out)
            return
        if self._kind != _JSON:
            raise Refused(502, "answer-not-understood", "the answer is not JSON")
        out = await call.decided(guard.awaiting, call.engine.answer, body)
        await self._last(200, self._headers, out)

    async def _piece(self, stream: GuardedStream, data: bytes, *, more: bool) -> None:
        out = await stream.afeed(data) if data else b""
        if not more and stream.stopped is None:
            out += await stream.aend()
        over = not more or stream.stopped is not None
        if out or over:
            await self._more(out, more=not over)

    # ---- the end

    async def end(self) -> None:
        """Say that the application is done. Raises Refused when it has not answered, or not to the end."""
        if self._done:
            return
        if self._stream is None:
            raise Refused(502, "upstream-failed", "the application did not answer")
        await self._more(await self._stream.acut("the answer broke off"), more=False)

    async def broken(self, refused: Refused) -> None:
        """End an answer in which something went wrong, in the caller's protocol. Raises OSError."""
        if self._done or self.lost:
            return
        if self._stream is not None and self._sent:
            await self._more(await self._stream.acut(refused.sentence, refused.rule), more=False)
        else:
            await self.refuse(refused)

    async def refuse(self, refused: Refused) -> None:
        """Answer with a refusal in the caller's protocol, and put it on record."""
        call = self._call
        if self._done:
            return
        if self._sent:
            if self._stream is None:
                return  # the start of a whole answer went out, and its body could not
            # The call may be over, and only its end not on record: the caller must not take that for a whole answer.
            await self._more(self._stream.closing(refused), more=False)
            return
        try:
            await call.finish(call.guard.awaiting, refused)
        except Refused as lost:
            refused = lost if refused.status < 500 else refused
        door = "" if call.route is None else call.route.door
        told = refusal_headers(refused, door, call.record.trace)
        # The first is its kind, which `_last` says.
        headers = [(name.encode(), value.encode("ascii", "replace")) for name, value in told[1:]]
        await self._last(refused.status, headers, call.engine.refusal(call.route, refused))

    # ---- what goes on

    async def _last(self, status: int, headers: Pairs, body: bytes) -> None:
        mine = [(b"content-type", _JSON.encode()), (b"content-length", str(len(body)).encode())]
        await self._start(status, [*headers, *mine])
        await self._more(b"" if self._head else body, more=False)

    async def _start(self, status: int, headers: Pairs) -> None:
        self._sent = True
        await self._put({"type": "http.response.start", "status": status, "headers": headers})

    async def _more(self, body: bytes, *, more: bool) -> None:
        if not more:
            self._done = True
            self._stop()
        await self._put({"type": "http.response.body", "body": body, "more_body": more})

    async def _put(self, message: dict[str, Any]) -> None:
        try:
            await self._out(message)
        except OSError:
            self.lost = True
            raise
