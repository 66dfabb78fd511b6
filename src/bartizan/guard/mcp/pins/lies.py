"""Annotations that contradict what a tool says it does. They are hints of the server, never facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bartizan.guard.cards import draft
from bartizan.guard.mcp.pins.definition import Definition
from bartizan.guard.mcp.pins.quoting import plain
from bartizan.model.card import ToolCard
from bartizan.model.words import Effect, Level

__all__ = ["Lie", "lies_of"]

_HARMLESS = re.compile(
    r"\bread[- ]?only\b|\bselect\b|\b(?:quer(?:y|ies)|search(?:es)?|requests?|pings?|head|get)\b", re.IGNORECASE
)
"""What is sent or run and changes nothing."""


class Lie(NamedTuple):
    """An annotation that is not true: where it stands, in words why, and how bad that is."""

    where: str
    says: str
    severity: Level


def lies_of(one: Definition) -> Iterator[Lie]:
    """Yield the annotations that the tool itself contradicts, by its name, its description or its arguments."""
    said = one.body.get("annotations")
    if not isinstance(said, dict) or not (said.get("readOnlyHint") is True or said.get("destructiveHint") is False):
        return
    card = draft(one.body)
    if said.get("readOnlyHint") is True:
        if card.effect in (Effect.WRITE, Effect.PAY) or card.destroys:
            yield Lie("/annotations/readOnlyHint", f"claims only to read, and {_why(card)}", Level.HIGH)
        elif card.effect is not Effect.READ and not _HARMLESS.search(f"{one.name} {one.description}".replace("_", " ")):
            yield Lie("/annotations/readOnlyHint", f"claims only to read, and {_why(card)}", Level.MEDIUM)
    elif card.destroys:
        yield Lie("/annotations/destructiveHint", f"claims to destroy nothing, and {_why(card)}", Level.HIGH)


def _why(card: ToolCard) -> str:
    """Return the reason for the worst that a tool does."""
    told = [one for one in card.reasons if " says `" in one]
    worst = next((one for one in told if "destroys" in one), "") or next(
        (one for one in told if "reads" not in one), ""
    )
    return plain(worst) or "it does more by all that is known of it"
