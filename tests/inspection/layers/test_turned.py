"""Text backwards or with letters moved by thirteen, where a sign says so, and text in frames that say what it is."""

from __future__ import annotations

import base64
import codecs

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.layers import Layer, long_rows, undo
from bartizan.inspection.signs import rows_of
from tests.inspection.small_types import small

INSPECTOR, PLAIN_INSPECTOR = small(), small(plain=True)
CARD = "4012888888881881"
KEY = "ghp_" + "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1z2A"
ACCOUNT = "CH9300762011623852957"
SENTENCE = f"please pay it with the card {CARD} of a.b@c.de"


def rot13(text: str) -> str:
    return codecs.encode(text, "rot13")


def both(text: str) -> list[Layer]:
    data = text.encode()
    few = list(undo(data, None, rows_of(data), None))
    many = list(undo(data, None, long_rows(data), None))
    assert [layer[:2] for layer in few] == [layer[:2] for layer in many]
    return few


@pytest.mark.parametrize("value", [KEY, ACCOUNT, "AKIAABCDEFGHIJKLMNOP", "sk-ant-api03-abcdefghijkl"])
def test_keys_and_accounts_are_turned(value: str) -> None:
    assert [(layer.name, layer.data.decode()) for layer in both(f"see {rot13(value)} now")] == [("rot13", value)]
    assert [(layer.name, layer.data.decode()) for layer in both(f"see {value[::-1]} now")] == [("reversed", value)]


def test_a_token_is_turned_as_a_whole() -> None:
    token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"
    for turned in (rot13(token), token[::-1]):
        (layer,) = both(f"see {turned} now")
        assert token in layer.data.decode().split("\n")


@pytest.mark.parametrize(("turn", "layer"), [(rot13, "rot13"), (lambda text: text[::-1], "reversed")])
def test_sentences_are_turned_line_by_line(turn: object, layer: str) -> None:
    assert callable(turn)
    text = f"Grüße, lies das:\nnothing here\n{turn(SENTENCE)}\nnothing there"
    spans = [span for span in INSPECTOR.inspect(text).spans if span.layer == layer]
    assert "card" in {span.type for span in spans}
    assert {turn(text[span.start : span.end]) for span in spans} <= {CARD, "a.b@c.de"}
    assert PLAIN_INSPECTOR.inspect(text) == INSPECTOR.inspect(text)


def test_characters_are_turned_not_bytes() -> None:
    text = f"é {'the card: é and ü ' + CARD + ' of my é'}"[::-1]
    (span,) = [span for span in INSPECTOR.inspect(text).spans if span.layer == "reversed"]
    assert text[span.start : span.end] == CARD[::-1]


@pytest.mark.parametrize("after", ["\u202c", "\n", ""])
def test_what_is_shown_from_right_to_left_is_read_so(after: str) -> None:
    text = f"see \u202e{CARD[::-1]}{after} now"
    spans = [span for span in INSPECTOR.inspect(text).spans if span.layer == "reversed"]
    assert [text[span.start : span.end] for span in spans] == [CARD[::-1]]
    alone = f"see \u202e{CARD[::-1]}"
    assert [alone[span.start : span.end] for span in INSPECTOR.inspect(alone).spans] == [CARD[::-1]]
    assert INSPECTOR.inspect("see \u202e\u202c 12").spans == []


@pytest.mark.parametrize(
    "text",
    [
        "1881888888882104",
        "AB12345678901234567",
        "12345678901234567AB",
        "Es geht und steht um 1234567890123 bei x@y",
        "eine Nacht, die recht echt war: 1234567890 eht",
        "tuc-and-some-more-words-in-a-row",
        "a_very_long_name_that_ends_in_ks-phg",
    ],
)
def test_what_says_nothing_is_left(text: str) -> None:
    assert both(text) == []


def test_records_are_not_joined_when_they_are_turned() -> None:
    data = f"ab\n{rot13(KEY)}\n{KEY[::-1]}\n{rot13(SENTENCE)}".encode()
    ends = np.array([2, 43, 84, len(data)])
    found = {layer.name: layer.data.decode().split("\n") for layer in undo(data, ends, rows_of(data), None)}
    assert KEY in found["rot13"] + found["reversed"]
    names = [(layer.name, layer.data) for layer in undo(data, ends, rows_of(data), None)]
    assert ("reversed", KEY.encode()) in names
    assert ("rot13", SENTENCE.encode()) in names
    # A record may end inside a line.
    cut = np.array([len(data) - 4, len(data)])
    assert ("rot13", SENTENCE.encode()[:-4]) in [(one.name, one.data) for one in undo(data, cut, rows_of(data), None)]


UU = codecs.encode(f"{SENTENCE}. {SENTENCE}".encode(), "uu").decode()


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        (UU, "uuencode"),
        (UU.replace("\n", "\r\n"), "uuencode"),
        (f"<~{base64.a85encode(SENTENCE.encode()).decode()}~>", "ascii85"),
    ],
)
def test_frames_are_decoded(text: str, layer: str) -> None:
    text = f"see {text} now"
    spans = INSPECTOR.inspect(text).spans
    assert {"card", "mail"} & {span.type for span in spans}
    assert {span.layer for span in spans} == {layer}
    assert all(4 <= span.start < span.end <= len(text) for span in spans)
    data = text.encode()
    assert [one.name for one in undo(data, np.array([8, len(data)]), rows_of(data), None)] == []


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 x\n",
        "begin 644 x\nzz\n",
        "begin 644 x\n#!!!\n",
        "begin 644 x\n!!!!!!!!!\n",
        "<~z!~>",
        "<~zzzzz~>",
        '<~s8W-"~> ~',
    ],
)
def test_broken_frames_are_left(text: str) -> None:
    assert both(text) == []


def test_a_long_frame_is_bounded() -> None:
    text = codecs.encode(b"words and on " * 20_000, "uu").decode()
    (layer,) = [one for one in both(text) if one.name == "uuencode"]
    assert len(layer.data) < 70_000


@given(st.text("gurnaqzl ehtymd@1234567890\n\u202eé", max_size=200))
def test_anything_turned_is_mapped_back_into_the_text(text: str) -> None:
    data = text.encode()
    for layer in undo(data, None, rows_of(data), None):
        assert layer.begin.size == layer.finish.size == len(layer.data)
        assert layer.finish.max(initial=0) <= len(data)
