"""Envoy's external processing over gRPC: the server around `guard/extproc`, one conversation for each call."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bartizan.guard.config import Config, ExtProc, ExtProcTls, Limits, Upstream
from bartizan.guard.engine import Call, Engine, Prepared
from bartizan.guard.extproc import Processing, WireError, read_message
from bartizan.guard.extproc.messages import Headers
from bartizan.guard.gateway.service import Service
from bartizan.guard.record import Record
from bartizan.guard.refused import Refused, undecided
from bartizan.guard.routes import Route
from bartizan.model import BartizanError, InputError

__all__ = ["Server", "check_address"]

_PROCESS = "envoy.service.ext_proc.v3.ExternalProcessor"
_HEALTH = "grpc.health.v1.Health"
_SERVING, _NOT_SERVING = b"\x08\x01", b"\x08\x02"
"""`HealthCheckResponse.status` of grpc.health.v1."""
_MORE = 1 << 20
"""Bytes of a message besides its body."""


def check_address(door: ExtProc) -> None:
    """Check that only this machine, or who has a certificate, can reach the server. Raises InputError.

    It tells whoever asks it the credentials of providers.
    """
    host, _, port = door.listen.rpartition(":")
    if door.listen.startswith("unix:"):
        return
    if not host or not port.isdecimal() or not 0 <= int(port) < 65_536:
        raise InputError(f"`{door.listen}` is no address to listen on", help="write it as HOST:PORT or unix:PATH")
    if door.tls is None and not _is_loopback(host.strip("[]")):
        raise InputError(
            f"`{door.listen}` can be reached from other machines, and nothing says who may",
            help="listen on 127.0.0.1 or unix:PATH, or set `tls:` below `ext_proc:`",
        )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Server:
    """Serves Envoy until it is closed. To be made and used within one event loop.

    Raises InputError when gRPC isn't installed, and for an address or a certificate that can't be used.
    """

    def __init__(self, service: Service, door: ExtProc, folder: Path) -> None:
        try:
            import grpc  # type: ignore[import-untyped,import-not-found,unused-ignore]
            from grpc import aio  # type: ignore[import-untyped,import-not-found,unused-ignore]
        except ImportError:
            raise InputError(
                "Envoy speaks gRPC, and that is not installed", help="pip install 'bartizan[ext-proc]'"
            ) from None
        check_address(door)
        self._service, self._door, self._grpc = service, door, grpc
        limits = service.config.limits
        self._server = aio.server(
            options=[
                ("grpc.max_receive_message_length", max(limits.body, limits.answer) + _MORE),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
            ],
            maximum_concurrent_rpcs=limits.calls,
        )
        self._server.add_generic_rpc_handlers((
            grpc.method_handlers_generic_handler(
                _PROCESS, {"Process": grpc.stream_stream_rpc_method_handler(self._process)}
            ),
            grpc.method_handlers_generic_handler(
                _HEALTH, {"Check": grpc.unary_unary_rpc_method_handler(self._check)}
            ),
        ))  # fmt: skip
        self.port = self._bound(door, folder)

    def _bound(self, door: ExtProc, folder: Path) -> int:
        try:
            if door.tls is None:
                return int(self._server.add_insecure_port(door.listen))
            return int(self._server.add_secure_port(door.listen, self._credentials(door.tls, folder)))
        except RuntimeError:
            raise InputError(
                f"`{door.listen}` can't be listened on", help="is it in use, or the folder missing?"
            ) from None

    def _credentials(self, tls: ExtProcTls, folder: Path) -> Any:
        try:
            key, certificate, clients = (
                (folder / name).read_bytes() for name in (tls.key, tls.certificate, tls.clients)
            )
        except OSError as error:
            raise InputError(f"`{error.filename}` can't be read: {error.strerror}") from None
        return self._grpc.ssl_server_credentials(
            [(key, certificate)], root_certificates=clients, require_client_auth=True
        )

    async def start(self) -> None:
        """Begin to serve."""
        await self._server.start()

    async def close(self) -> None:
        """Take no more calls, and give those that are answered the time of `limits.drain`."""
        await self._server.stop(self._service.config.limits.drain)

    async def _check(self, _: bytes, __: Any) -> bytes:
        return _SERVING if self._service.ready else _NOT_SERVING

    async def _process(self, _: Any, context: Any) -> None:
        service = self._service
        call = _Call(service)
        processing = Processing(call, self._door)
        try:
            await self._converse(call, processing, context)
        except WireError:
            await context.abort(self._grpc.StatusCode.INVALID_ARGUMENT, "the message can't be read")
        finally:
            # Envoy ends the conversation when the exchange is over, in whatever way: what was taken is booked anyway.
            await asyncio.shield(call.end(over=processing.over or processing.finished))

    async def _converse(self, call: _Call, processing: Processing, context: Any) -> None:
        end = self._grpc.aio.EOF
        while not processing.over:
            prepared = processing.prepared
            seconds = call.limits.seconds if prepared is None else prepared.upstream.seconds
            try:
                async with asyncio.timeout(seconds):
                    data = await context.read()
            except TimeoutError:
                replies = await processing.late()
            else:
                if data is end:
                    return
                replies = await self._replies(processing, data)
            for reply in replies:
                await context.write(reply)

    async def _replies(self, processing: Processing, data: bytes) -> list[bytes]:
        try:
            return await processing.receive(read_message(data))
        except WireError:
            raise
        except Exception as error:  # noqa: BLE001 - the process boundary: what can't be decided is refused, and told
            self._service.failed(error)
            return processing.refuse(undecided(error))


class _Said(dict[str, str]):
    """The headers of a request, as the service wants them: `items` gives every pair."""

    def __init__(self, pairs: Headers) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def items(self) -> Any:
        return self._pairs


class _Scope:
    """What the service's record reads of a request."""

    def __init__(self, headers: _Said) -> None:
        self.headers = headers


