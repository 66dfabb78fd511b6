from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.guard.cards import doubts, draft
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust
from bartizan.model.words import Effect
from tests.guard.cards.support import tool

SEND = tool("send_mail", "Sends a mail", to="", body="")
FETCH = tool("fetch_page", "", url="")
DELETE = tool("delete_note", "", note_id="")


@pytest.mark.parametrize("definition", [SEND, FETCH, DELETE, tool("list_mails"), tool("frobnicate", "", x="")])
def test_nothing_speaks_against_a_draft(definition: dict[str, Any]) -> None:
    assert list(doubts(draft(definition), definition)) == []


@pytest.mark.parametrize(
    ("definition", "changes", "doubt"),
    [
        (SEND, {"definition": "0" * 64}, "its definition is not the one that was reviewed"),
        (SEND, {"effect": Effect.READ}, "it says read, and the definition looks like send"),
        (SEND, {"binds": "pay"}, "it confirms calls of `pay`, which is no tool of the server"),
        (
            FETCH,
            {"fetches": False},
            "it may contact an address that its caller chooses, and the card says nothing of it",
        ),
        (FETCH, {"result": Trust.SERVICE}, "it brings what stands at any address, and trusts a part of it"),
        (
            FETCH,
            {"fields": [ResultField(path="id", trust=Trust.SERVICE)]},
            "it brings what stands at any address, and trusts a part of it",
        ),
        (DELETE, {"destroys": False}, "it may destroy, and the card says nothing of it"),
        (
            DELETE,
            {"arguments": {"note_id": Argument(role=Role.FREE)}},
            "no argument is critical, so that nothing holds a call to what was asked for",
        ),
        (DELETE, {"fields": [ResultField(path="a..b")]}, "`a..b` is no path of a field"),
        (
            DELETE,
            {"fields": [ResultField(path="keys.a")]},
            "`keys.a` goes on behind `keys`, which are names and hold nothing",
        ),
        (
            DELETE,
            {"fields": [ResultField(path="a.**", trust=Trust.OWNER)]},
            "`a.**` trusts fields of any name as the owner's words",
        ),
    ],
)
def test_what_speaks_against_a_card(definition: dict[str, Any], changes: dict[str, Any], doubt: str) -> None:
    assert list(doubts(msgspec.structs.replace(draft(definition), **changes), definition, ["send_mail"])) == [doubt]


def test_arguments_are_compared() -> None:
    card = ToolCard(
        tool="send_mail", effect=Effect.SEND, reversible=False, arguments={"too": Argument(role=Role.CRITICAL)}
    )
    assert list(doubts(card, SEND)) == [
        "`too` is no argument of the tool",
        "its argument `body` is not on the card, and counts as critical",
        "its argument `to` is not on the card, and counts as critical",
    ]


def test_a_trusted_field_of_any_name_is_fine_on_a_condition() -> None:
    field = ResultField(path="*", trust=Trust.OWNER, when={"sender": "me"})
    assert list(doubts(msgspec.structs.replace(draft(DELETE), fields=[field]), DELETE)) == []
