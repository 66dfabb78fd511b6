"""Answers as LiteLLM shows them: whole, and again and again while they come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.guard.doors.litellm.support import CARD, IBAN, MAIL, Asking

OTHER = "bob@example.org"


def test_an_answer_without_values_passes_and_may_be_held() -> None:
    said = Asking().ask("response", texts=["It is so."])
    assert said["action"] == "NONE"
    assert 0 <= said["stream_holdback_chars"][0] <= len("It is so.")


def test_values_are_hidden_and_pseudonyms_turned_back() -> None:
    asking = Asking()
    hidden = asking.says(f"write to {MAIL}")["texts"][0]
    said = asking.ask("response", texts=[f"I heard: {hidden}, not {OTHER} or {CARD}"])
    assert said["texts"][0].startswith(f"I heard: write to {MAIL}, not ")
    assert OTHER not in said["texts"][0]
    assert CARD not in said["texts"][0]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"call": "c-2"}, "another call"),
        ({"call": None}, "no call"),
        ({"claims": {"user_api_key_hash": "other"}}, "another key of LiteLLM"),
        ({"claims": {"user_api_key_hash": "h", "user_api_key_user_id": "paul"}}, "another user"),
        ({"claims": {"user_api_key_hash": "h", "user_api_key_end_user_id": "e"}}, "another end user"),
    ],
)
def test_nobody_else_turns_a_pseudonym_back(more: dict[str, Any], why: str) -> None:
    asking = Asking()
    hidden = asking.says(f"write to {MAIL}")["texts"][0]
    assert MAIL not in json.dumps(asking.ask("response", texts=[hidden], **more)), why


def test_a_pseudonym_is_turned_back_as_long_as_it_is_kept() -> None:
    asking = Asking(keep=60)
    hidden = asking.says(f"write to {MAIL}")["texts"][0]
    asking.now += 59
    assert MAIL in json.dumps(asking.ask("response", texts=[hidden]))
    asking.now += 59
    assert MAIL in json.dumps(asking.ask("response", texts=[hidden]))
    asking.now += 61
    assert MAIL not in json.dumps(asking.ask("response", texts=[hidden]))
    asking.says("hello", call="c-9")
    assert len(asking.calls) == 1


def test_nothing_is_kept_where_nothing_shall_be() -> None:
    asking = Asking(keep=0)
    hidden = asking.says(f"write to {MAIL}")["texts"][0]
    assert MAIL not in json.dumps(asking.ask("response", texts=[hidden]))
    assert len(asking.calls) == 0


def test_a_request_that_is_shown_again_as_it_was_changed_keeps_its_pseudonyms() -> None:
    asking = Asking()
    hidden = asking.says(f"write to {MAIL}")["texts"][0]
    assert asking.says(hidden) == {"action": "NONE"}
    assert MAIL in json.dumps(asking.ask("response", texts=[hidden]))


@pytest.mark.parametrize(
    ("config", "more", "rule"),
    [
        ({}, {"texts": [IBAN]}, "no-bank"),
        ({"answers": "block"}, {"texts": [f"to {OTHER}"]}, "not-changed-here"),
        ({}, {"texts": [f"to {OTHER}"], "model": None}, "not-changed-here"),
        ({}, {"texts": [], "tool_calls": [{"id": "c", "type": "function", "index": 0, "function": {
            "name": "mail", "arguments": json.dumps({"to": OTHER})}}]}, "not-changed-here"),
        ({}, {"texts": ["hm"], "tool_calls": [OTHER]}, "not-changed-here"),
        ({}, {"texts": ["hm"], "images": [f"https://example.ch/?to={OTHER}"]}, "not-changed-here"),
        ({}, {"texts": ["hm"], "audio": {"transcript": f"to {OTHER}"}}, "not-changed-here"),
        ({}, {"texts": ["hm"], "tool_calls": {"a": 1}}, "body-not-understood"),
        ({}, {"texts": [1]}, "body-not-understood"),
        ({"unshown": "block"}, {"texts": ["hm"]}, "request-not-shown"),
    ],
)  # fmt: skip
def test_what_may_not_come_back_is_blocked(config: dict[str, Any], more: dict[str, Any], rule: str) -> None:
    assert Asking(**config).ask("response", **more) == rule


def test_a_call_of_a_tool_keeps_its_pseudonyms_and_passes() -> None:
    asking = Asking()
    hidden = asking.says(MAIL)["texts"][0]
    call = {"id": "c", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": hidden})}}
    assert asking.ask("response", texts=[], tool_calls=[call])["action"] == "NONE"


def test_an_answer_to_a_request_that_was_shown_is_given() -> None:
    asking = Asking(unshown="block")
    asking.says("hello")
    assert asking.ask("response", texts=["hm"])["action"] == "NONE"


def streamed(asking: Asking, cuts: list[list[str]]) -> list[str]:
    """Return the texts that LiteLLM sends on, as it does: never back, less what is held, and at the end all."""
    sent = [""] * len(cuts[0])
    for number, texts in enumerate(cuts):
        said = asking.ask("response", texts=texts)
        assert not isinstance(said, str), said
        now = said.get("texts", texts)
        last = number == len(cuts) - 1
        for at, text in enumerate(now):
            assert text.startswith(sent[at]), "what was sent can't be taken back"
            sent[at] = text if last else text[: max(len(sent[at]), len(text) - said["stream_holdback_chars"][at])]
            assert OTHER not in sent[at]
            assert CARD not in sent[at]
    return sent


@settings(max_examples=25)
@given(st.lists(st.integers(1, 20), min_size=1, max_size=20), st.booleans())
def test_a_stream_says_the_same_however_it_is_cut(sizes: list[int], known: bool) -> None:
    asking = Asking()
    hidden = asking.says(f"to {MAIL}")["texts"][0]
    text = f"I wrote {hidden}. Reach {OTHER} or {CARD} now, as the token is. The end"
    whole = Asking()
    whole.says(f"to {MAIL}")
    expected = streamed(whole, [[text]])
    ends, at = [], 0
    for size in sizes:
        at += size
        ends.append(min(at, len(text)))
    assert MAIL in expected[0]
    cuts = [[text[:end]] for end in [*ends, len(text)]]
    if not known:
        asking.calls = asking.door.calls = type(asking.calls)(0)
        text_of = streamed(asking, cuts)
        assert MAIL not in text_of[0]
        return
    assert streamed(asking, cuts) == expected


def test_several_choices_grow_side_by_side() -> None:
    asking = Asking()
    asking.says("hello")
    texts = [f"first {OTHER} is so", f"second {CARD} is so"]
    cuts = [[text[:end] for text in texts] for end in range(0, 40, 3)] + [texts]
    assert [text.split()[0] for text in streamed(asking, cuts)] == ["first", "second"]


def test_an_answer_that_begins_anew_is_looked_at_anew() -> None:
    asking = Asking()
    asking.says("hello")
    asking.ask("response", texts=["one and "])
    said = asking.ask("response", texts=[f"two {OTHER}"])
    assert OTHER not in json.dumps(said)


def test_what_was_blocked_is_blocked_again() -> None:
    asking = Asking()
    asking.says("hello")
    assert asking.ask("response", texts=["it is "])["action"] == "NONE"
    assert asking.ask("response", texts=[f"it is {IBAN} and so on. "]) == "no-bank"
    assert asking.ask("response", texts=[f"it is {IBAN} and so on. "]) == "no-bank"


def test_only_what_is_new_is_put_on_record() -> None:
    asking = Asking()
    asking.says("hello")
    news, found = [], []
    for text in ("It is ", "It is so", f"It is so {OTHER}", f"It is so {OTHER} and on and on", f"It is so {OTHER} and"):
        asking.ask("response", texts=[text])
        news.append(asking.judgement.news)
        found.append(asking.judgement.prepared.answered.types)
    assert news[:4] == [True, False, True, False]
    assert found[:4] == [{}, {}, {"email-address": 1}, {}]


def test_what_tools_hold_counts_with_the_texts() -> None:
    asking = Asking()
    call = {"id": "c", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": OTHER})}}
    asking.ask("response", texts=[f"and {CARD}"], tool_calls=[call])
    assert asking.judgement.prepared.answered.types == {"credit-card": 1, "email-address": 1}
    assert asking.judgement.prepared.changed
