"""What is wrong with a card, as far as the tool's own definition and the lexicon can tell: for whoever reviews it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bartizan.guard.cards.claims import claim_of, digest
from bartizan.guard.cards.draft import draft
from bartizan.guard.cards.effects import RANK
from bartizan.model.card import Role, ToolCard, Trust
from bartizan.model.words import Effect

__all__ = ["doubts"]


def doubts(card: ToolCard, definition: Mapping[str, Any], tools: Collection[str] = ()) -> Iterator[str]:
    """Yield, each as a sentence, what speaks against a card. `tools` are the names of all tools of the server."""
    drafted = draft(definition, server=card.server)
    if card.definition and card.definition != digest(definition):
        yield "its definition is not the one that was reviewed"
    arguments = {one.name for one in claim_of(definition).arguments}
    for name in sorted(set(card.arguments) - arguments):
        yield f"`{name}` is no argument of the tool"
    for name in sorted(name for name in arguments - set(card.arguments) if "." not in name):
        yield f"its argument `{name}` is not on the card, and counts as critical"
    if RANK[card.effect] < RANK[drafted.effect]:
        yield f"it says {card.effect.value}, and the definition looks like {drafted.effect.value}"
    if drafted.fetches and not card.fetches:
        yield "it may contact an address that its caller chooses, and the card says nothing of it"
    if drafted.destroys and not card.destroys and card.effect is not Effect.READ:
        yield "it may destroy, and the card says nothing of it"
    if (
        card.effect is not Effect.READ
        and arguments
        and not any(one.role is Role.CRITICAL for one in card.arguments.values())
    ):
        yield "no argument is critical, so that nothing holds a call to what was asked for"
    if card.binds and card.binds not in tools:
        yield f"it confirms calls of `{card.binds}`, which is no tool of the server"
    yield from _results(card)


def _results(card: ToolCard) -> Iterator[str]:
    if card.fetches and (
        card.result is not Trust.UNTRUSTED or any(one.trust is not Trust.UNTRUSTED for one in card.fields)
    ):
        yield "it brings what stands at any address, and trusts a part of it"
    for one in card.fields:
        words = one.path.split(".")
        if not one.path or any(not word for word in words):
            yield f"`{one.path}` is no path of a field"
        elif "keys" in words[:-1]:
            yield f"`{one.path}` goes on behind `keys`, which are names and hold nothing"
        if one.trust is Trust.OWNER and words[-1] in ("*", "**") and not one.when:
            yield f"`{one.path}` trusts fields of any name as the owner's words"
