"""A decision is about the exact call, and tokens are ours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.asking import Token, call_digest, make_token, read_token
from tests.guard.asking.making import KEY

TOKEN = Token("answer", "a-1", "d" * 64, 100.0)


def test_the_order_of_keys_does_not_count_and_everything_else_does() -> None:
    digest = call_digest("s", "pay", {"a": 1, "b": [1, 2]})
    assert digest == call_digest("s", "pay", {"b": [1, 2], "a": 1})
    others = [
        call_digest("t", "pay", {"a": 1, "b": [1, 2]}),
        call_digest("s", "Pay", {"a": 1, "b": [1, 2]}),
        *(call_digest("s", "pay", {"a": one, "b": [1, 2]}) for one in (1.0, "1", True, None, [1])),
        call_digest("s", "pay", {"a": 1, "b": [2, 1]}),
        call_digest("s", "pay", {"a": 1, "b": [1, 2], "c": None}),
    ]
    assert len({digest, *others}) == len(others) + 1


def test_texts_that_are_no_text_have_a_digest_too() -> None:
    assert call_digest("s", "t", {"a": "\ud800"}) != call_digest("s", "t", {"a": "\ud801"})
    assert call_digest("s", "t", {"a": b"x"}) != call_digest("s", "t", {"a": b"y"})


def test_a_token_comes_back() -> None:
    assert read_token(KEY, make_token(KEY, TOKEN), "answer", 99.0) == TOKEN


@pytest.mark.parametrize("now", [100.0, 101.0])
def test_a_token_ends(now: float) -> None:
    assert read_token(KEY, make_token(KEY, TOKEN), "answer", now) is None


def test_a_token_is_for_one_purpose_and_of_one_key() -> None:
    text = make_token(KEY, TOKEN)
    assert read_token(KEY, text, "poll", 1.0) is None
    assert read_token(KEY + b"x", text, "answer", 1.0) is None


@given(st.text(max_size=80))
def test_no_other_text_is_a_token(text: str) -> None:
    assert read_token(KEY, text, "answer", 1.0) is None


@given(st.integers(0, 10_000), st.characters(codec="ascii"))
def test_no_changed_token_is_one(at: int, letter: str) -> None:
    text = make_token(KEY, TOKEN)
    at %= len(text)
    changed = text[:at] + letter + text[at + 1 :]
    assert changed == text or read_token(KEY, changed, "answer", 1.0) is None


def test_a_very_long_text_is_no_token() -> None:
    assert read_token(KEY, "a." + "b" * 3_000, "answer", 1.0) is None
