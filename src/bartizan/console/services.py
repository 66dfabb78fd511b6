"""What pages and the API work with: passed to them, never looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from bartizan.catalog import Catalog
from bartizan.console.metrics import ConsoleMetrics
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.documents import Kind, Organisation
from bartizan.store.register import Register
from bartizan.store.register.open import SqlRegister

__all__ = ["Places", "Services", "sql_register"]


@dataclass(frozen=True)
class Places:
    """Where the gateway beside the console keeps what both read: its events, its open questions, its documents."""

    events: Path | None = None
    approvals: Path | None = None
    sandboxes: Path | None = None
    openings: Path | None = None
    """Where the gateway notes which sandboxes are open; by default beside their folder."""
    gateway: str = ""
    """The gateway's own address, for its live figures; empty without one."""
    config: Path | None = None
    """The gateway's configuration, for what it enforces."""


@dataclass(frozen=True)
class Services:
    """The register, the catalog and the clock. `clock` gives the present time, with its zone (UTC)."""

    register: Register
    catalog: Catalog
    clock: Callable[[], datetime]
    places: Places = field(default_factory=Places)
    address: str = "http://127.0.0.1:8300"
    """The address under which people reach the console: what requests are held against."""
    private_webhooks: bool = False
    """Webhooks may be on this machine and in private networks, and there over plain http."""
    active: Callable[[], frozenset[str]] | None = None
    """Tells what is in force of that which can hold statements of policies, as `govern.policies.named` writes it."""
    metrics: ConsoleMetrics = field(default_factory=ConsoleMetrics)
    """What this process counts."""
    whole: Callable[[], ConsoleMetrics] | None = None
    """Gives the sum over all processes of this console, where there are others."""
    metrics_token_file: str = ""
    """The file with the token that opens `/metrics`; empty where only this machine may read them."""

    def now(self) -> str:
        """Return the present time as the register writes it."""
        return self.later(timedelta())

    def later(self, wait: timedelta) -> str:
        """Return a time to come as the register writes it; a negative wait gives one that is over."""
        return (self.clock() + wait).strftime("%Y-%m-%dT%H:%M:%SZ")

    def today(self) -> date:
        """Return the present day."""
        return self.clock().date()

    def organisation(self) -> Organisation:
        """Return the organisation, or one with defaults where nobody has described it."""
        stored = self.register.documents.get(Kind.ORGANISATION, "organisation")
        spec = stored.document.spec if stored else None
        return spec if isinstance(spec, Organisation) else Organisation(title="")

    def units(self, person: Person, action: Action = Action.READ) -> frozenset[str] | None:
        """Return the business units in which somebody may do something, None for all."""
        return person.units(action, self.organisation().below)

    def may(self, person: Person, action: Action, unit: str) -> bool:
        """Tell whether somebody may do something in a unit."""
        return person.may(action, unit, self.organisation().below)


def sql_register(services: Services) -> SqlRegister:
    """Return the register with the tables beside its documents: people, imports, scans, webhooks.

    Raises InputError where it has none.
    """
    register = services.register
    if not isinstance(register, SqlRegister):
        raise InputError("this needs a register in a database", help="`bartizan up` makes one")
    return register
