"""However a text is cut, a stream lets go of all of it, and of nothing that could still become a value."""

from __future__ import annotations

import base64
import gzip
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection import Span
from tests.inspection.small_types import small

INSPECTOR = small()
TEXT = (
    "pay 4012 8888 8888 1881 to a.b@c.de, password = hunter2x and login: 1234567 for the plain words that follow. " * 2
)


def streamed(pieces: list[str]) -> tuple[str, list[tuple[str, int, int]]]:
    stream = INSPECTOR.stream()
    text, spans = "", []
    for released in [*map(stream.feed, pieces), stream.end()]:
        spans += [(span.type, span.start + len(text), span.end + len(text)) for span in released.spans]
        text += released.text
    return text, spans


def plain(spans: list[Span]) -> list[tuple[str, int, int]]:
    return [(span.type, span.start, span.end) for span in spans]


@given(st.lists(st.integers(0, len(TEXT)), max_size=30))
def test_the_cuts_do_not_matter(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(TEXT)]
    pieces = [TEXT[start:end] for start, end in pairwise(places)]
    assert streamed(pieces) == (TEXT, plain(INSPECTOR.inspect(TEXT).spans))


def test_character_by_character() -> None:
    assert streamed(list(TEXT)) == (TEXT, plain(INSPECTOR.inspect(TEXT).spans))


def test_plain_words_are_let_go_at_once() -> None:
    stream = INSPECTOR.stream()
    assert stream.feed("the quick brown fox ").text == "the quick brown fox "
    assert stream.feed("jum").text == ""
    assert stream.feed("ps over ").text == "jumps over "


def test_what_may_become_a_value_is_held() -> None:
    stream = INSPECTOR.stream()
    assert stream.feed("pay 4012 8888 ").text == "pay "
    released = stream.feed("8888 1881 now and then ")
    assert [span.type for span in released.spans] == ["card"]
    assert released.text == "4012 8888 8888 1881 now and then "


def test_a_key_is_held_until_it_ends() -> None:
    stream = INSPECTOR.stream()
    assert stream.feed("x -----BEGIN PRIVATE KEY-----\nabc\n").text == "x "
    assert stream.feed("def\n-----END PRIVATE KEY-----\nand more words ").text.endswith("and more words ")


@pytest.mark.parametrize("piece", ["a" * 100_000, "A1 " * 40_000, "-----BEGIN " + "x\n" * 40_000])
def test_what_is_held_is_bounded(piece: str) -> None:
    stream = INSPECTOR.stream()
    assert len(piece) - len(stream.feed(piece).text) <= 20_000


LONG = "word and more of it, nothing else in here. " * 30 + "the card 4012888888881881 of a.b@c.de"


@pytest.mark.parametrize("step", [1, 11, 200])
@pytest.mark.parametrize(
    "encoded",
    [
        base64.encodebytes(LONG.encode()).decode(),
        base64.encodebytes(gzip.compress((LONG[-60:] + "".join(map(str, range(900)))).encode(), mtime=0)).decode(),
        LONG[-500:].encode().hex(" "),
        "".join(f"\\x{byte:02x}" for byte in LONG[-300:].encode()),
        "a.b=\n@c.de",
    ],
)
def test_what_is_decoded_as_a_whole_is_held_as_a_whole(encoded: str, step: int) -> None:
    text = f"look at this\n{encoded} and so on it goes"
    expected = plain(INSPECTOR.inspect(text).spans)
    assert expected
    assert streamed([text[at : at + step] for at in range(0, len(text), step)]) == (text, expected)


def test_lists_of_numbers_are_held_within_bounds() -> None:
    stream = INSPECTOR.stream()
    assert len("34 " * 3_000) - len(stream.feed("34 " * 3_000).text) <= 2_100
    assert INSPECTOR.stream().feed("to be or not to add 12 to be ").text == "to be or not to add 12 to be "
