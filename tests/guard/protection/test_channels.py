"""Data rules over text in pieces."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.protection import DataRule, Found, Handling, Vault
from bartizan.guard.protection.channels import Passing, Protecting, protect_text
from bartizan.guard.streams import Blocked, Channel
from tests.guard.protection.support import MAIL, protector, vault

RULES = (
    DataRule(id="r", do=Handling.MASK, types=["email-address", "credit-card"]),
    DataRule(id="x", do=Handling.ALLOW),
)


def nothing() -> Found:
    return Found("public")


def streamed(pieces: list[str], kept: Vault, *, source: bool = False) -> str:
    channel = Channel(Protecting(protector(*RULES), "model", "up", kept, nothing(), source=source))
    places = [(*channel.feed(piece), piece) for piece in pieces]
    channel.finish()
    assert channel.clear == channel.size
    return "".join(channel.rewritten(*place) for place in places)


@given(st.lists(st.integers(0, 70), max_size=15))
def test_however_a_text_is_cut_it_is_hidden_alike(cuts: list[int]) -> None:
    text = f"Please write to {MAIL} about 4111 1111 1111 1111, and soon."
    at = sorted(min(cut, len(text)) for cut in cuts)
    pieces = [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)]
    whole = protect_text(protector(*RULES), text, "model", "up", vault(), nothing())
    assert MAIL not in whole
    assert "4111" not in whole
    assert streamed(pieces, vault()) == whole


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_pseudonyms_are_turned_back_however_they_are_cut(size: int) -> None:
    kept = vault()
    hidden = kept.hide("email-address", MAIL)
    text = f"I wrote to {hidden}, twice to {hidden}. And (email-address:AAAAAAAAAAAAAAAAAAAAAAAAAA) stays."
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert streamed(pieces, kept) == text.replace(hidden, MAIL)


def test_arguments_stay_valid_json() -> None:
    kept = vault()
    odd = 'a "quoted" \\ name'
    hidden = kept.hide("email-address", odd)
    text = json.dumps({"to": hidden, "card": 4111111111111111, "note": 'say \\"hi\\" to ' + MAIL, "n": [1, 2]})
    for size in (1, 3, 10, 1000):
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        made = json.loads(streamed(pieces, kept, source=True))
        assert made["to"] == odd
        assert "1111111" not in str(made["card"])
        assert isinstance(made["card"], str)
        assert MAIL not in made["note"]


def test_what_may_not_pass_blocks() -> None:
    blocking = protector(DataRule(id="b", do=Handling.BLOCK, types=["email-address"]), RULES[1])
    one = Protecting(blocking, "model", "up", vault(), nothing())
    one.feed(f"it is {MAIL}")
    with pytest.raises(Blocked, match="email-address"):
        one.end()


def test_what_nobody_looks_into_passes_at_once() -> None:
    assert Passing().feed(MAIL).size == len(MAIL)
    assert Passing().end().size == 0
