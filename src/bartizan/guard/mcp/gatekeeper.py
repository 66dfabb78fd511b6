"""Decides what passes between an agent and MCP servers: everything the gateway's other parts know, asked in one order.

    keeper = Gatekeeper(Parts(policies=tool_policies([]), monitor=FlowMonitor(cards), pins=book))
    gate = keeper.gate(Client(principal=who, session=id))
    relay = Relay(servers, gate, key=key)

A call goes on when nothing stops it, in this order: the kill switch, the caller's own scope, the definition, which has
to be one that was approved, data rules on what it holds, the agent's charter, the policies, and where its values came
from. What needs a person's word waits for it. Each of them can only take away what the others leave.
"""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.guard.charter import charter_of, spend
from bartizan.guard.mcp.gating import SessionGate
from bartizan.guard.mcp.parts import NoPins, Parts, PinBook, Shared, only_telling
from bartizan.guard.mcp.recording import Client
from bartizan.guard.principal import Principal

__all__ = ["Client", "Gatekeeper", "NoPins", "Parts", "PinBook", "SessionGate", "only_telling"]


class Gatekeeper:
    """Opens gates, one for each client. Shared between sessions; made anew when the configuration changes."""

    def __init__(self, parts: Parts) -> None:
        self._shared = Shared(parts)

    def spent(self, principal: Principal, sessions: Iterable[str], tokens: int, money: float, now: float) -> None:
        """Book on its charter what a caller has used of models; `sessions` are those that it has open here."""
        charter = charter_of(self._shared.parts.charters, principal, principal.application)
        if charter is not None:
            spend(charter, self._shared.state(charter), sessions, tokens, money, now)

    def gate(self, client: Client, request: str = "", *, put_off: bool = False) -> SessionGate:
        """Open a gate for a client. `request` is what its user asks for, where the driver knows it.

        `put_off` is for a driver that calls the gate's `settle` whenever it has acted, and writes events then too.
        """
        return SessionGate(self._shared, client, request, put_off=put_off)
