"""Which card holds for a tool: the one that a person has reviewed, else one that is drafted from its definition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bartizan.guard.cards import digest, draft
from bartizan.model.card import ToolCard

__all__ = ["KnownCards"]

_DRAFTED = 4096


class KnownCards:
    """Knows tools' cards, as a gatekeeper asks for them. Drafts are kept by what they were drafted from.

    A card that was reviewed for another definition than the server's doesn't count.
    """

    def __init__(self, cards: Iterable[ToolCard]) -> None:
        self._cards = {(card.server, card.tool): card for card in cards}
        self._drafted: dict[tuple[str, str], ToolCard] = {}

    def __call__(self, server: str, tool: str, definition: Mapping[str, Any]) -> ToolCard | None:
        """Return the card of a tool that a server defines so."""
        is_now = digest(definition)
        reviewed = self._cards.get((server, tool)) or self._cards.get(("", tool))
        if reviewed is not None and reviewed.definition in ("", is_now):
            return reviewed
        drafted = self._drafted.get((server, is_now))
        if drafted is None:
            if len(self._drafted) >= _DRAFTED:
                self._drafted.clear()
            drafted = self._drafted[server, is_now] = draft(definition, server=server)
        return drafted
