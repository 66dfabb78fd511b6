"""Values in texts, and when two of them are the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.flow.values import comparable, embedded, folded, numbers, words
from bartizan.model.card import ValueType as V


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to anna@corp.example.", [(V.EMAIL, "anna@corp.example")]),
        ("Anna <Anna@Corp.example>, b@c.example", [(V.EMAIL, "anna@corp.example"), (V.EMAIL, "b@c.example")]),
        ("a@b@c.example and @home and me@", [(V.EMAIL, "b@c.example")]),
        ("аnna@corp.example", [(V.EMAIL, "аnna@corp.example")]),
        ("see https://Corp.example/A/ now", [(V.URL, "corp.example/A")]),
        ("see www.corp.example, or corp.co.uk/x?y=1", [(V.URL, "www.corp.example"), (V.URL, "corp.co.uk/x?y=1")]),
        ("the file report.docx, version 1.2, e.g. this", []),
        ("javascript:alert(1)", [(V.URL, "javascript:alert(1)")]),
        ("CH93 0076 2011 6238 5295 7", [(V.ACCOUNT, "CH9300762011623852957")]),
        ("account number: 00123-4567 89", [(V.ACCOUNT, "00123456789")]),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", [(V.ACCOUNT, "BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ")]),
        ("call +41 44 668 18 00 or (212) 555-0100", [(V.PHONE, "41446681800"), (V.PHONE, "2125550100")]),
        ("on 2026-05-03 at 12:00, 3 of 100", []),
        ("evil (dot) example", [(V.URL, "evil.example")]),
        ("mallory [at] evil [.] example", [(V.EMAIL, "mallory@evil.example")]),
        ("nothing here", []),
    ],
)
def test_what_a_text_holds(text: str, found: list[tuple[V, str]]) -> None:
    assert [(value.type, value.key) for value in embedded(text)] == found


@pytest.mark.parametrize(
    ("type_", "one", "other", "same"),
    [
        (V.EMAIL, "Anna <a@b.example>", "mailto:A@B.example", True),
        (V.EMAIL, "a@b.example", "а@b.example", False),
        (V.URL, "https://Corp.example/a%20b/", "corp.example/a b", True),
        (V.URL, "corp.example/A", "corp.example/a", False),
        (V.ACCOUNT, "ch93-0076 2011", "CH9300762011", True),
        (V.PHONE, "+41 44 668", "004144668", True),
        (V.AMOUNT, "1'000.50", "1000.5", True),
        (V.AMOUNT, "$20", "20.00", True),
        (V.AMOUNT, "some", "many", False),
        (V.SECRET, "aB", "ab", False),
        (V.NAME, " Anna  Muster", "anna muster", True),
    ],
)
def test_two_values_are_the_same(type_: V, one: str, other: str, same: bool) -> None:
    assert (comparable(type_, one) == comparable(type_, other)) is same


def test_numbers_are_read_as_people_write_them() -> None:
    assert numbers("1,000.50 and 1.000,50, 12,5 or 1,000; 7%, -3") == [1000.5, 1000.5, 12.5, 1000.0, 7.0, -3.0]
    assert numbers("1.2.3 v2 x9") == []


def test_words_of_joined_names_are_words() -> None:
    assert words("Team-Meeting_minutes.docx isn't 2") == ["team", "meeting", "minutes", "docx", "isn't", "2"]
    assert folded("  A\n b ") == "a b"


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for value in embedded(text):
        assert value.key
        assert comparable(value.type, value.key) == comparable(value.type, comparable(value.type, value.key))


@pytest.mark.parametrize("piece", ["a", "a.", "@", "a@", "1", "1 ", "+1", "www.", "CH93 ", "[", "dot "])
def test_long_texts_are_read_in_one_go(piece: str) -> None:
    began = time.process_time()
    embedded(piece * (200_000 // len(piece)))
    assert time.process_time() - began < 2
