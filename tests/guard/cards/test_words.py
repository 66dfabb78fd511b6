from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.cards.words import fold, lexicon, singular, split, text_words, verb_form


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("getUserInfo", ["get", "user", "info"]),
        ("HTTPGetURL", ["http", "get", "url"]),
        ("snake_case_name", ["snake", "case", "name"]),
        ("kebab-case", ["kebab", "case"]),
        ("mcp__mail__send", ["mcp", "mail", "send"]),
        ("a.b/c:d", ["a", "b", "c", "d"]),
        ("The23andMeGet", ["the", "23", "and", "me", "get"]),
        ("fetch_page_v2", ["fetch", "page"]),
        ("v2", ["v", "2"]),
        ("getfile", ["get", "file"]),
        ("sendmessage", ["send", "message"]),
        ("Überweisung", ["uberweisung"]),
        ("读取", ["读取"]),
        ("", []),
    ],
)
def test_names_are_split_into_words(name: str, parts: list[str]) -> None:
    assert split(name) == parts


@given(st.text(max_size=60))
def test_any_name_can_be_split(name: str) -> None:
    assert all(part and part == part.casefold() for part in split(name))


@pytest.mark.parametrize(
    ("word", "one"),
    [
        ("files", "file"),
        ("boxes", "box"),
        ("replies", "reply"),
        ("addresses", "address"),
        ("purchases", "purchase"),
        ("status", "status"),
        ("access", "access"),
        ("gas", "gas"),
        ("searches", "search"),
    ],
)
def test_singular(word: str, one: str) -> None:
    assert singular(word) == one


def test_verbs_bend() -> None:
    assert "apply" in verb_form("applies")
    assert "fetch" in verb_form("fetches")
    assert "sende" in verb_form("sendet")


def test_text_is_folded() -> None:
    assert fold("L'Été  d'E-Mail_x") == "l ete d e mail x"
    assert text_words("Löscht, dann (nie) wieder!") == ["loscht", ",", "dann", "nie", "wieder"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("recipient_list", "recipient"),
        ("user_email", "email"),
        ("userEmailAddress", "email"),
        ("folder_name", "path"),
        ("customer_name", "user"),
        ("channelName", "channel"),
        ("author_uuid", "person-id"),
        ("invoice_id", "identifier"),
        ("id2", "identifier"),
        ("amount_to_pay", "amount"),
        ("frobs", None),
        ("to", "recipient"),
        ("string", None),
        ("post_code", "address"),
        ("dial_code", "identifier"),
        ("shell_code", "command"),
    ],
)
def test_what_a_name_holds(name: str, kind: str | None) -> None:
    found = lexicon().value_of(split(name))
    assert (found.id if found else None) == kind


@pytest.mark.parametrize(
    ("name", "things"),
    [
        ("BankManagerPayBill", ["bill"]),
        ("calendar_event_create", ["calendar", "event"]),
        ("get_me", ["current user"]),
        ("AcmeMailReadFolder", ["folder"]),
        ("list_bank_accounts", ["bank account"]),
        ("frobnicate", []),
        ("me", []),
    ],
)
def test_what_a_tool_acts_on(name: str, things: list[str]) -> None:
    assert [phrase for phrase, _ in lexicon().acted_on(split(name))] == things


def test_phrases_and_whole_names() -> None:
    known = lexicon()
    assert known.phrase(["phone", "numbers"]) == "phone number"
    assert known.phrase(["zork"]) is None
    assert known.knows(["first", "name"], whole=True)
    assert known.knows(["good", "name"], whole=False)
    assert not known.knows(["good", "name"], whole=True)
