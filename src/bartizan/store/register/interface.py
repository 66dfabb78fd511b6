"""What a register does, whatever keeps it. Every method is one transaction: all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Generic, Protocol, TypeVar

import msgspec

from bartizan.model import BartizanError
from bartizan.model.assurance import Assessment, ControlState, Proof
from bartizan.model.documents import Change, Document, Kind, Stored

__all__ = [
    "Assessments",
    "Conflict",
    "Documents",
    "Entry",
    "EvidenceLog",
    "Figures",
    "Kept",
    "Missing",
    "Page",
    "Query",
    "Register",
    "Unavailable",
]

T = TypeVar("T")


class Conflict(BartizanError):
    """Somebody else changed the document in between. `version` is the one that it has now, 0 when it is gone."""

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message, help="read it again, and make the change on top of what is there now")
        self.version = version


class Missing(BartizanError):
    """There is no such thing, or nobody told the one who asks."""


class Unavailable(BartizanError):
    """The database doesn't answer. Nothing was changed; later it may work.

    But for one case: a database that goes away while it says that a change was kept. Reading again tells.
    """


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents of a kind: a page of them, in an order.

    `units` are those that the asker may see, None for all. `text` stands in the name, title or owner. `states` are
    what the kind says of itself: a system's stage, a tool's standing, a policy's state. `tiers` and `above` are of
    systems that were assessed; the tier `""` stands for systems that weren't, or whose assessment is a mistake.
    `worst` are levels of the worst open threat, `""` for none. `ends_from` and `ends_to` keep the list to what ends
    between two days, both included. `order` is one of `name`, `title`, `owner`, `changed`, `ends`, and for systems
    `risk`, `tier` (the strictest first), `worst` (the mildest first); with a `-` before it the other way round. What
    has no value there comes last either way. `after` is the `next` of the page before; `limit` goes up to 1000.
    """

    kind: Kind
    units: frozenset[str] | None = None
    text: str = ""
    states: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    above: bool | None = None
    worst: frozenset[str] = frozenset()
    ends_from: date | None = None
    ends_to: date | None = None
    order: str = "name"
    after: str = ""
    limit: int = 50


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What all systems come to: how many there are, were assessed, are above the appetite; controls by their state."""

    systems: int = 0
    assessed: int = 0
    above: int = 0
    controls: dict[ControlState, int] = {}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list: what a document is called and how it stands, without what it says.

    `state` is the kind's own (see Query), `ends` the day on which something about it ends: a tool's decision, an
    exception, a sandbox, a policy's review, a vendor's contract; of a system, the `until` of its assessment.
    `assessment` is there for systems that were assessed.
    """

    kind: Kind
    name: str
    unit: str
    title: str
    owner: str
    state: str
    ends: date | None
    version: int
    at: str
    by: str
    assessment: Assessment | None = None


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A part of a list. `next` is what to ask for as `after`, empty on the last page; `total` counts the whole list."""

    items: list[T]
    next: str = ""
    total: int = 0


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of evidence as it is kept: `id` counts over the register, `at` is when it came in.

    `by` has brought it in: somebody, a token, or the gateway; empty where that was not kept. `proof.by` is who or what
    found it, which is what the piece says of itself.
    """

    id: int
    at: str
    by: str = ""
    proof: Proof


