"""Tool cards: drafted from definitions, refined by results, read, written, merged and checked. Pure."""

from __future__ import annotations

from bartizan.guard.cards.check import doubts
from bartizan.guard.cards.claims import digest
from bartizan.guard.cards.draft import draft, draft_all
from bartizan.guard.cards.files import format_cards, parse_cards
from bartizan.guard.cards.merging import Merged, State, merge
from bartizan.guard.cards.results import refine, refine_by, refine_json

__all__ = [
    "Merged",
    "State",
    "digest",
    "doubts",
    "draft",
    "draft_all",
    "format_cards",
    "merge",
    "parse_cards",
    "refine",
    "refine_by",
    "refine_json",
]
