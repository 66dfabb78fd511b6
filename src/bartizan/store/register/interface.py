"""What a register does, whatever keeps it. Every method is one transaction: all of it is kept, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Generic, Protocol, TypeVar

import msgspec

from bartizan.model import BartizanError
from bartizan.model.assurance import Assessment, Proof
from bartizan.model.documents import Change, Document, Kind, Stored

__all__ = [
    "Assessments",
    "Conflict",
    "Documents",
    "Entry",
    "EvidenceLog",
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
    """The database doesn't answer. Nothing was changed; later it may work."""


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents of a kind: a page of them, in an order.

    `units` are those that the asker may see, None for all. `text` stands in the name, title or owner. `states` are
    what the kind says of itself: a system's stage, a tool's standing, a policy's state. `tiers` and `above` are of
    systems that were assessed. `order` is one of `name`, `title`, `owner`, `changed`, `ends`, and for systems `risk`,
    `tier`, `worst`; with a `-` before it the other way round. `after` is the `next` of the page before.
    """

    kind: Kind
    units: frozenset[str] | None = None
    text: str = ""
    states: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    above: bool | None = None
    order: str = "name"
    after: str = ""
    limit: int = 50


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a list: what a document is called and how it stands, without what it says.

    `state` is the kind's own (see Query), `ends` the day on which something about it ends: a tool's decision, an
    exception, a sandbox, a policy's review, a vendor's contract. `assessment` is there for systems that were assessed.
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
    """A piece of evidence as it is kept: `id` counts over the register, `at` is when it came in."""

    id: int
    at: str
    proof: Proof


class Documents(Protocol):
    """Documents, their versions and the audit trail."""

    def get(self, kind: Kind, name: str) -> Stored | None:
        """Return the present version, None without one."""
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

    def add(self, proofs: Sequence[Proof], *, at: str) -> int:
        """Keep evidence; what is there already (same in all but `at`) isn't kept twice. Returns how many were new."""
        ...

    def latest(self, system: str) -> Sequence[Kept]:
        """Return for each control, place and source of a system the latest piece."""
        ...

    def list(self, *, system: str = "", units: frozenset[str] | None = None, source: str = "", outcome: str = "",
             after: int = 0, limit: int = 50) -> Page[Kept]:  # fmt: skip
        """Return a page, the latest first; `units` are those of the systems."""
        ...


class Assessments(Protocol):
    """What follows for systems, kept so that lists need not compute it."""

    def keep(self, assessment: Assessment, review: bytes) -> None:
        """Keep an assessment and the whole review as JSON in place of the earlier one."""
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

    def stale(self, *, kind: Kind | None = None, system: str = "") -> None:
        """Note that assessments have to be made anew: of one system, or of all."""
        ...

    def totals(self, units: frozenset[str] | None = None) -> dict[str, dict[str, int]]:
        """Count systems by tier and by their worst open threat: `{tier: {level: n}}`; `""` is `not assessed`."""
        ...


class Register(Protocol):
    """A register. `close` lets go of the database."""

    documents: Documents
    evidence: EvidenceLog
    assessments: Assessments

    def close(self) -> None:
        """Let go of the database."""
        ...