class Documents(Protocol):
    """Documents, their versions and the audit trail."""

    def get(self, kind: Kind, name: str) -> Stored | None:
        """Return the present version, None without one."""
        ...

    def several(self, kind: Kind, names: Collection[str]) -> Mapping[str, Stored]:
        """Return the present versions of some by name, without those that there aren't: in few round trips."""
        ...

    def version(self, kind: Kind, name: str, version: int) -> Stored | None:
        """Return an earlier version, also of what was deleted since."""
        ...

    def put(self, document: Document, *, expected: int, by: str, why: str, at: str) -> Stored:
        """Keep a new version on top of version `expected`, 0 for a new document.

        What says the same as before makes no new version. Raises Conflict.
        """
        ...

    def delete(self, kind: Kind, name: str, *, expected: int, by: str, why: str, at: str) -> Change:
        """Take a document out; its versions stay. Raises Missing or Conflict."""
        ...

    def list(self, query: Query) -> Page[Entry]:
        """Return a page of a list. Raises InputError for an order or a cursor that is none."""
        ...

    def all(self, kind: Kind, units: frozenset[str] | None = None) -> Iterable[Stored]:
        """Return every document of a kind, by name, in bounded memory."""
        ...

    def history(self, kind: Kind, name: str) -> Sequence[Change]:
        """Return what was done to a document, the latest first."""
        ...

    def trail(self, *, units: frozenset[str] | None = None, after: int = 0, limit: int = 100) -> Page[Change]:
        """Return what was done to any, the latest first; `after` is the `seq` from which on (not included)."""
        ...

    def verify(self) -> int:
        """Follow the hashes of the trail and return its length. Raises BartizanError at the first line that is off."""
        ...


class EvidenceLog(Protocol):
    """Evidence about controls; only ever added to."""

    def add(self, proofs: Sequence[Proof], *, at: str, by: str = "") -> int:
        """Keep evidence that `by` brings in; what is there already isn't kept twice. Returns how many were new."""
        ...

    def latest(self, system: str) -> Sequence[Kept]:
        """Return for each control, place and source of a system the latest piece."""
        ...

    def latest_of(self, systems: Collection[str]) -> Mapping[str, Sequence[Kept]]:
        """Return what `latest` does for each of some systems, in few round trips."""
        ...

    def list(self, *, system: str = "", units: frozenset[str] | None = None, source: str = "", outcome: str = "",
             after: int = 0, limit: int = 50) -> Page[Kept]:  # fmt: skip
        """Return a page, the latest first; `units` are those of the systems."""
        ...


class Assessments(Protocol):
    """What follows for systems, kept so that lists need not compute it."""

    def mark(self, system: str) -> int:
        """Return how much has come in about a system, to be passed to `keep`: take it before reading anything."""
        ...

    def keep(self, assessment: Assessment, review: bytes, *, mark: int | None = None) -> None:
        """Keep an assessment and the whole review as JSON in place of the earlier one.

        `mark` is what `mark()` gave before anything was read for it: what came in since makes the system due again.
        Without it, all that is there counts as seen. One that was made from less than the one that is kept, or of a
        system that is gone, is let fall.
        """
        ...

    def get(self, system: str) -> Assessment | None:
        """Return a system's assessment."""
        ...

    def review(self, system: str) -> bytes | None:
        """Return the whole review as JSON."""
        ...

    def due(self, on: date, limit: int = 100) -> Sequence[str]:
        """Return systems without an assessment of their present version and evidence, or with one that has ended."""
        ...

    def waiting(self, on: date, units: frozenset[str] | None = None) -> int:
        """Return how many systems, or of those in some units, `due` would give without a limit."""
        ...

    def stale(self, *, kind: Kind | None = None, system: str = "") -> None:
        """Note that assessments have to be made anew: of one system, or of all."""
        ...

    def figures(self, units: frozenset[str] | None = None) -> Figures:
        """Return what all systems, or those of some units, come to."""
        ...

    def totals(self, units: frozenset[str] | None = None) -> dict[str, dict[str, int]]:
        """Count systems by tier and by their worst open threat: `{tier: {level: n}}`; `""` is `not assessed`."""
        ...


class Register(Protocol):
    """A register. `close` lets go of the database."""

    @property
    def documents(self) -> Documents:
        """The documents."""
        ...

    @property
    def evidence(self) -> EvidenceLog:
        """The evidence."""
        ...

    @property
    def assessments(self) -> Assessments:
        """The assessments."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
