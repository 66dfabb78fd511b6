"""A server's tools drafted anew, and the cards that there were: what a person has reviewed stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from bartizan.guard.cards.effects import RANK
from bartizan.model.card import ToolCard

__all__ = ["Merged", "State", "merge"]


class State(StrEnum):
    """What has become of a card."""

    NEW = "new"
    DRAFTED = "drafted again"
    REVIEWED = "reviewed"
    CHANGED = "changed since its review"
    GONE = "no longer there"


class Merged(msgspec.Struct, frozen=True, kw_only=True):
    """The cards of a file after merging, each with what has become of it, in the server's order, those gone last."""

    cards: tuple[tuple[ToolCard, State], ...]

    def count(self, state: State) -> int:
        """Return how many cards are in a state."""
        return sum(known is state for _, known in self.cards)


def merge(before: Sequence[ToolCard], drafted: Iterable[ToolCard]) -> Merged:
    """Return the cards of one file of a server, after its tools were drafted anew.

    A reviewed card stays as it is while the definition that was reviewed is the tool's. When that has changed, the card
    keeps what the person decided, takes the worse effect and what is new of the draft, and is no longer a reviewed one.
    Cards of other servers and of tools that are gone are kept.
    """
    known = {(card.server, card.tool): card for card in before}
    merged: list[tuple[ToolCard, State]] = []
    taken: set[tuple[str, str]] = set()
    for fresh in drafted:
        place = next((one for one in ((fresh.server, fresh.tool), ("", fresh.tool)) if one in known), None)
        if place is None:
            merged.append((fresh, State.NEW))
            continue
        taken.add(place)
        card = known[place]
        if not card.reviewed:
            merged.append((msgspec.structs.replace(fresh, version=card.version), State.DRAFTED))
        elif card.definition in ("", fresh.definition):
            merged.append((card, State.REVIEWED))
        else:
            merged.append((_reopened(card, fresh), State.CHANGED))
    merged += [(card, State.GONE) for place, card in known.items() if place not in taken]
    return Merged(cards=tuple(merged))


def _reopened(card: ToolCard, fresh: ToolCard) -> ToolCard:
    new = [name for name in fresh.arguments if name not in card.arguments]
    lost = [name for name in card.arguments if name not in fresh.arguments]
    when = f" on {card.reviewed_at}" if card.reviewed_at else ""
    reasons = [f"its definition has changed since {card.reviewed_by} reviewed it{when}"]
    reasons += [f"`{name}` is a new argument" for name in new]
    reasons += [f"`{name}` is no argument any more" for name in lost]
    worse = RANK[fresh.effect] > RANK[card.effect]
    if worse:
        reasons.append(f"its effect was reviewed as {card.effect.value} and looks like {fresh.effect.value} now")
    return msgspec.structs.replace(
        card,
        effect=fresh.effect if worse else card.effect,
        reversible=card.reversible and (fresh.reversible or not worse),
        destroys=card.destroys or fresh.destroys,
        fetches=card.fetches or fresh.fetches,
        private=card.private or fresh.private,
        arguments={
            **{name: one for name, one in card.arguments.items() if name not in lost},
            **{name: fresh.arguments[name] for name in new},
        },
        version=card.version + 1,
        definition=fresh.definition,
        reviewed_by="",
        reviewed_at="",
        reasons=reasons,
    )
