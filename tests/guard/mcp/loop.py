"""The official SDK's clients and servers with a relay between them, joined by streams in memory."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.client._transport import TransportStreams
from mcp.server import MCPServer, NotificationOptions
from mcp.server import Server as LowServer
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCRequest, jsonrpc_message_adapter, methods

from bartizan.guard.mcp.acts import Act, AskFor, Noted, ToClient, ToServer
from bartizan.guard.mcp.gate import Gate, OpenGate
from bartizan.guard.mcp.peers import Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.mcp.revisions import VERSION

KEY = b"k" * 32
Sender = MemoryObjectSendStream[SessionMessage | Exception]
Receiver = MemoryObjectReceiveStream[SessionMessage | Exception]


def wire(message: SessionMessage) -> bytes:
    """Return a message as the SDK writes it."""
    return message.message.model_dump_json(by_alias=True, exclude_unset=True).encode()


class Door:
    """A transport for the SDK's client: behind it is a relay, and behind that the servers."""

    def __init__(
        self,
        servers: Mapping[str, MCPServer | LowServer[Any]],
        *,
        protocol: str = "auto",
        gate: Gate | None = None,
        on_ask: Callable[[AskFor], bool] | None = None,
        **options: Any,
    ) -> None:
        self.relay = Relay([Server(id, protocol=protocol) for id in servers], gate or OpenGate(), key=KEY, **options)
        self.notes: list[Noted] = []
        self.to_client: list[bytes] = []
        self.to_servers: list[ToServer] = []
        self._servers, self._on_ask = servers, on_ask
        self._in: dict[str, Sender] = {}
        self._out: Sender | None = None
        self._opened: Any = None
        self._pipes: list[Any] = []
        self._asked: dict[Any, tuple[str, str]] = {}

    async def __aenter__(self) -> TransportStreams:
        """Start the servers and return the client's streams."""
        self._opened = self._open()
        streams: TransportStreams = await self._opened.__aenter__()
        return streams

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop everything."""
        await self._opened.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[Any]:
        to_client, client_reads = self._pipe()
        client_writes, from_client = self._pipe()
        self._out = to_client
        async with anyio.create_task_group() as group:
            for id, server in self._servers.items():
                to_server, server_reads = self._pipe()
                server_writes, from_server = self._pipe()
                self._in[id] = to_server
                inner = server._lowlevel_server if isinstance(server, MCPServer) else server
                options = inner.create_initialization_options(NotificationOptions(tools_changed=True))
                group.start_soon(inner.run, server_reads, server_writes, options)
                group.start_soon(self._pump, from_server, id)
            group.start_soon(self._pump, from_client, None)
            try:
                yield client_reads, client_writes
            finally:
                group.cancel_scope.cancel()
        for end in self._pipes:
            end.close()

    def _pipe(self) -> tuple[Sender, Receiver]:
        made = anyio.create_memory_object_stream[SessionMessage | Exception](1000)
        self._pipes += made
        return made

    async def _pump(self, source: Receiver, server: str | None) -> None:
        async with source:
            async for message in source:
                assert isinstance(message, SessionMessage)
                now = time.monotonic()
                if server is None:
                    self._remember(message.message)
                    await self.act(self.relay.from_client(wire(message), now))
                else:
                    await self.act(self.relay.from_server(server, wire(message), now))

    async def act(self, acts: list[Act]) -> None:
        """Do what the relay wants done."""
        assert self._out is not None
        for act in acts:
            if isinstance(act, ToClient):
                self.to_client.append(act.message)
                if act.final:
                    self._check(act)
                await self._out.send(SessionMessage(jsonrpc_message_adapter.validate_json(act.message)))
            elif isinstance(act, ToServer):
                self.to_servers.append(act)
                await self._in[act.server].send(SessionMessage(jsonrpc_message_adapter.validate_json(act.message)))
            elif isinstance(act, AskFor) and self._on_ask is not None:
                allowed = self._on_ask(act)
                await self.act(self.relay.answered(act.ask.id, allowed, "test", time.monotonic()))
            elif isinstance(act, Noted):
                self.notes.append(act)

    def _remember(self, message: Any) -> None:
        if isinstance(message, JSONRPCRequest):
            meta = (message.params or {}).get("_meta") or {}
            self._asked[message.id] = (message.method, meta.get(VERSION, "2025-11-25"))

    def _check(self, act: ToClient) -> None:
        """Hold an answer against the official types of the client's revision."""
        body = json.loads(act.message)
        method, version = self._asked[act.for_request]
        if "result" in body:
            methods.validate_server_result(method, version, body["result"])

    def noted(self, what: str) -> int:
        """Return how often something was noted."""
        return sum(note.what == what for note in self.notes)
