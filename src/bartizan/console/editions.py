"""Which edition of a policy is in force: the one that was published last, also while the next one is being written.

A policy is one document, and its editions are versions of it. When somebody begins the next edition, the document is a
draft, but what was published goes on to bind: it covers frameworks, proves controls, and has its day of review.
"""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.console.services import Services
from bartizan.model.documents import Kind, PolicyState, Stored

__all__ = ["edition_in_force"]

_SETTLED = (PolicyState.PUBLISHED, PolicyState.WITHDRAWN)


def edition_in_force(services: Services, stored: Stored) -> Stored | None:
    """Return the version of a policy that is in force; None for one that was never published, or was withdrawn."""
    for one in _back(services, stored):
        state = getattr(one.document.spec, "state", None)
        if state in _SETTLED:
            return one if state is PolicyState.PUBLISHED else None
    return None


def _back(services: Services, stored: Stored) -> Iterator[Stored]:
    """Yield a version and those before it, the latest first; only as far as somebody asks."""
    yield stored
    documents, name = services.register.documents, stored.document.name
    for change in documents.history(Kind.POLICY, name):
        earlier = documents.version(Kind.POLICY, name, change.version) if change.version < stored.version else None
        if earlier is not None:
            yield earlier
