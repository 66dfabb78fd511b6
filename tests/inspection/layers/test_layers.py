"""What is encoded is found, told by its layer, and lies where the text has it."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection import Span
from bartizan.inspection.layers import long_rows, undo
from bartizan.inspection.signs import rows_of
from tests.inspection.small_types import small

INSPECTOR = small()
CARD = "4012888888881881"
PLAIN = f"the card {CARD} of a.b@c.de"


def b64(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def told(text: str) -> list[tuple[str, str, str]]:
    return [(span.type, text[span.start : span.end], span.layer) for span in INSPECTOR.inspect(text).spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"x\n4012888888881881\"", [("card", CARD, "json")]),
        (r"a.b\u0040c.de", [("mail", r"a.b\u0040c.de", "json")]),
        (r"\\n4012888888881881", [("card", CARD, "json>json")]),
        (r"\\\n4012888888881881", [("card", CARD, "json")]),
        (r"\ud83d\ude00a@c.de", [("mail", "a@c.de", "json")]),
        (r"a.b\\u0040c.de", [("mail", r"a.b\\u0040c.de", "json>json")]),
        (r"\n a.b\\u0040c.de \u0041", [("mail", r"a.b\\u0040c.de", "json>json")]),
        ("a.b%40c.de", [("mail", "a.b%40c.de", "url")]),
        ("100% a.b@c.de 5%zz", [("mail", "a.b@c.de", "text")]),
        ("a.b&#64;c.de", [("mail", "a.b&#64;c.de", "html")]),
        ("a.b&commat;c.de & d &unknown;", [("mail", "a.b&commat;c.de", "html")]),
        ("a.b&amp;#64;c.de", [("mail", "a.b&amp;#64;c.de", "html>html")]),
        ("40128888**8888**1881", [("card", "40128888**8888**1881", "markdown")]),
        ("４０１２888888881881", [("card", "４０１２888888881881", "unicode")]),
        ("4012\u200b8888\u200b8888\u200b1881", [("card", "4012\u200b8888\u200b8888\u200b1881", "unicode")]),
        ("4012\u00a08888\u00a08888\u00a01881", [("card", "4012\u00a08888\u00a08888\u00a01881", "unicode")]),
        ("а.b@c.de", [("mail", "а.b@c.de", "unicode")]),
        (
            "".join(chr(0xE0000 + ord(mark)) for mark in "a@c.de"),
            [("mail", "".join(chr(0xE0000 + ord(mark)) for mark in "a@c.de"), "unicode")],
        ),
        ("это просто текст", []),
        ("½ ﬁ … é", []),
    ],
)
def test_one_layer(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        (b64(PLAIN), "base64"),
        (b64(PLAIN).rstrip("="), "base64"),
        (base64.urlsafe_b64encode(f"??>> {PLAIN}".encode()).decode(), "base64"),
        (f"/some/path/{b64(PLAIN)}", "base64"),
        (f"?q={b64(PLAIN)}&", "base64"),
        (b64(PLAIN.encode("utf-16-le")), "base64"),
        (PLAIN.encode().hex(), "hex"),
        (PLAIN.encode().hex().upper(), "hex"),
        (b64(b64(PLAIN)), "base64>base64"),
        (urllib.parse.quote(b64(PLAIN)), "base64"),
        (urllib.parse.quote(PLAIN.replace("@", "&#64;"), safe=""), "url>html"),
        (json.dumps(json.dumps(f"é\n{CARD}\na@c.de")), "json>json"),
    ],
)
def test_encodings_inside_each_other(text: str, layer: str) -> None:
    spans = INSPECTOR.inspect(text).spans
    assert {"card", "mail"} <= {span.type for span in spans}
    assert layer in {span.layer for span in spans}


@pytest.mark.parametrize("padding", [0, 5_000])
@pytest.mark.parametrize("before", ["https://x.ch/", "//x.ch/abc/", "+", "-", "++", "see /", "/+", "docs/a/b/"])
def test_what_stands_before_a_row_hides_nothing(before: str, padding: int) -> None:
    for row in (b64(PLAIN), PLAIN.encode().hex(), b64(PLAIN + "??>>").replace("/", "_").replace("+", "-")):
        found = INSPECTOR.inspect("~ " * padding + before + row).spans
        assert {"card", "mail"} <= {span.type for span in found}, before


def test_positions_in_base64_cover_the_value() -> None:
    text = "é " + b64("0123456789ab " + CARD + " and the rest of it")
    (span,) = INSPECTOR.inspect(text).spans
    assert isinstance(span, Span)
    start = (span.start - 2) // 4 * 3
    assert CARD in base64.b64decode(text[2:])[start : start + 24].decode()
    assert span.end - span.start <= 28


def test_text_that_is_cut_inside_a_character_is_text() -> None:
    cut = PLAIN.encode() + "é".encode()[:1]
    assert {span.type for span in INSPECTOR.inspect(cut.hex()).spans} == {"card", "mail"}
    assert INSPECTOR.inspect((PLAIN.encode() + b"\xff and more" * 3).hex()).spans == []


def test_random_words_are_no_text() -> None:
    assert told("averylongidentifierwithoutanyspace /usr/local/lib/python/site/packages/thing " + "Zm9v" * 5) == []
    assert told("ffffffffffffffffffffffff") == []


def test_depth_is_what_the_policy_says() -> None:
    twice = b64(b64(PLAIN))
    assert small(depth=0).inspect(b64(PLAIN)).spans == []
    assert small(depth=1).inspect(twice).spans == []
    assert small(depth=1).inspect(twice).unread == ["base64>base64"]


def test_too_many_layers_are_told_not_hidden() -> None:
    text = "x"
    for number in range(9):
        text = b64(f"{number} %41 &#65; \\n {text}") if number % 2 else urllib.parse.quote(text + " é＠", safe="")
    assert INSPECTOR.inspect(text).unread


def test_records_are_kept_apart_in_layers() -> None:
    data = rb"\n40128888" + b"\n" + rb"\n88881881" + b"\n" + rb"\n4012888888881881"
    ends = np.array([10, 21, len(data)])
    hits = INSPECTOR.records(data, ends)
    assert hits.record.tolist() == [2]


def test_far_parts_are_not_looked_at_again() -> None:
    text = "a" * 5000 + r" \n4012888888881881 " + "b" * 5000 + r" \n4012888888881881 " + "c" * 5000
    layers = [layer for layer in undo(text.encode(), None, long_rows(text.encode()), None) if layer.name == "json"]
    assert len(layers) == 1
    assert len(layers[0].data) < 4000
    assert len(layers[0].ends) == 2
    assert len(told(text)) == 2


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_is_inspected_and_spans_lie_within(before: str, after: str) -> None:
    text = f"{before} {CARD} {after}"
    for span in INSPECTOR.inspect(text).spans:
        assert 0 <= span.start < span.end <= len(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_inspected(data: bytes) -> None:
    hits = INSPECTOR.records(data)
    assert all(0 <= start < end <= len(data) for start, end in zip(hits.start, hits.end, strict=True))


@given(st.text("aB3+/_- .=é", max_size=200), st.sampled_from([0, 5_000]))
def test_long_rows_are_what_an_expression_finds(text: str, padding: int) -> None:
    data = text.encode() + b" " * padding
    expected = [match.span() for match in re.finditer(rb"[0-9A-Za-z+/_\-]{16,}", data)]
    assert list(zip(*(side.tolist() for side in long_rows(data)), strict=True)) == expected


PARTS = [
    b64("words, no more than that"),
    "0123456789abcdef" * 2,
    b"in hexadecimal".hex() + "ff",
    "/",
    "x" * 20,
    "some/path",
]


@given(st.lists(st.lists(st.sampled_from(PARTS), min_size=1, max_size=3).map("".join), max_size=6))
def test_rows_are_decoded_alike_one_by_one_and_as_arrays(rows: list[str]) -> None:
    data = " ".join(rows).encode()
    few = [(layer.name, layer.data) for layer in undo(data, None, rows_of(data), None)]
    assert few == [(layer.name, layer.data) for layer in undo(data, None, long_rows(data), None)]
