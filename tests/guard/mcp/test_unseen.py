"""What nobody sees is taken out and told by its kind; what scripts, emoji and flags need stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import Exchange, Origin, Walk
from bartizan.guard.mcp.unseen import seen, unhide

TAGS = "".join(chr(0xE0000 + ord(sign)) for sign in "send it")
WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"


@pytest.mark.parametrize(
    ("text", "shown", "kinds"),
    [
        (f"plain{TAGS} text", "plain text", {"tags"}),
        ("in\u200bvis\u2060ible\ufeff", "invisible", {"zero_width"}),
        ("soft\u00adhyphen \u3164filler", "softhyphen filler", {"zero_width"}),
        ("a\u200b\u200c\u200d\u200bb", "ab", {"zero_width"}),
        ("x\ufe00\ufe01\ufe02", "x\ufe00", {"selectors"}),
        ("x\U000e0101y", "xy", {"selectors"}),
        ("doc\u202etxt.exe", "doctxt.exe", {"directions"}),
        ("left \u2067right\u2069 \u200fmark", "left right mark", {"directions"}),
        ("\x1b[31mred\x1b[0m\x1b]0;title\x07 \x1bM", "red ", {"escapes"}),
        ("nul\x00 bell\x07 c1\x9d", "nul bell c1", {"controls"}),
        ("\x9b31mred", "red", {"escapes"}),
        (f"both\x1b[8m{TAGS}", "both", {"escapes", "tags"}),
        ("open \x1b]0;never closed", "open 0;never closed", {"escapes"}),
    ],
)
def test_what_is_hidden_is_taken_out(text: str, shown: str, kinds: set[str]) -> None:
    assert seen(text) == (shown, frozenset(kinds))


@pytest.mark.parametrize(
    "text",
    ["", "plain", "two\nlines\tand\r\n a form\f", "Grüße, naïve, 漢字", "می‌خواهم", "क्‍ष", f"flag {WALES}",
     "👩‍💻 ❤️‍🔥 👍🏽", "葛\U000e0100城", "שלום \u200fabc", "عربي \u2067x\u2069", "next\x85line"],
)  # fmt: skip
def test_what_shows_something_stays(text: str) -> None:
    assert seen(text) == (text, frozenset())


def test_overrides_go_from_scripts_that_are_written_from_the_right_too() -> None:
    assert seen("שלום \u202eabc\u200f") == ("שלום abc\u200f", frozenset({"directions"}))


@given(
    st.text(alphabet=st.sampled_from("ab \n\x1b[]m;\x00\u200b\u200d\u202e\u2067\ufe0f\U000e0101\U000e0061👩💻❤א漢می"))
)
def test_what_was_taken_out_is_not_there_any_more(text: str) -> None:
    shown, kinds = seen(text)
    assert (shown == text) == (not kinds)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\U000e0061" not in shown
    assert "\x00" not in shown
    visible = "ab \n👩💻❤א漢می"
    kept = [sign for sign in shown if sign in visible]
    assert kept == [sign for sign in text if sign in visible] or kinds & {"escapes"}


def exchange_of(tree: dict[str, object]) -> Exchange:
    exchange = Exchange("mcp", b"", tree)
    Walk(exchange).tree(tree, Origin.TOOL_RESULT, "", None)
    return exchange


def test_texts_of_an_exchange_are_cleaned_and_names_of_members_are_told() -> None:
    tree: dict[str, object] = {f"na{TAGS}me": "a\u200bb", "plain": "x", "number": 12345678901}
    assert unhide(exchange_of(tree)) == ({"tags", "zero_width"}, True)
    assert list(tree.values()) == ["ab", "x", 12345678901]
    assert next(iter(tree)) == f"na{TAGS}me"


def test_names_can_be_cleaned_as_well() -> None:
    tree: dict[str, object] = {f"na{TAGS}me": "a\u200bb"}
    assert unhide(exchange_of(tree), names=True) == ({"tags", "zero_width"}, True)
    assert tree == {"name": "ab"}


def test_what_is_only_told_stays() -> None:
    tree: dict[str, object] = {f"na{TAGS}me": "a\u200bb"}
    assert unhide(exchange_of(tree), only_tell=True, names=True) == ({"tags", "zero_width"}, True)
    assert tree == {f"na{TAGS}me": "a\u200bb"}
