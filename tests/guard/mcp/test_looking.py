"""Looking at messages: values hidden in one place are hidden in all, signals are bounded, hidden values come back."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pytest

from bartizan.guard.exchange import Exchange, Origin, Walk
from bartizan.guard.mcp import looking as module
from bartizan.guard.mcp.looking import Looker, restore
from bartizan.guard.protection.rules import DataRule, Handling
from tests.guard.protection.support import protector, vault

ALLOW = DataRule(id="rest", do=Handling.ALLOW)
MASK = DataRule(id="hide", do=Handling.MASK, types=["email-address", "iban-code", "credit-card"])
MAIL = "anna.meier@example.ch"


def exchange_of(tree: Any) -> Exchange:
    exchange = Exchange("mcp", b"", tree)
    Walk(exchange).tree(tree, Origin.TOOL_RESULT, "", None)
    return exchange


def protected(tree: Any, *rules: DataRule, always: bool = False) -> Any:
    looker = Looker(protector(*rules), None, always=always)
    exchange = exchange_of(tree)
    looked = looker.clean(exchange)
    looker.protect(exchange, looked, "answer", "mail", vault())
    return looked


def test_a_value_that_is_told_in_one_place_only_is_hidden_in_all_of_them() -> None:
    told = "the customer's name is on file, IBAN CH9300762011623852957"
    tree = {"text": told, "plain": ["CH9300762011623852957", "x CH9300762011623852957, y", "aCH9300762011623852957",
                                    "CH93007620116238529570"], "CH9300762011623852957": 1}  # fmt: skip
    looked = protected(tree, MASK, ALLOW)
    assert looked.changed
    hidden = looked.found.put["CH9300762011623852957"]
    assert tree["plain"] == [hidden, f"x {hidden}, y", "aCH9300762011623852957", "CH93007620116238529570"]


def test_a_number_that_was_told_in_a_text_is_hidden_as_a_number_too() -> None:
    tree: dict[str, Any] = {"text": "credit card 4111111111111111", "number": 4111111111111111}
    looked = protected(tree, MASK, ALLOW)
    assert isinstance(tree["number"], str)
    assert looked.numbers


@pytest.mark.parametrize("value", ["ab", "...."])
def test_what_is_too_short_or_no_word_is_not_looked_for_elsewhere(value: str) -> None:
    tree = [f"x {value} y"]
    exchange = exchange_of(tree)
    module._spread(exchange.pieces, {value: "?"})
    assert tree == [f"x {value} y"]


def test_values_that_begin_with_a_sign_or_another_value_are_found() -> None:
    tree = ["call +41 79 123 45 67 or +41 79 123 45", "79 123"]
    module._spread(exchange_of(tree).pieces, {"+41 79 123 45 67": "A", "+41 79 123 45": "B"})
    assert tree == ["call A or B", "79 123"]


def test_it_is_told_what_is_there_also_where_no_rule_does_anything() -> None:
    assert protected([MAIL], ALLOW).found.types == {}
    assert protected([MAIL], ALLOW, always=True).found.types == {"email-address": 1}


def test_families_and_levels() -> None:
    looker = Looker(protector(ALLOW), None)
    assert looker.families(["email-address", "unheard"]) == ["contact", "unheard"]
    assert looker.level("restricted") > looker.level("public")
    assert (Looker(None, None).level("anything"), Looker(None, None).families(["x"])) == (0, ["x"])


def scored(texts: Sequence[str]) -> list[str]:
    seen: list[str] = []

    def score(said: Sequence[str]) -> tuple[int, list[str]]:
        seen.extend(said)
        return 1, []

    looker = Looker(None, score)
    exchange = exchange_of(list(texts))
    looked = looker.clean(exchange)
    looker.score(exchange, looked)
    assert ("injection" in looked.opaque) is (sum(len(text) for text in texts if len(text) > 15) > module._SCORED)
    return seen


def test_texts_that_say_something_are_scored_whole_while_they_are_not_too_long() -> None:
    assert scored(["short", "a text that is long enough"]) == ["a text that is long enough"]
    assert scored(["short"]) == []
    assert scored(["x" * module._SCORED]) == ["x" * module._SCORED]


def test_of_too_much_text_beginnings_and_ends_are_scored() -> None:
    (one,) = scored(["a" * 300_000 + "b" * 300_000])
    assert (one[0], one[-1], len(one) <= module._SCORED + 1) == ("a", "b", True)
    many = scored([f"text number {number:06}" for number in range(20_000)])
    assert many[0] == "text number 000000"
    assert many[1] == "text number 019999"
    assert sum(map(len, many)) <= module._SCORED
    assert len(scored(["x" * 150_000, "y" * 100_000, "z" * 20_000])) == 3


def test_hidden_values_come_back_with_names_of_members_last() -> None:
    held = vault()
    one = held.hide("email-address", MAIL)
    tree = {one: f"to {one}", "other": [1, one, "nothing"]}
    assert restore(exchange_of(tree), held)
    assert tree == {MAIL: f"to {MAIL}", "other": [1, MAIL, "nothing"]}
    assert not restore(exchange_of(["nothing"]), held)
    assert not restore(exchange_of([one]), vault())


def test_what_holds_more_encodings_than_are_looked_into_is_named() -> None:
    inner = MAIL
    for _ in range(12):
        inner = base64.b64encode(inner.encode()).decode()
    looked = protected([inner], MASK, ALLOW)
    assert looked.opaque == {"encoded"}
