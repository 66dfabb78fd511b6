"""Speaks MCP over http by hand, so that nothing corrects what tests want to be wrong."""

from __future__ import annotations

import http.client
import json
from contextlib import suppress
from typing import Any, NamedTuple

from tests.guard.gateway.mcp.conftest import Agents

LATER, LATEST, EARLIER = "2026-07-28", "2025-11-25", "2025-06-18"
BOTH = "application/json, text/event-stream"
_PROTOCOL = "io.modelcontextprotocol/"


class Said(NamedTuple):
    """An answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def events(self) -> list[tuple[str, Any]]:
        """The events of a stream, by their ids; what has no data is None."""
        out = []
        for block in self.body.decode().split("\n\n"):
            lines = [line.partition(":") for line in block.splitlines()]
            fields = {name: value.removeprefix(" ") for name, _, value in lines if name}
            if fields:
                out.append((fields.get("id", ""), json.loads(fields["data"]) if fields.get("data") else None))
        return out

    @property
    def text(self) -> str:
        """The text of a tool's result."""
        message = self.json if self.headers["content-type"] == "application/json" else self.events[-1][1]
        return str(message["result"]["content"][0]["text"])


class Speaker:
    """One client at one door, on connections of its own."""

    def __init__(self, agents: Agents, door: str, user: str = "anna") -> None:
        self._agents, self._path = agents, f"/mcp/{door}"
        self.headers = {"authorization": f"Bearer {agents.gate.keys[user]}", "accept": BOTH}
        self.session = ""

    def ask(self, method: str, body: bytes = b"", headers: dict[str, str | None] | None = None, path: str = "") -> Said:
        """Send a request; a header that is None is left out."""
        given = {**self.headers, **({"content-type": "application/json"} if body else {}), **(headers or {})}
        opened = http.client.HTTPConnection("127.0.0.1", self._agents.gate.port, timeout=15)
        try:
            sent = {name: value for name, value in given.items() if value is not None}
            with suppress(BrokenPipeError):  # a body that was refused before all of it was sent: the answer is there
                opened.request(method, path or self._path, body or None, sent)
            got = opened.getresponse()
            return Said(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            opened.close()

    def post(self, message: Any, headers: dict[str, str | None] | None = None) -> Said:
        """Send a message."""
        return self.ask("POST", message if isinstance(message, bytes) else json.dumps(message).encode(), headers)

    def begin(self, revision: str = LATEST) -> Said:
        """Begin a session of an earlier revision."""
        about = {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
        said = self.post({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": about})
        self.session = said.headers.get("mcp-session-id", "")
        self.headers |= {"mcp-session-id": self.session, "mcp-protocol-version": revision}
        assert self.post({"jsonrpc": "2.0", "method": "notifications/initialized"}).status == 202
        return said

    def call(self, tool: str, arguments: dict[str, Any] | None = None, id: Any = 1) -> Said:
        """Call a tool in a session."""
        params = {"name": tool, "arguments": arguments or {}}
        return self.post({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})

    def later(
        self, method: str, params: dict[str, Any] | None = None, headers: dict[str, str | None] | None = None
    ) -> Said:
        """Send a request of 2026-07-28."""
        meta = {f"{_PROTOCOL}protocolVersion": LATER, f"{_PROTOCOL}clientCapabilities": {},
                f"{_PROTOCOL}clientInfo": {"name": "test", "version": "1"}}  # fmt: skip
        whole = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {**(params or {}), "_meta": meta}}
        given: dict[str, str | None] = {"mcp-protocol-version": LATER, "mcp-method": method}
        named = (params or {}).get("name")
        if named:
            given["mcp-name"] = str(named)
        return self.post(whole, {**given, **(headers or {})})
