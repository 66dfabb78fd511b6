"""The conversation with Envoy about one HTTP exchange: what it says comes in, what it shall do goes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from bartizan.guard.config import Door, ExtProc, Limits, Upstream
from bartizan.guard.engine import Call, Engine, Prepared
from bartizan.guard.extproc.headers import UPSTREAM, answer_headers_to_remove, request_headers_to_remove
from bartizan.guard.extproc.messages import BodyMode, Changes, Headers, Modes, Part, Received
from bartizan.guard.extproc.wire import write_body, write_headers, write_pieces, write_refusal, write_trailers
from bartizan.guard.passing import refusal_headers, seconds_of
from bartizan.guard.refused import Refused, failed
from bartizan.guard.routes import PREFIXES, Route, route
from bartizan.guard.streams import AnswerStream, Blocked

__all__ = ["Calls", "Processing"]

_JSON, _SSE = "application/json", "text/event-stream"
_STATUSES = frozenset({*range(400, 418), *range(421, 425), 426, 428, 429, 431, *range(500, 509), 510, 511})
"""What Envoy takes as the status of an answer of ours (envoy.type.v3.StatusCode); any other is an error for it."""
_REQUESTS = (BodyMode.STREAMED, BodyMode.BUFFERED, BodyMode.FULL_DUPLEX_STREAMED)


class Calls(Protocol):
    """What a call needs of the world around it. What is awaited may raise Refused."""

    @property
    def engine(self) -> Engine:
        """The engine that decides the call."""
        ...

    @property
    def limits(self) -> Limits:
        """The bounds in force."""
        ...

    async def begin(self, found: Route | None, headers: Headers) -> None:
        """Begin the record, and find out who calls."""
        ...

    async def decide(self, call: Call) -> Prepared:
        """Decide the request, and reserve from budgets."""
        ...

    def credential(self, upstream: Upstream) -> tuple[str, str] | None:
        """Return the header with an upstream's credential; None where Envoy adds it."""
        ...

    @property
    def trace(self) -> str:
        """The id of the call's event, empty before there is one."""
        ...

    def without_key(self, data: bytes) -> bytes:
        """Return what a provider says without the credential that it got from here."""
        ...

    def answered(self, status: int) -> None:
        """Note the status that the provider answered with."""
        ...

    async def begun(self) -> None:
        """Put on record that a streamed answer begins."""
        ...

    async def booked(self) -> None:
        """Book and record the call, which is over."""
        ...

    def refused(self, refused: Refused) -> None:
        """Note that the call is refused."""
        ...

    def stopped(self) -> Refused | None:
        """Return why a call that is being answered must end, if it must."""
        ...


