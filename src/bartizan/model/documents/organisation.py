"""Organisation: what holds for everything in the register. There is one, named `organisation`."""

from __future__ import annotations

import msgspec

from bartizan.model.base import Id
from bartizan.model.label import DEFAULT_CLASSES, Scheme
from bartizan.model.words import Category, Level

__all__ = ["Area", "Organisation", "Proposed", "TierRule", "Unit"]


class Unit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A business unit. Who may see a unit may see the units below it."""

    title: str
    parent: Id | None = None


class TierRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tier of systems, and what makes a system one of it: any of the conditions that are given.

    `criticality` is the lowest that counts, `highest` the lowest class of data, `categories` any of these in its data,
    `acts`: an agent in it acts without being asked. `review_days` is how long a review is good, `evidence_days` how
    long evidence without an end of its own is.
    """

    id: Id
    title: str
    criticality: Level | None = None
    highest: str = ""
    categories: list[Category] = []
    acts: bool = False
    appetite: Level | float | None = None
    review_days: int = 365
    evidence_days: int = 180


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where and in what the organisation is active: what policies and duties follow from."""

    regions: list[str] = []
    sectors: list[str] = []
    develops: bool = False
    builds_agents: bool = False
    trains: bool = False
    personal_data: bool = True
    critical_processes: bool = False


class Proposed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What would let more risk stand, and who asks for it: it holds once another person confirms it.

    What isn't given stays as it is.
    """

    asked_by: str
    appetite: Level | float | None = None
    classes: list[str] | None = None
    tiers: list[TierRule] | None = None


class Organisation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The organisation. Tiers stand from the strictest to the mildest; the last one takes what no rule took.

    `classes` are its classes of data, lowest first; `frameworks` and `duties` are ids of the catalog. `proposed` waits
    for a second person, and holds for nothing.
    """

    title: str
    language: str = "en"
    currency: str = "EUR"
    classes: list[str] = msgspec.field(default_factory=lambda: list(DEFAULT_CLASSES))
    appetite: Level | float = Level.MEDIUM
    frameworks: list[str] = []
    duties: list[Id] = []
    units: dict[Id, Unit] = {}
    tiers: list[TierRule] = msgspec.field(
        default_factory=lambda: [
            TierRule(id="tier-1", title="Critical", criticality=Level.HIGH, highest="restricted", review_days=180,
                     evidence_days=90),
            TierRule(id="tier-2", title="Important", criticality=Level.MEDIUM, highest="confidential", acts=True),
            TierRule(id="tier-3", title="Other", evidence_days=365),
        ]
    )  # fmt: skip
    area: Area = Area()
    proposed: Proposed | None = None

    @property
    def scheme(self) -> Scheme:
        """Its classes of data."""
        return Scheme(tuple(self.classes))

    def below(self, unit: str) -> frozenset[str]:
        """Return a unit and all units below it. A unit that is not known is only itself; empty is every unit."""
        if not unit:
            return frozenset({"", *self.units})
        found = {unit}
        grown = True
        while grown:
            more = {name for name, one in self.units.items() if one.parent in found} - found
            found |= more
            grown = bool(more)
        return frozenset(found)
