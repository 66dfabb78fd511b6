"""Decides what passes between an agent and MCP servers: everything the gateway's other parts know, asked in one order.

    keeper = Gatekeeper(Parts(policies=tool_policies([]), monitor=FlowMonitor(cards), pins=book))
    gate = keeper.gate(Client(principal=who, session=id))
    relay = Relay(servers, gate, key=key)

A call goes on when nothing stops it, in this order: the kill switch, the caller's own scope, the definition, which has
to be one that was approved, data rules on what it holds, the agent's charter, the policies, and where its values came
from. What needs a person's word waits for it. Each of them can only take away what the others leave.
"""

from __future__ import annotations

from bartizan.guard.mcp.gating import SessionGate
from bartizan.guard.mcp.parts import NoPins, Parts, PinBook, Shared, only_telling
from bartizan.guard.mcp.recording import Client

__all__ = ["Client", "Gatekeeper", "NoPins", "Parts", "PinBook", "SessionGate", "only_telling"]


class Gatekeeper:
    """Opens gates, one for each client. Shared between sessions; made anew when the configuration changes."""

    def __init__(self, parts: Parts) -> None:
        self._shared = Shared(parts)

    def gate(self, client: Client, request: str = "") -> SessionGate:
        """Open a gate for a client. `request` is what its user asks for, where the driver knows it."""
        return SessionGate(self._shared, client, request)