class Processing:
    """One exchange. `receive` takes a message, and returns messages for Envoy, to be sent in order.

    Nothing of a request goes on before all of it was decided, and nothing of an answer before its text was. `over` says
    that there is nothing more to tell Envoy, `finished` that the call has come to its end and is on record.
    """

    def __init__(self, calls: Calls, door: ExtProc) -> None:
        self._calls, self._door = calls, door
        self.over = self.finished = False
        self.prepared: Prepared | None = None
        self._route: Route | None = None
        self._modes: Modes | None = None
        self._begun = False
        self._prefix = self._query = ""
        self._remove: tuple[str, ...] = ()
        self._measured = False
        """Whether the request says its length."""
        self._held = _Held()
        self._status = 0
        self._answer: AnswerStream | None = None
        self._takes = {
            Part.REQUEST_HEADERS: self._request_headers,
            Part.REQUEST_BODY: self._request_body,
            Part.REQUEST_TRAILERS: self._request_trailers,
            Part.RESPONSE_HEADERS: self._response_headers,
            Part.RESPONSE_BODY: self._response_body,
            Part.RESPONSE_TRAILERS: self._response_trailers,
        }

    async def receive(self, message: Received) -> list[bytes]:
        """Take a message of Envoy."""
        if self.over:
            return []
        try:
            return await self._takes[message.part](message)
        except Refused as refused:
            return self.refuse(refused)

    async def late(self) -> list[bytes]:
        """Say that Envoy has told nothing for too long."""
        if self._answer is not None and self._duplex(Part.RESPONSE_BODY) and not self.finished:
            out = self._answer.cut("the provider's answer broke off")
            await self._streamed_out()
            return self._ended(out)
        if self.prepared is None:
            return self.refuse(Refused(408, "body-too-slow", "the body was not there in time"))
        return self.refuse(Refused(504, "upstream-failed", "the provider did not answer in time"))

    def refuse(self, refused: Refused) -> list[bytes]:
        """End the exchange with a refusal. Where an answer has begun already, Envoy resets it."""
        self.over = True
        self._calls.refused(refused)
        status = refused.status if refused.status in _STATUSES else 400 if 400 <= refused.status < 500 else 502
        headers = refusal_headers(refused, "" if self._route is None else self._route.door, self._calls.trace)
        body = self._calls.engine.refusal(self._route, refused)
        return [write_refusal(status, tuple(headers), body, f"bartizan_{refused.rule}")]

    # ---- the request

    async def _request_headers(self, message: Received) -> list[bytes]:
        _expect(not self._begun)
        self._begun = True
        first = dict(message.headers)
        path, _, self._query = first.get(":path", "").partition("?")
        self._prefix, inner = _inner(path, self._door.paths)
        self._route = route(first.get(":method", ""), inner)
        await self._calls.begin(self._route, message.headers)
        if self._route is None:
            raise Refused(404, "path-not-served", "this path is not served here")
        modes = self._modes = _checked(message)
        if first.get("content-encoding", "identity").strip().lower() != "identity":
            raise Refused(415, "encoding-not-taken", "the body's content-encoding is not taken: send none")
        self._measured = "content-length" in first
        self._remove = request_headers_to_remove(message.headers, self._door.headers)
        if message.end:
            return await self._decided(whole=False)
        if self._route.format is None:
            raise Refused(400, "body-not-expected", "this call has no body")
        said = first.get("content-length", "0")
        if said.isascii() and said.isdecimal() and int(said[:18]) > self._calls.limits.body:
            raise _too_large(self._calls.limits.body)
        if modes.request is BodyMode.FULL_DUPLEX_STREAMED:
            return []
        # What goes on of the headers is what carries no secret; the rest is put there once the body is decided.
        asked = modes._replace(request=BodyMode.BUFFERED) if modes.request is BodyMode.STREAMED else None
        return [write_headers(Part.REQUEST_HEADERS, Changes(remove=self._remove), modes=asked)]

    async def _request_body(self, message: Received) -> list[bytes]:
        _expect(self._modes is not None and self.prepared is None)
        self._held.add(message.body, self._calls.limits.body, _too_large)
        if self._duplex(Part.REQUEST_BODY) and not message.end:
            return []
        if self._modes is not None and self._modes.request is BodyMode.STREAMED and not message.end:
            raise _modes_wrong("the request's body has to come in one piece: `request_body_mode: BUFFERED`")
        return await self._decided(end=message.end)

    async def _request_trailers(self, message: Received) -> list[bytes]:
        duplex = self._duplex(Part.REQUEST_BODY)
        _expect((self.prepared is None) == duplex and self._modes is not None)
        out = await self._decided(end=False) if duplex else []
        return [*out, write_trailers(Part.REQUEST_TRAILERS, _names(message))]

    async def _decided(self, *, whole: bool = True, end: bool = True) -> list[bytes]:
        """Decide a request that is there, and let it go on. `whole` tells that it has a body."""
        assert self._route is not None
        body = self._held.taken()
        prepared = self.prepared = await self._calls.decide(Call(self._route, self._query, body))
        put = [(UPSTREAM, prepared.upstream.id), ("accept-encoding", "identity")]
        key = self._calls.credential(prepared.upstream)
        if key is not None:
            put.append(key)
        if prepared.path != self._route.path + ("?" + self._query if self._query else ""):
            put.append((":path", self._prefix + prepared.path))
        changes = Changes(tuple(put), tuple(name for name in self._remove if all(name != one for one, _ in put)))
        if not whole:
            return [write_headers(Part.REQUEST_HEADERS, changes, reroute=True)]
        if self._duplex(Part.REQUEST_BODY):
            head = write_headers(Part.REQUEST_HEADERS, changes, reroute=True)
            return [head, *write_pieces(Part.REQUEST_BODY, prepared.body, end=end)]
        if self._measured:
            changes = changes._replace(put=(*changes.put, ("content-length", str(len(prepared.body)))))
        return [write_body(Part.REQUEST_BODY, None if prepared.body == body else prepared.body, changes, reroute=True)]

    # ---- the answer

    async def _response_headers(self, message: Received) -> list[bytes]:
        _expect(self._status == 0)
        first = dict(message.headers)
        said = first.get(":status", "")
        status = self._status = int(said) if said.isascii() and said.isdecimal() and len(said) == 3 else 502
        prepared = self.prepared
        if prepared is None:
            shown = status if 400 <= status < 600 else 502
            raise Refused(shown, "not-decided", f"the call ended with status {status} before it was decided")
        self._calls.answered(status)
        if first.get("content-encoding", "identity").strip().lower() != "identity":
            raise Refused(502, "answer-not-understood", "the provider's answer is compressed")
        kind = first.get("content-type", "").split(";")[0].strip().lower()
        self._remove = (*answer_headers_to_remove(message.headers), "content-length")
        if status == 200 and not message.end and (kind == _SSE or _is_array(prepared, kind)):
            self._answer = self._calls.engine.stream(prepared, array=kind != _SSE)
            await self._calls.begun()
            return [self._answer_headers(BodyMode.STREAMED)]
        if status != 200:
            again = seconds_of(first.get("retry-after", ""))
            refused = failed(status, readable=kind == _JSON and not message.end, again=again)
            if refused is not None:
                raise refused
        elif kind != _JSON or message.end:
            raise Refused(502, "answer-not-understood", "the provider's answer is not JSON")
        if self._duplex(Part.RESPONSE_BODY):
            return []
        return [self._answer_headers(BodyMode.BUFFERED)]

    def _answer_headers(self, wanted: BodyMode) -> bytes:
        """Let the answer's headers go on, and ask for its body as it is wanted, where Envoy can still be asked."""
        assert self._modes is not None
        now = self._modes.response
        other = now not in (wanted, BodyMode.FULL_DUPLEX_STREAMED)
        asked = self._modes._replace(response=wanted) if other else None
        return write_headers(Part.RESPONSE_HEADERS, Changes(remove=self._remove), modes=asked)

    async def _response_body(self, message: Received) -> list[bytes]:
        _expect(self._status != 0 and (not self.finished or self._answer is not None))
        if self._answer is not None:
            return await self._piece(self._answer, message)
        self._held.add(message.body, self._calls.limits.answer, _answer_too_large)
        if message.end or self._modes is None or self._modes.response is BodyMode.BUFFERED:
            return await self._whole(end=message.end)
        # Nothing goes on before all is there. In the streamed mode each message wants its own reply.
        return [] if self._duplex(Part.RESPONSE_BODY) else [write_body(Part.RESPONSE_BODY, b"")]

    async def _piece(self, answer: AnswerStream, message: Received) -> list[bytes]:
        """Inspect a piece of a streamed answer."""
        if self.finished:  # what still comes behind a block
            return [write_body(Part.RESPONSE_BODY, b"")]
        self._held.size += len(message.body)
        refused = self._calls.stopped()
        if refused is None and self._held.size > self._calls.limits.answer:
            refused = _answer_too_large(self._calls.limits.answer)
        out = answer.feed(message.body) if refused is None else answer.cut(refused.sentence, refused.rule)
        if message.end:
            out += answer.end()
        out = self._calls.without_key(out)
        last = message.end or answer.stopped is not None
        if last:
            await self._streamed_out()
        if not self._duplex(Part.RESPONSE_BODY):
            return [write_body(Part.RESPONSE_BODY, None if out == message.body else out)]
        if last:
            return self._ended(out)
        return write_pieces(Part.RESPONSE_BODY, out, end=False)

    def _ended(self, out: bytes) -> list[bytes]:
        """End a streamed answer in full-duplex mode, which can be done before the provider does."""
        self.over = True
        return write_pieces(Part.RESPONSE_BODY, out, end=True)

    async def _streamed_out(self) -> None:
        answer, prepared = self._answer, self.prepared
        assert answer is not None
        assert prepared is not None
        prepared.usage, prepared.size = answer.usage, answer.size
        if answer.stopped is not None:
            self._calls.refused(_as_refusal(answer.stopped))
        self.finished = True
        await self._calls.booked()

    async def _whole(self, *, end: bool) -> list[bytes]:
        assert self.prepared is not None
        engine, body = self._calls.engine, self._calls.without_key(self._held.taken())
        out = engine.answer(self.prepared, body) if self._status == 200 else engine.error(self.prepared, body)
        self.finished = True
        await self._calls.booked()
        if self._duplex(Part.RESPONSE_BODY):
            self.over = end
            head = write_headers(Part.RESPONSE_HEADERS, Changes(remove=self._remove))
            return [head, *write_pieces(Part.RESPONSE_BODY, out, end=end)]
        return [write_body(Part.RESPONSE_BODY, out, Changes(put=(("content-length", str(len(out))),)))]

    async def _response_trailers(self, message: Received) -> list[bytes]:
        _expect(self._status != 0)
        out = [] if self.finished else await self._before_trailers()
        self.over = True
        return [*out, write_trailers(Part.RESPONSE_TRAILERS, _names(message))]

    async def _before_trailers(self) -> list[bytes]:
        """Let the rest of an answer go on that trailers end. Only the full-duplex mode can still do that."""
        if self._answer is None:
            if not self._duplex(Part.RESPONSE_BODY):
                raise Refused(502, "answer-not-understood", "the provider's answer ends in trailers")
            return await self._whole(end=False)
        out = self._calls.without_key(self._answer.end())
        await self._streamed_out()
        if out and not self._duplex(Part.RESPONSE_BODY):
            raise Refused(502, "stream-not-followed", "the provider's answer ends in trailers")
        return write_pieces(Part.RESPONSE_BODY, out, end=False)

    # ---- both

    def _duplex(self, part: Part) -> bool:
        modes = self._modes
        mode = None if modes is None else modes.request if part is Part.REQUEST_BODY else modes.response
        return mode is BodyMode.FULL_DUPLEX_STREAMED


