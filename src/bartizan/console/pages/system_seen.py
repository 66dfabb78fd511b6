"""What all pages of a system share: the system as somebody may see it, how it stands, and the names of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bartizan.analysis.result import Review
from bartizan.console.access import AnyRequest, visible
from bartizan.console.assessing import Standing, standing
from bartizan.console.naming import SaidNames
from bartizan.console.render import Html, page, words_of
from bartizan.console.services import Services
from bartizan.console.words import Words
from bartizan.govern.assurance import with_proofs
from bartizan.govern.roles import Person
from bartizan.govern.tiers import appetite_of, tier_of
from bartizan.model import Level, System
from bartizan.model.documents import Kind, Stored, TierRule

__all__ = ["Seen", "see", "show"]


@dataclass(frozen=True)
class Seen:
    """A system, and how it stands today."""

    stored: Stored
    system: System
    standing: Standing
    tier: TierRule
    appetite: Level | float

    @property
    def name(self) -> str:
        """The name in addresses."""
        return self.stored.document.name

    @property
    def review(self) -> Review | None:
        """The whole review, None where it could not be made."""
        return self.standing.review

    def names(self, services: Services, words: Words) -> SaidNames | None:
        """Return what a reader calls its parts, None where there is no review."""
        return SaidNames(words, self.review, self.system, services.catalog) if self.review else None

    def proven(self, services: Services) -> System:
        """Return the system with the register's evidence in it, as the review saw it."""
        return with_proofs(self.system, self.standing.proofs, self.tier, services.today())


def see(services: Services, person: Person, name: str) -> Seen:
    """Return a system. Raises NotFoundException for one that isn't there, or isn't theirs to see."""
    stored = visible(services, person, Kind.SYSTEM, name)
    system = stored.document.spec
    assert isinstance(system, System)
    organisation = services.organisation()
    made = standing(services, stored)
    return Seen(
        stored=stored,
        system=system,
        standing=made,
        tier=tier_of(system, organisation),
        appetite=appetite_of(system, organisation),
    )


def show(
    template: str, tab: str, request: AnyRequest, services: Services, person: Person, seen: Seen, /, *,
    status: int = 200, **more: Any,
) -> Html:  # fmt: skip
    """Render a page of a system, with its head and tabs."""
    review = seen.review
    words = words_of(request, person, services.organisation().language)
    counts = {
        "paths": len(review.paths) if review else None,
        "threats": len(review.threats) if review else None,
        "controls": len(seen.standing.views) if review else None,
    }
    return page(
        template,
        request,
        services,
        person,
        status=status,
        tab=tab,
        counts=counts,
        seen=seen,
        stored=seen.stored,
        system=seen.system,
        review=review,
        names=seen.names(services, words),
        assessment=seen.standing.assessment,
        **more,
    )
