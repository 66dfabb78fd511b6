from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.cards import draft, format_cards, parse_cards
from bartizan.model import InputError
from bartizan.model.card import Argument, ResultField, Role, ToolCard, Trust, ValueType
from bartizan.model.words import Effect
from tests.guard.cards.support import TEXTS, tool

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)


def test_what_is_written_is_read_back() -> None:
    drafted = [draft(tool("send_mail", "Sends it", to=TEXTS, body="")), draft(tool("list_mails")), draft({"name": "n"})]
    text = format_cards(drafted, heading=["Cards of a server"])
    assert parse_cards(text, "cards.yaml") == [msgspec.structs.replace(card, reasons=[]) for card in drafted]
    assert text.startswith("# Cards of a server\nbartizan: 1\n")
    assert "  # `to` is critical: its name says recipient\n" in text
    assert max(map(len, text.splitlines())) < 200


def test_no_cards_are_a_file_too() -> None:
    assert parse_cards(format_cards([]), "cards.yaml") == []


@given(WORDS, WORDS, st.lists(WORDS, max_size=3), WORDS, WORDS)
def test_no_name_and_no_reason_can_write_a_line_of_its_own(
    name: str, title: str, verbs: list[str], argument: str, reason: str
) -> None:
    card = ToolCard(
        tool=name,
        title=title,
        effect=Effect.READ,
        verbs=verbs,
        arguments={argument: Argument(role=Role.CRITICAL, type=ValueType.EMAIL)},
        fields=[ResultField(path=argument, trust=Trust.OWNER, when={title: name})],
        reasons=[reason, reason * 40],
    )
    assert parse_cards(format_cards([card]), "cards.yaml") == [msgspec.structs.replace(card, reasons=[])]


def test_the_top_of_a_file_holds_for_all_its_cards() -> None:
    text = """\
bartizan: 1
server: mail
reviewed_by: Ann
reviewed_at: "2026-11-28"
x-fields: &fields [{path: id, type: identifier, trust: service}]
cards:
  - {tool: a, effect: read, fields: *fields}
  - {tool: b, effect: read, server: other, reviewed_by: Bob}
"""
    first, second = parse_cards(text.encode(), "cards.yaml")
    assert (first.server, first.reviewed_by, first.reviewed_at, first.fields[0].path) == (
        "mail",
        "Ann",
        "2026-11-28",
        "id",
    )
    assert (second.server, second.reviewed_by, second.reviewed_at) == ("other", "Bob", "")
    assert first.reviewed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cards: [{tool: a, effect: read}, {tool: a, effect: read}]", "`a` has two cards"),
        ("cards: [{tool: '', effect: read}]", "a card names no tool"),
        ("cards: [{tool: a, effect: explode}]", "`explode` is not a word for `effect`"),
        ("cards: [{tool: a, effect: read, colour: red}]", "`colour` is not a key"),
        ("bartizan: 2\ncards: []", "`bartizan` must be `1`"),
        ("- a", "this must be a mapping"),
        ("{}", "lacks `cards`"),
    ],
)
def test_what_is_no_file_of_cards_is_an_error(text: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        parse_cards(text, "cards.yaml")
    assert said in told.value.diagnostics()


def test_two_servers_may_have_a_tool_of_the_same_name() -> None:
    text = "cards: [{tool: a, server: x, effect: read}, {tool: a, server: y, effect: send}]"
    assert [card.effect for card in parse_cards(text, "cards.yaml")] == [Effect.READ, Effect.SEND]