class _Held:
    """A body that waits until it is whole. `size` counts its bytes, those that didn't wait among them."""

    def __init__(self) -> None:
        self.size = 0
        self._parts: list[bytes] = []

    def add(self, body: bytes, most: int, refusal: Callable[[int], Refused]) -> None:
        """Hold a part. Raises Refused for more than `most` bytes."""
        self.size += len(body)
        if self.size > most:
            raise refusal(most)
        self._parts.append(body)

    def taken(self) -> bytes:
        """Return what was held, and hold nothing."""
        body = b"".join(self._parts)
        self._parts, self.size = [], 0
        return body


def _expect(holds: bool) -> None:
    if not holds:
        raise Refused(500, "envoy-out-of-order", "Envoy told of a part of this call that can't come now")


def _too_large(most: int) -> Refused:
    return Refused(413, "body-too-large", f"the body has more than {most} bytes")


def _answer_too_large(most: int) -> Refused:
    return Refused(502, "answer-too-large", f"the provider's answer has more than {most} bytes")


def _inner(path: str, paths: dict[str, Door]) -> tuple[str, str]:
    """Return the beginning of a path that goes on as it is, and the gateway's own path for it."""
    for begin, door in paths.items() if paths else ((begin, door) for door, begin in PREFIXES.items()):
        prefix = begin.rstrip("/")
        if path.startswith(prefix + "/"):
            return prefix, PREFIXES[door] + path[len(prefix) :]
    return "", ""


def _checked(message: Received) -> Modes:
    """Return how bodies come. Raises Refused for a filter that would let one pass unseen."""
    modes = message.modes
    if message.observed:
        raise _modes_wrong("Envoy's filter only looks on: take `observability_mode` away")
    if modes is None:
        raise _modes_wrong("Envoy doesn't say how it hands bodies over: it is older than 1.34")
    if modes.request not in _REQUESTS or modes.response not in _REQUESTS:
        raise _modes_wrong(
            "Envoy's filter would let bodies pass unseen: set `request_body_mode` and `response_body_mode`"
        )
    return modes


def _modes_wrong(sentence: str) -> Refused:
    return Refused(500, "envoy-modes", sentence)


def _names(message: Received) -> tuple[str, ...]:
    return tuple({name: None for name, _ in message.headers})


def _as_refusal(blocked: Blocked) -> Refused:
    return Refused(403, blocked.rule, blocked.sentence, blocked.ask)


def _is_array(prepared: Prepared, kind: str) -> bool:
    """Tell whether an answer in pieces comes as one JSON array, as Gemini's does without `alt=sse`."""
    exchange = prepared.exchange
    return kind == _JSON and exchange is not None and exchange.stream and prepared.call.route.streams
