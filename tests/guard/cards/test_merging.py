from __future__ import annotations

import msgspec

from bartizan.guard.cards import State, draft, merge
from bartizan.model.card import Argument, Role, ToolCard, ValueType
from bartizan.model.words import Effect
from tests.guard.cards.support import tool


def reviewed(card: ToolCard, *, at: str = "2026-11-28") -> ToolCard:
    """Return a card as a person left it: one argument decides nothing after all."""
    own = {**card.arguments, "note_id": Argument(role=Role.FREE, type=ValueType.IDENTIFIER)}
    return msgspec.structs.replace(card, reviewed_by="Ann", reviewed_at=at, arguments=own, version=3, reasons=[])


OLD = draft(tool("get_note", "", note_id="", lang=""), server="notes")


def test_new_tools_get_their_drafts() -> None:
    merged = merge([], [OLD])
    assert merged.cards == ((OLD, State.NEW),)
    assert merged.count(State.NEW) == 1
    assert merged.count(State.GONE) == 0


def test_drafts_are_drafted_again() -> None:
    before = msgspec.structs.replace(OLD, version=2, objects=["x"])
    [(card, state)] = merge([before], [OLD]).cards
    assert (state, card) == (State.DRAFTED, msgspec.structs.replace(OLD, version=2))


def test_a_reviewed_card_stays_while_its_definition_does() -> None:
    before = reviewed(OLD)
    assert merge([before], [OLD]).cards == ((before, State.REVIEWED),)
    anywhere = msgspec.structs.replace(before, server="", definition="")
    assert merge([anywhere], [OLD]).cards == ((anywhere, State.REVIEWED),)


def test_a_changed_definition_opens_the_review_again() -> None:
    fresh = draft(tool("get_note", "Gets the note and mails it", note_id="", to="an e-mail address"), server="notes")
    [(card, state)] = merge([reviewed(OLD)], [fresh]).cards
    assert state is State.CHANGED
    assert not card.reviewed
    assert (card.effect, card.reversible, card.version, card.definition) == (Effect.SEND, False, 4, fresh.definition)
    assert card.arguments == {
        "note_id": Argument(role=Role.FREE, type=ValueType.IDENTIFIER),
        "to": fresh.arguments["to"],
    }
    assert card.reasons == [
        "its definition has changed since Ann reviewed it on 2026-11-28",
        "`to` is a new argument",
        "`lang` is no argument any more",
        "its effect was reviewed as read and looks like send now",
    ]


def test_a_harmless_change_leaves_what_was_decided() -> None:
    fresh = draft(tool("get_note", "Gets a note", note_id="", lang=""), server="notes")
    [(card, _)] = merge([msgspec.structs.replace(reviewed(OLD, at=""), effect=Effect.WRITE)], [fresh]).cards
    assert (card.effect, card.reversible) == (Effect.WRITE, True)
    assert card.reasons == ["its definition has changed since Ann reviewed it"]


def test_tools_that_are_gone_and_those_of_others_are_kept() -> None:
    other = msgspec.structs.replace(OLD, server="elsewhere")
    gone = msgspec.structs.replace(OLD, tool="old_tool")
    assert merge([other, gone], [OLD]).cards == ((OLD, State.NEW), (other, State.GONE), (gone, State.GONE))
