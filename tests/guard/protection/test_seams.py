"""Values that the border of two texts cuts: found and replaced, and nothing else touched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.exchange import Exchange, decode_body
from bartizan.guard.formats import formats
from bartizan.guard.protection import DataRule
from bartizan.guard.protection.rules import Handling
from tests.guard.protection.support import protector, vault

CARD = "5425233430109903"
VALUES = {"card": CARD, "iban": "CH9300762011623852957", "mail": "ruth.odermatt@holzbau-uri.ch"}
MASK = DataRule(id="hide", do=Handling.MASK, types=["bank", "payment", "contact"])
REST = DataRule(id="rest", do=Handling.ALLOW)
PROTECTOR = protector(MASK, REST)


def user(text: str) -> dict[str, Any]:
    return {"role": "user", "content": text}


PLACES: dict[str, Any] = {
    "two-messages": lambda a, b: ("openai-chat", {"messages": [user(a), user(b)]}),
    "answer-between": lambda a, b: (
        "openai-chat", {"messages": [user(a), {"role": "assistant", "content": "Go on."}, user(b)]}),
    "instructions": lambda a, b: ("openai-responses", {"instructions": a, "input": b}),
    "results": lambda a, b: (
        "openai-responses", {"input": [
            {"type": "function_call_output", "call_id": "c", "output": a},
            {"type": "function_call_output", "call_id": "d", "output": b}]}),
    "system": lambda a, b: (
        "anthropic-messages", {"max_tokens": 1, "system": [{"type": "text", "text": a}], "messages": [user(b)]}),
    "contents": lambda a, b: (
        "gemini-generate", {"contents": [{"role": "user", "parts": [{"text": a}]},
                                         {"role": "user", "parts": [{"text": b}]}]}),
}  # fmt: skip


def sent(format: str, body: dict[str, Any]) -> str:
    raw = json.dumps({"model": "m", **body}, ensure_ascii=False).encode()
    exchange = Exchange(format, raw, decode_body(raw))
    formats()[format].request(exchange)
    PROTECTOR.exchange(exchange, "request", "up", vault())
    return exchange.render().decode()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(("cut", "words"), [(4, ("", "")), (9, ("take ", " for it")), (-5, ("take ", " for it"))])
def test_halves_do_not_pass(place: str, value: str, cut: int, words: tuple[str, str]) -> None:
    whole = VALUES[value]
    first, last = whole[:cut], whole[cut:]
    out = sent(*PLACES[place](words[0] + first, last + words[1]))
    assert first not in out or last not in out
    assert words[0] in out
    assert words[1] in out


@pytest.mark.parametrize("size", [1, 4, 6])
def test_more_than_two_texts_are_put_together(size: int) -> None:
    parts = [CARD[at : at + size] for at in range(0, len(CARD), size)]
    out = sent("openai-chat", {"messages": [user(one) for one in parts]})
    assert [user(one) for one in parts] != json.loads(out)["messages"]
    assert CARD not in "".join(one["content"] for one in json.loads(out)["messages"])


def test_ends_of_long_texts_are_looked_at() -> None:
    before, after = "a calm word " * 40, " and more words" * 40
    out = json.loads(sent("openai-chat", {"messages": [user(before + CARD[:7]), user(CARD[7:] + after)]}))
    assert out["messages"][0]["content"].startswith(before)
    assert out["messages"][1]["content"] == after


def test_other_values_of_the_same_texts_are_changed_too() -> None:
    texts = (f"{CARD} and {CARD[:6]}", f"{CARD[6:]} and {VALUES['mail']}")
    out = sent("openai-chat", {"messages": [user(one) for one in texts]})
    assert not any(one in out for one in (CARD[:6], CARD[6:], VALUES["mail"]))


@pytest.mark.parametrize(
    "body",
    [
        {"messages": [user("It has 3 parts"), user("2 of them are new")]},
        {"messages": [user("See version 4."), user("5 is next")]},
        {"messages": [user("")]},
    ],
)
def test_what_holds_nothing_stays(body: dict[str, Any]) -> None:
    assert json.loads(sent("openai-chat", body)) == {"model": "m", **body}


def test_numbers_beside_each_other_in_data_are_not_one() -> None:
    body = {"input": [CARD[:8], CARD[8:]]}
    assert json.loads(sent("openai-embeddings", body))["input"] == body["input"]
