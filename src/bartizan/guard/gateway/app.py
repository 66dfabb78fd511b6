"""The gateway as an RSGI application: one coroutine a request."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian._granian import RSGIProtocolError as ProtocolError
from pyreqwest.exceptions import PyreqwestError

from bartizan.guard.doors.litellm import ROUTE
from bartizan.guard.engine import Call, Prepared
from bartizan.guard.gateway.body import read_body
from bartizan.guard.gateway.doors.litellm import Guardrail
from bartizan.guard.gateway.listening import bound_writing
from bartizan.guard.gateway.presence import Presence
from bartizan.guard.gateway.service import Service
from bartizan.guard.gateway.upstreams import header, said_back
from bartizan.guard.passing import refusal_headers, seconds_of
from bartizan.guard.record import Record
from bartizan.guard.refused import Refused, failed, undecided
from bartizan.guard.routes import Route, route, unserved

__all__ = ["App"]

_JSON = "application/json"
_SSE = "text/event-stream"
_LOOK = 0.1
"""Seconds between looks at whether a call that is being answered was blocked."""


class App:
    """Serves calls with the service in force. `begin` makes the first service inside the worker's event loop."""

    def __init__(self, begin: Callable[[asyncio.AbstractEventLoop], Service]) -> None:
        self._begin = begin
        self._service: Service | None = None
        self._guardrail = Guardrail(time.monotonic)

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start, as the server tells it to."""
        service = self._service = self._begin(loop)
        loop.call_soon(lambda: bound_writing(service.config.limits.seconds))  # the server listens by then

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """End: what is open is closed, and the last event written."""
        if self._service is not None:
            loop.run_until_complete(self._service.close())

    async def __rsgi__(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        service = self._service
        assert service is not None
        if scope.proto != "http":
            return
        if scope.path in ("/healthz", "/readyz", "/metrics"):
            await self._about(service, scope, proto)
            return
        if service.mcp is not None and service.mcp.serves(scope.path):
            await service.mcp.serve(service, scope, proto)
            return
        found = route(scope.method, scope.path) or self._guardrail.route(service, scope)
        record = service.record(scope, found)
        try:
            if found is ROUTE:
                await self._guardrail.run(service, scope, proto, record)
                return
            await _Exchange(service, scope, proto, found, record).run()
        except Refused as refused:
            _refuse(service, proto, found or unserved(scope.path), refused, record)
        except ProtocolClosed:
            record.outcome = "caller-gone"
        except Exception as error:  # noqa: BLE001 - the process boundary: what can't be decided is refused, and told
            service.failed(error)
            with suppress(ProtocolClosed, ProtocolError):  # an answer in pieces had begun
                _refuse(service, proto, found or unserved(scope.path), undecided(error), record)
        finally:
            await service.recorded(record)

    async def _about(self, service: Service, scope: Any, proto: Any) -> None:
        if scope.path == "/metrics":
            proto.response_str(200, [("content-type", "text/plain; version=0.0.4")], service.metrics())
            return
        ready, wrong = (True, "") if scope.path == "/healthz" else await service.readiness()
        said = ("ok\n" if ready else "not ready\n") + wrong
        proto.response_str(200 if ready else 503, [("content-type", "text/plain")], said)


def _refuse(service: Service, proto: Any, found: Route | None, refused: Refused, record: Record) -> None:
    record.refused(refused)
    headers = refusal_headers(refused, "" if found is None else found.door, record.trace)
    proto.response_bytes(refused.status, headers, service.engine.refusal(found, refused))


class _Exchange:
    """One request and its answer."""

    def __init__(self, service: Service, scope: Any, proto: Any, found: Route | None, record: Record) -> None:
        self.service, self.scope, self.proto, self.route, self.record = service, scope, proto, found, record
        self.taken: object = None

    async def run(self) -> None:
        """Decide, forward, answer. Raises Refused, and ProtocolClosed when the caller has gone."""
        service, record = self.service, self.record
        principal = await service.identify(self.scope.headers)
        record.principal = principal
        if self.route is None:
            raise Refused(404, "path-not-served", "this path is not served here")
        limits = service.config.limits
        body = b""
        if self.route.format is not None:
            body = await read_body(self.scope, self.proto, limits.body, limits.seconds)
        call = Call(self.route, self.scope.query_string, body)
        prepared = record.prepared = service.engine.begin(call, principal)
        service.engine.decide(prepared, service.context(principal))
        self.taken = await service.take(prepared)
        try:
            async with Presence(self.proto):
                await self._forward(prepared)
        finally:
            await service.settle(self.taken, prepared)

    async def _forward(self, prepared: Prepared) -> None:
        try:
            async with self.service.upstreams.request(prepared, self.scope.headers) as response:
                self.record.upstream_status = response.status
                kind = header(response, "content-type").split(";")[0].strip().lower()
                if response.status != 200:
                    await self._failed(prepared, response, kind)
                elif kind == _SSE or _is_array(prepared, kind):
                    await self._stream(prepared, response, kind)
                else:
                    await self._whole(prepared, response, kind)
        except PyreqwestError as error:
            raise Refused(502, "upstream-failed", f"the provider can't be reached: {type(error).__name__}") from None

    async def _whole(self, prepared: Prepared, response: Any, kind: str) -> None:
        if kind != _JSON:
            raise Refused(502, "answer-not-understood", "the provider's answer is not JSON")
        body = self.service.upstreams.without_key(prepared, await self._read(response))
        body = self.service.engine.answer(prepared, body)
        await self._booked(prepared)
        self.proto.response_bytes(200, [("content-type", _JSON), *said_back(response)], body)

    async def _failed(self, prepared: Prepared, response: Any, kind: str) -> None:
        """Pass a provider's own error on, inspected like an answer; what is no JSON becomes an error of ours."""
        body = self.service.upstreams.without_key(prepared, await self._read(response))
        back = said_back(response)
        again = seconds_of(dict(back).get("retry-after", ""))
        if (refused := failed(response.status, readable=kind == _JSON, again=again)) is not None:
            raise refused
        body = self.service.engine.error(prepared, body, response.status, again)
        await self._booked(prepared)
        self.proto.response_bytes(response.status, [("content-type", _JSON), *back], body)

    async def _booked(self, prepared: Prepared) -> None:
        """Book and record a call before it is answered: what can't be recorded isn't answered."""
        await self.service.settle(self.taken, prepared)
        await self.record.close()

    async def _read(self, response: Any) -> bytes:
        most, size, out = self.service.config.limits.answer, 0, []
        reader = response.body_reader
        while (chunk := await reader.read_chunk()) is not None:
            size += len(chunk)
            if size > most:
                raise Refused(502, "answer-too-large", f"the provider's answer has more than {most} bytes")
            out.append(bytes(chunk))
        return b"".join(out)

    async def _stream(self, prepared: Prepared, response: Any, kind: str) -> None:
        service, record = self.service, self.record
        answer = service.engine.stream(prepared, array=kind != _SSE)
        await record.begun()
        headers = [("content-type", kind), ("cache-control", "no-cache"), *said_back(response)]
        transport = self.proto.response_stream(200, headers)
        reader = response.body_reader
        left, looked = service.config.limits.answer, 0.0
        try:
            while answer.stopped is None and (chunk := await reader.read_chunk()) is not None:
                left -= len(chunk)
                refused = None
                if (now := time.monotonic()) >= looked + _LOOK:
                    looked, refused = now, service.stopped(prepared)
                if refused is None and left < 0:
                    refused = Refused(502, "answer-too-large", "the provider's answer is longer than it may be")
                out = answer.feed(bytes(chunk)) if refused is None else answer.cut(refused.sentence, refused.rule)
                if out:
                    await transport.send_bytes(service.upstreams.without_key(prepared, out))
            rest = answer.end()
            if rest:
                await transport.send_bytes(service.upstreams.without_key(prepared, rest))
        except PyreqwestError:
            record.outcome = "upstream-cut"
            await transport.send_bytes(answer.cut("the provider's answer broke off"))
        except ProtocolClosed:
            raise
        except Exception:
            with suppress(ProtocolClosed):
                await transport.send_bytes(answer.cut("the gateway made a mistake with this answer", "gateway-failed"))
            raise
        finally:
            prepared.usage, prepared.size = answer.usage, answer.size
            if answer.stopped is not None:
                record.stopped(answer.stopped)
            await service.settle(self.taken, prepared)


def _is_array(prepared: Prepared, kind: str) -> bool:
    """Tell whether an answer in pieces comes as one JSON array, as Gemini's does without `alt=sse`."""
    exchange = prepared.exchange
    asked = exchange is not None and exchange.stream and prepared.call.route.streams
    return kind == _JSON and asked and "alt=sse" not in prepared.call.query
