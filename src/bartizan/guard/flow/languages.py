"""The words by which people of other languages ask for what a card names in English."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import msgspec

from bartizan.catalog.tool_words import load_tool_words
from bartizan.model.card import ToolCard

__all__ = ["in_all_languages"]


@cache
def _words() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return for each English verb and thing the words for it in the other languages."""
    known = load_tool_words()
    verbs: dict[str, list[str]] = {}
    things: dict[str, list[str]] = {}
    for verb in known.verbs:
        others = [*_others(verb.words), *_others(verb.said)]
        for word in verb.words.get("en", []):
            verbs.setdefault(word, []).extend(others)
    for kind in known.objects:
        for word in kind.words.get("en", []):
            things.setdefault(word, []).extend(_others(kind.words))
    return verbs, things


def _others(words: dict[str, list[str]]) -> Iterable[str]:
    return (word for language, said in words.items() if language != "en" for word in said)


def in_all_languages(card: ToolCard) -> ToolCard:
    """Return a card whose verbs and things have the words of the other languages beside the English ones."""
    verbs, things = _words()
    return msgspec.structs.replace(
        card, verbs=_with(card.verbs, verbs), objects=_with(card.objects, things)
    )  # fmt: skip


def _with(said: list[str], others: dict[str, list[str]]) -> list[str]:
    return list(dict.fromkeys([*said, *(more for word in said for more in others.get(word, ()))]))
