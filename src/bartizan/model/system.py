"""System: what `system.yaml` says."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from bartizan.model.base import Evidence, Id, Placed
from bartizan.model.component import Component
from bartizan.model.label import DEFAULT_CLASSES, Scheme
from bartizan.model.words import (
    Authentication,
    Authority,
    Category,
    Encryption,
    IdentityKind,
    Level,
    LossKind,
    Privilege,
    Scope,
    Stage,
    Verdict,
    ZoneKind,
)


class Zone(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A trust boundary."""

    kind: ZoneKind
    name: str = ""
    description: str = ""
    parent: Id | None = None


class Data(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A data asset: its class in the scheme and its categories; `records` is the number of people or items."""

    name: str = ""
    description: str = ""
    class_: str = msgspec.field(default="internal", name="class")
    categories: list[Category] = []
    records: int | None = None
    regions: list[str] = []


class Identity(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A principal that calls carry.

    `kept_in`: the component that keeps its secret. `expires`: the secret is short-lived.
    """

    kind: IdentityKind
    name: str = ""
    description: str = ""
    privilege: Privilege = Privilege.LEAST
    scope: Scope = Scope.TENANT
    expires: bool = False
    kept_in: Id | None = None


class Flow(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, rename={"source": "from", "target": "to"}):
    """A call from one component to another.

    `carries`: data assets that go with the call. `returns`: data assets that come back; an empty list says that nothing
    comes back, absent says that an answer of no particular class comes back. `authority`: whose rights the call has.
    """

    source: Id
    target: Id
    id: Id | None = None
    description: str = ""
    carries: list[Id] = []
    returns: list[Id] | None = None
    authority: Authority | None = None
    identity: Id | None = None
    authentication: Authentication = Authentication.UNKNOWN
    encryption: Encryption = Encryption.UNKNOWN
    controls: list[Id | Placed] = []

    @property
    def key(self) -> str:
        """The flow's id; `from->to` when none was given."""
        return self.id or f"{self.source}->{self.target}"


class Loss(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What an event costs: overrides the default for one kind of loss of one data asset or component.

    `magnitude`: money per event, `low, high` or `low, likeliest, high`.
    """

    kind: LossKind
    of: Id
    severity: Level | None = None
    magnitude: float | list[float] | None = None
    description: str = ""


class Attempts(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How often an attacker in a position tries, per year; overrides the catalog's default."""

    position: Id
    per_year: float | list[float]


class Decision(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a person decided about a threat, until when, and why.

    `severity` is what the threat had then. Where it has a higher one today, something else was decided about, and the
    decision counts no longer; without it the decision counts whatever becomes of the threat.
    """

    threat: str
    verdict: Verdict
    by: str
    why: str
    until: date
    on: date | None = None
    ticket: str = ""
    severity: Level | None = None


class DataEvidence(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What somebody or something found in a data asset, whatever the system says about it.

    `class_` and `categories` are what was found, in the system's scheme; an empty class says that none was. `counts`
    are findings by data type, never a value. `source` is what was looked at: a path, an address or a description.
    `digest` proves which content that was.
    """

    asset: Id
    class_: str = msgspec.field(default="", name="class")
    categories: list[Category] = []
    counts: dict[str, int] = {}
    source: str
    observed_at: date
    digest: str = ""


class ScanEvidence(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a scan said about what a component is made of: a model's files, an MCP server's source, a skill.

    `counts` are findings by rule. `source` is what was scanned: a path or an address. It counts until `good_until`,
    where that is given. `digest` proves which content that was.
    """

    component: Id
    verdict: Literal["safe", "unknown", "dangerous"]
    counts: dict[str, int] = {}
    source: str
    observed_at: date
    good_until: date | None = None
    digest: str = ""


class System(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One AI system: its components, flows, zones, data, identities, and what is known about them."""

    bartizan: Literal[1] = 1
    id: Id
    name: str = ""
    description: str = ""
    owner: str = ""
    stage: Stage = Stage.DESIGN
    criticality: Level = Level.MEDIUM
    classes: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_CLASSES))
    currency: str = "EUR"
    appetite: Level | float | None = None
    duties: list[Id] = []
    zones: dict[Id, Zone] = {}
    data: dict[Id, Data] = {}
    identities: dict[Id, Identity] = {}
    components: dict[Id, Component] = {}
    flows: list[Flow] = []
    controls: list[Id | Placed] = []
    losses: list[Loss] = []
    attempts: list[Attempts] = []
    assumptions: list[str] = []
    decisions: list[Decision] = []
    data_evidence: list[DataEvidence] = []
    scan_evidence: list[ScanEvidence] = []

    @property
    def scheme(self) -> Scheme:
        """The organisation's classes."""
        return Scheme(tuple(self.classes))


__all__ = ["Attempts", "Data", "DataEvidence", "Decision", "Evidence", "Flow", "Identity", "Loss", "System", "Zone"]