class _Call:
    """One call: what the conversation needs of the service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._record: Record | None = None
        self._prepared: Prepared | None = None
        self._taken: object = None
        self.engine: Engine = service.engine
        self.limits: Limits = service.config.limits
        self._upstreams = service.upstreams

    async def begin(self, found: Route | None, headers: Headers) -> None:
        said = _Said(headers)
        self._record = self._service.record(_Scope(said), found)
        self._record.principal = await self._service.identify(said)

    async def decide(self, call: Call) -> Prepared:
        record = self._record
        assert record is not None
        assert record.principal is not None
        prepared = record.prepared = self.engine.begin(call, record.principal)
        self.engine.decide(prepared, self._service.context(record.principal))
        self._taken = await self._service.take(prepared)
        self._prepared = prepared
        return prepared

    def credential(self, upstream: Upstream) -> tuple[str, str] | None:
        return self._upstreams.credential(upstream)

    @property
    def trace(self) -> str:
        return "" if self._record is None else self._record.trace

    def without_key(self, data: bytes) -> bytes:
        return data if self._prepared is None else self._upstreams.without_key(self._prepared, data)

    def answered(self, status: int) -> None:
        if self._record is not None:
            self._record.upstream_status = status

    async def begun(self) -> None:
        assert self._record is not None
        await self._record.begun()

    async def booked(self) -> None:
        assert self._record is not None
        await self._settle()
        await self._record.close()

    def refused(self, refused: Refused) -> None:
        if self._record is not None:
            self._record.refused(refused)

    def stopped(self) -> Refused | None:
        assert self._prepared is not None
        return self._service.stopped(self._prepared)

    async def end(self, *, over: bool) -> None:
        """Book and record a call whose conversation is over."""
        record = self._record
        if record is None:
            return
        if not over:
            record.outcome = record.outcome or ("broke-off" if self._prepared is not None else "caller-gone")
        try:
            await self._settle()
        except BartizanError as error:
            self._service.failed(error)
        await self._service.recorded(record)

    async def _settle(self) -> None:
        if self._prepared is not None:
            await self._service.settle(self._taken, self._prepared)


async def serve_ext_proc(
    service: Service, config: Config, folder: Path, ended: asyncio.Event, ready: Callable[[int], None]
) -> None:
    """Serve until `ended` is set. Raises InputError."""
    server = Server(service, config.ext_proc, folder)
    await server.start()
    ready(server.port)
    await ended.wait()
    await server.close()
