"""Labels: confidentiality and integrity as one lattice, in which join is the only way to combine."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from bartizan.model.errors import InputError
from bartizan.model.words import Category, Party

DEFAULT_CLASSES = ("public", "internal", "confidential", "restricted")


class Integrity(IntEnum):
    """Who can have written something; the higher, the less it can be trusted."""

    TRUSTED = 0
    ORGANISATION = 1
    PARTNER = 2
    UNTRUSTED = 3

    @property
    def word(self) -> str:
        """The word that reports use."""
        return self.name.lower()


_BY_PARTY = {
    Party.PUBLIC: Integrity.UNTRUSTED,
    Party.CUSTOMERS: Integrity.UNTRUSTED,
    Party.PARTNERS: Integrity.PARTNER,
    Party.VENDOR: Integrity.PARTNER,
    Party.EMPLOYEES: Integrity.ORGANISATION,
    Party.TEAM: Integrity.TRUSTED,
    Party.ADMINS: Integrity.TRUSTED,
    Party.SYSTEM: Integrity.TRUSTED,
}


class Label(msgspec.Struct, frozen=True):
    """How secret something is, what it is about, and who can have written it.

    `level` is an index into the scheme's classes.
    """

    level: int = 0
    categories: frozenset[Category] = frozenset()
    integrity: Integrity = Integrity.TRUSTED

    def join(self, other: Label) -> Label:
        """Combine two labels: the higher class, both sets of categories, the lower trust."""
        return Label(
            max(self.level, other.level),
            self.categories | other.categories,
            max(self.integrity, other.integrity),
        )

    def covers(self, other: Label) -> bool:
        """Tell whether this label is at least as strict as `other` in every respect."""
        return self.join(other) == self


class Scheme(msgspec.Struct, frozen=True):
    """An organisation's ordered classes, least secret first."""

    classes: tuple[str, ...] = DEFAULT_CLASSES

    def level(self, name: str) -> int:
        """Return the index of a class. Raises InputError for a class that the scheme lacks."""
        try:
            return self.classes.index(name)
        except ValueError:
            raise InputError(
                f"`{name}` is not a class of the scheme", help=f"one of: {', '.join(self.classes)}"
            ) from None

    def name(self, level: int) -> str:
        """Return the class at an index."""
        return self.classes[level]

    def weight(self, level: int) -> int:
        """Place a level on the default scale 0 (public) to 3 (restricted), so that rules need not know the scheme."""
        top = len(self.classes) - 1
        return 0 if level == 0 else max(1, round(3 * level / top))


def integrity_of(writers: list[Party]) -> Integrity:
    """Return the trust that content deserves when `writers` may have written it."""
    return max((_BY_PARTY[party] for party in writers), default=Integrity.TRUSTED)
