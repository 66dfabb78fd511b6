"""What an attacker writes is shown as what it is: quoted, on one line, with nothing unseen in it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.asking.visible import MARKDOWN, PLAIN, Look, strange_letters, words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", '"plain text"'),
        ('say "yes"\\', '"say \\"yes\\"\\\\"'),
        ("a\nb\r\tc", '"a\\nb\\r\\tc"'),
        ("a\u202eb", '"a\\u{202e}b"'),
        ("a\u200bb", '"a\\u{200b}b"'),
        ("a\U000e0041b", '"a\\u{e0041}b"'),
        ("\x1b[2J", '"\\u{1b}[2J"'),
        ("a\u00a0b\u3164c", '"a\\u{a0}b\\u{3164}c"'),
        ("\ud800", '"\\u{d800}"'),
        ("a\u0301\u0301\u0301\u0301", '"a\u0301\u0301\\u{301}\\u{301}"'),
        ("grüße 中文", '"grüße 中文"'),
    ],
)
def test_plain_quotes(text: str, shown: str) -> None:
    assert PLAIN.show(text, 100) == shown


def test_markdown_is_one_code_span() -> None:
    assert MARKDOWN.show("`**Approved**` <b> [x](y) \\", 100) == (
        "`\\u{60}**Approved**\\u{60} \\u{3c}b\\u{3e} [x](y) \\\\`"
    )


def test_of_a_long_text_the_beginning_and_the_end_are_shown() -> None:
    shown = PLAIN.show("a" * 500 + "z" * 500, 100)
    assert shown == f'"{"a" * 75}" [900 characters left out] "{"z" * 25}"'


@pytest.mark.parametrize("look", [PLAIN, MARKDOWN])
@given(text=st.text(max_size=60))
def test_nothing_ends_the_quotation_or_the_line(look: Look, text: str) -> None:
    shown = look.show(text, 30)
    assert all(unicodedata.category(one) not in ("Cc", "Cf", "Zl", "Zp", "Cs") for one in shown)
    inside = shown.replace("\\\\", "").replace('\\"', "") if look is PLAIN else shown
    assert inside.count(look.quote) == (2 if len(text) <= 30 else 4)


def test_sentences_hold_nothing_that_markdown_obeys() -> None:
    assert words("it is from read_file\n**now** [a](b) <c> `d` | ~e~ # _f_ \\") == (
        "it is from read_file \\u{2a}\\u{2a}now\\u{2a}\\u{2a} \\u{5b}a\\u{5d}(b) \\u{3c}c\\u{3e} \\u{60}d\\u{60} "
        "\\u{7c} \\u{7e}e\\u{7e} \\u{23} \\u{5f}f\\u{5f} \\u{5c}"
    )
    assert words("a\u202eb") == "a\\u{202e}b"
    assert words("x" * 300, 10) == "x" * 9 + "…"


def test_letters_that_look_like_others_are_named() -> None:
    assert strange_letters("mark@x.example") == ""
    assert strange_letters("m\u0430rk") == "U+0430 CYRILLIC SMALL LETTER A"
    assert strange_letters("äöüßé").endswith(" and 2 more")
    assert strange_letters("\ue000") == "U+E000 without a name"
