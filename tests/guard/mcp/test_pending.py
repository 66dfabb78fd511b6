"""How many requests of the client wait for an answer, as a driver asks before it ends."""

from __future__ import annotations

from bartizan.guard.mcp.gate import OpenGate
from bartizan.guard.mcp.jsonrpc import request_bytes
from bartizan.guard.mcp.peers import Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.mcp.revisions import CAPABILITIES, MODERN, VERSION

META = {"_meta": {VERSION: MODERN, CAPABILITIES: {}}}


def test_what_waits_is_counted_and_listening_is_not() -> None:
    relay = Relay([Server("s")], OpenGate(), key=bytes(32))
    assert relay.pending == 0
    relay.from_client(request_bytes(1, "tools/list", META), 0.0)
    relay.from_client(request_bytes(2, "subscriptions/listen", {"notifications": {}, **META}), 0.0)
    assert relay.pending == 1
    relay.closed("s", 1.0)
    assert relay.pending == 0
