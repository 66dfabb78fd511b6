"""What gates are made from: everything the gateway's other parts know of who may do what, shared by all sessions."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from bartizan.guard.asking import Desk
from bartizan.guard.charter import Charter, State
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.limits.blocks import Blocks
from bartizan.guard.mcp.flowing import Cards
from bartizan.guard.mcp.gate import Kind
from bartizan.guard.mcp.journaling import JournalRules
from bartizan.guard.mcp.looking import Looker, Score
from bartizan.guard.mcp.pins import Watch
from bartizan.guard.mcp.recording import Client
from bartizan.guard.policy import ToolAuthoriser, tool_policies
from bartizan.guard.policy.policies import Policies
from bartizan.guard.principal import Principal
from bartizan.guard.protection import DataRule, Handlings, Protector, Vault
from bartizan.guard.protection.rules import Handling
from bartizan.inspection import Inspector
from bartizan.inspection.redaction import Hiding, KeyRing, Mode, Tokens, as_written, normaliser, parse_keys
from bartizan.model import Scheme
from bartizan.model.card import ToolCard

__all__ = ["NoPins", "Parts", "PinBook", "Shared", "only_telling"]


class PinBook(Protocol):
    """Knows what was approved of servers."""

    def watch(self, server: str) -> Watch | None:
        """Return a new watch over a server's definitions, None where nothing was approved of it."""

    def first(self, server: str, kind: Kind, items: Sequence[dict[str, Any]], now: float) -> Watch | None:
        """Take what a server lists that nothing was approved of, where first use is taken as good; else None."""


class NoPins:
    """Knows of nothing that was approved."""

    def watch(self, server: str) -> Watch | None:
        """Return nothing."""
        del server
        return None

    def first(self, server: str, kind: Kind, items: Sequence[dict[str, Any]], now: float) -> Watch | None:
        """Take nothing."""
        del server, kind, items, now
        return None


def _no_card(server: str, tool: str, definition: Mapping[str, Any]) -> ToolCard | None:
    del server, tool, definition
    return None


def _no_context(principal: Principal, now: float) -> Mapping[str, Any]:
    del principal, now
    return {}


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a gatekeeper asks. What is left out takes nothing away, but for `pins`: without them no tool is approved.

    `protector` applies data rules, `keys` make pseudonyms, `score` gives the injection signal. `monitor` follows values
    and denies tools that neither it nor `cards` has a card for. `pins` knows what was approved. `desk` asks people;
    without one what has to be asked about is refused. `charters` bound agents, `blocks` returns the kill switch as it
    stands, `context` what only the driver knows, for policies (`budget_used`, `hour`, `weekday`). `key` makes digests.
    `journal` says how sessions are kept to be replayed and explained; without it they aren't. `states` is what agents
    have done so far, by their charter; a gatekeeper that takes another's place goes on with it.
    """

    policies: Policies = msgspec.field(default_factory=lambda: tool_policies([]))
    protector: Protector | None = None
    keys: KeyRing | None = None
    score: Score | None = None
    monitor: FlowMonitor | None = None
    cards: Cards = _no_card
    pins: PinBook = msgspec.field(default_factory=NoPins)
    desk: Desk | None = None
    charters: Sequence[Charter] = ()
    blocks: Callable[[], Blocks] = Blocks
    context: Callable[[Principal, float], Mapping[str, Any]] = _no_context
    key: bytes = msgspec.field(default_factory=lambda: secrets.token_bytes(32))
    journal: JournalRules | None = None
    states: dict[str, State] = {}


def only_telling(inspector: Inspector) -> Protector:
    """Return a protector that changes and blocks nothing, so that policies and events know what there is."""
    families = {name: entry.family for name, entry in inspector.known.items()}
    allow = Handlings(
        [DataRule(id="no-data-rules", do=Handling.ALLOW)], families, Scheme(tuple(inspector.policy.scheme))
    )
    mask = Hiding(Mode.MASK)
    return Protector(inspector, allow, mask, mask)


class Shared:
    """What all sessions share: the parts, made ready. `key` makes digests."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.authoriser = ToolAuthoriser(parts.policies)
        told = self.authoriser.speaks_of("findings", "families", "data_class", "data_level") or bool(parts.charters)
        self.looker = Looker(parts.protector, parts.score, always=told)
        self._keys = parts.keys or parse_keys(f"run:{secrets.token_hex(32)}")
        self._normalise = as_written if parts.protector is None else normaliser(parts.protector.inspector.known)

    def vault(self, client: Client, towards: str) -> Vault:
        """Return a place for what is hidden from one side in a session."""
        who = client.principal
        return Vault(Tokens(self._keys, f"{who.tenant}\x1f{who.id}\x1f{towards}", self._normalise))

    def state(self, charter: Charter) -> State:
        """Return what the agents of a charter have done, in all sessions."""
        return self.parts.states.setdefault(charter.id, State())
