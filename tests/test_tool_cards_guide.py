"""The guide to tool cards names everything that a card may hold, and the cards that we show are right."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import msgspec
import pytest

from bartizan.guard.cards import parse_cards
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect
from tests.support import REPOSITORY

GUIDE = (REPOSITORY / "docs" / "tool-cards.md").read_text(encoding="utf-8")
CARDS = sorted((REPOSITORY / "examples" / "agents" / "cards").glob("*.yaml"))


@pytest.mark.parametrize("kind", [ToolCard, Argument, ResultField])
def test_every_key_is_named(kind: type[msgspec.Struct]) -> None:
    assert [field.encode_name for field in msgspec.structs.fields(kind) if f"`{field.encode_name}`" not in GUIDE] == []


@pytest.mark.parametrize("words", [Effect, Role, Trust, ValueType])
def test_every_word_is_named(words: type[StrEnum]) -> None:
    assert [word.value for word in words if f"`{word.value}`" not in GUIDE] == []


@pytest.mark.parametrize("path", CARDS, ids=lambda path: path.stem)
def test_the_cards_that_we_show_are_reviewed(path: Path) -> None:
    cards = parse_cards(path.read_bytes(), path.name)
    assert [card.tool for card in cards if not card.reviewed] == []
    acting = [card for card in cards if card.effect is not Effect.READ and card.arguments]
    assert [card.tool for card in acting if not card.verbs or not card.objects] == []
    bare = [card.tool for card in acting if not any(one.role is Role.CRITICAL for one in card.arguments.values())]
    assert [tool for tool in bare if not tool.startswith("create")] == []


def test_there_are_cards_to_see() -> None:
    assert [path.stem for path in CARDS] == ["banking", "slack", "travel", "workspace"]
