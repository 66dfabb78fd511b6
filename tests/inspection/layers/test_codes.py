"""Characters that are written as numbers, dumps, and numbers whose groups stand in lines."""

from __future__ import annotations

import base64
import codecs

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection import Inspector
from bartizan.inspection.layers import Layer, undo
from bartizan.inspection.signs import rows_of
from tests.inspection.small_types import small

INSPECTOR, PLAIN_INSPECTOR = small(), small(plain=True)
CARD = "4012888888881881"
MAIL = "anna.bell@example.org"


def layers(text: str) -> list[Layer]:
    data = text.encode()
    return list(undo(data, None, rows_of(data), None))


def dump(text: str, grouped: int, offset: str) -> str:
    rows = [text.encode()[at : at + 16] for at in range(0, len(text), 16)]
    return "\n".join(
        f"{offset.format(number * 16)}{row.hex(' ', grouped)}  |{row.decode()}|" for number, row in enumerate(rows)
    )


@pytest.mark.parametrize("value", [CARD, MAIL])
@pytest.mark.parametrize(
    ("write", "layer"),
    [
        (lambda text: text.encode().hex(" "), "hex"),
        (lambda text: text.encode().hex(":").upper(), "hex"),
        (lambda text: text.encode().hex("-"), "hex"),
        (lambda text: ", ".join(f"{byte:02x}" for byte in text.encode()), "hex"),
        (lambda text: "\n".join(f"{byte:02x}" for byte in text.encode()), "hex"),
        (lambda text: text.encode().hex(" ", 2), "hex"),
        (lambda text: text.encode("utf-16-le").hex(" "), "hex"),
        (lambda text: ", ".join(f"0x{byte:02x}" for byte in text.encode()), "hex"),
        (lambda text: " ".join(f"0X{byte:02X}" for byte in text.encode()), "hex"),
        (lambda text: " ".join(str(byte) for byte in text.encode()), "decimal"),
        (lambda text: str(list(text.encode())), "decimal"),
        (lambda text: " ".join(f"{byte:03o}" for byte in text.encode()), "octal"),
        (lambda text: " ".join(f"{byte:08b}" for byte in text.encode()), "binary"),
        (lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()), "escape"),
        (lambda text: " ".join(f"\\x{byte:02x}" for byte in text.encode()), "escape"),
        (lambda text: "".join(f"\\{byte:03o}" for byte in text.encode()), "escape"),
        (lambda text: "".join(f"\\u{{{byte:x}}}" for byte in text.encode()), "escape"),
        (lambda text: "".join(f"\\U{byte:08x}" for byte in text.encode()), "escape"),
        (lambda text: " ".join(f"&#{byte}" for byte in text.encode()), "html"),
        (lambda text: "".join(f"&#{byte}" for byte in text.encode()), "html"),
        (lambda text: "".join(f"&#x{byte:x}" for byte in text.encode()), "html"),
        (lambda text: "".join(f"={byte:02X}" for byte in text.encode()), "quoted-printable"),
        (lambda text: text[:7] + "=\n" + text[7:], "quoted-printable"),
        (lambda text: text[:7] + "=\r\n" + text[7:], "quoted-printable"),
    ],
)
def test_characters_as_numbers(value: str, write: object, layer: str) -> None:
    assert callable(write)
    written = write(value)
    text = f"please look at {written} now"
    spans = [span for span in INSPECTOR.inspect(text).spans if span.type == ("mail" if "@" in value else "card")]
    assert [(text[span.start : span.end], span.layer) for span in spans] == [(written.strip("[]"), layer)]
    assert PLAIN_INSPECTOR.inspect(text) == INSPECTOR.inspect(text)
    assert INSPECTOR.records(text.encode()).kind.size == len(INSPECTOR.inspect(text).spans)


@pytest.mark.parametrize(("grouped", "offset"), [(1, "{:08x}  "), (2, "{:08x}: "), (-4, "{:04x}: ")])
def test_a_value_over_lines_of_a_dump(grouped: int, offset: str) -> None:
    text = "It is said:\n" + dump(f"nothing here but {MAIL} and {CARD}.", grouped, offset) + "\nthat is all\n"
    assert {(span.type, span.layer) for span in INSPECTOR.inspect(text).spans} == {("mail", "hex"), ("card", "hex")}


def test_two_dumps_are_two_texts() -> None:
    one = dump(f"nothing here but {MAIL[:12]}", 1, "{:08x}  ")
    other = dump(f"{MAIL[12:]} and more of it", 1, "{:08x}  ")
    assert [span.layer for span in INSPECTOR.inspect(f"{one}\nand then\n{other}").spans if MAIL in span.type] == []


def test_words_that_touch_a_list_are_none_of_it() -> None:
    text = f"it may be {CARD.encode().hex(' ')} be it so"
    (span,) = INSPECTOR.inspect(text).spans
    assert text[span.start : span.end] == CARD.encode().hex(" ")


def test_lists_of_records_are_not_joined() -> None:
    data = f"{CARD.encode().hex(' ')}\n{CARD.encode().hex(' ')}".encode()
    half = f"{CARD[:8].encode().hex(' ')}\n{CARD[8:].encode().hex(' ')}".encode()
    assert INSPECTOR.records(data, np.array([47, len(data)])).record.tolist() == [0, 1]
    assert INSPECTOR.records(half).kind.size == 1
    assert INSPECTOR.records(half, np.array([23, len(half)])).kind.size == 0
    marked = ", ".join(f"0x{byte:02x}" for byte in CARD.encode()).encode()
    assert INSPECTOR.records(marked, np.array([45, len(marked)])).kind.size == 0


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-28 10:45:31 12 34 56 78 90 11 22 33 44",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20",
        "ages 31 42 58 37 61 39 33 46 52 47 35 64",
        "3f 8a 91 c4 00 17 e5 aa 02 9b fe 63",
        "08:00:2b:01:02:03 08:00:2b:01:02:04",
        "#ff0000, #00ff00 rgb(255, 128, 0) rgb(12, 34, 56)",
        "0x00, 0xff, 0x10, 0x80, 0x7f, 0x01, 0x02, 0xfe, 0x90",
        "10101010 11110000 00001111 11001100 10000001 11111111 00000000 10110110",
        r"C:\Users\001 \d{3} \1 \2 \xg1 \u{110000} \U99999999",
        "timeout=30 retries=20 size=2048 year=2024&x=45, n=4096, port=2222, a==20",
        "k20=31300988&k3=2048",
        "R&D; AT&T &#5 &# and &#; &nosuch;",
        f"{'a' * 19}=\n{'b' * 20}",
        "2019\n2020\n2021\n2022\n2023\n2024",
    ],
)
def test_harmless_numbers_are_left(text: str) -> None:
    assert [layer.name for layer in layers(text)] == []


def test_a_table_of_numbers_is_no_text() -> None:
    assert [layer.name for layer in layers("33 47 58 91 64 123 36 42 95 61 94 35 38")] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jane=40example.org", "jane=40example.org"),
        ("4012=208888=208888=201881", "4012=208888=208888=201881"),
        ("anna=2Ebell@example.org", "anna=2Ebell@example.org"),
        ("anna=2Dx.bell@example.org", "x.bell@example.org"),
    ],
)
def test_lone_characters_of_quoted_printable(text: str, expected: str) -> None:
    assert [text[span.start : span.end] for span in INSPECTOR.inspect(text).spans] == [expected]


@pytest.mark.parametrize(
    "text", ["4012\n8888\n8888\n1881", "4012\r\n8888\r\n8888\r\n1881", "see 4012\n8888\n8888\n1881 now"]
)
def test_a_card_in_four_lines(text: str) -> None:
    (span,) = INSPECTOR.inspect(text).spans
    assert (text[span.start : span.end], span.layer) == (text.strip("seno w"), "groups")


@pytest.mark.parametrize("text", ["1111\n4012\n8888\n8888\n1881", "4012\n8888\n8888\n1881\n1111"])
def test_a_column_of_numbers_is_no_card(text: str) -> None:
    assert INSPECTOR.inspect(text).spans == []


@pytest.mark.parametrize("gap", [".", "/", "_", "\n", "\r\n"])
def test_groups_of_an_account_are_put_on_one_line(gap: str) -> None:
    text = "to " + gap.join(["CH93", "0076", "2011", "6238", "5295", "7"]) + " soon"
    assert "to CH93 0076 2011 6238 5295 7 soon" in [layer.data.decode() for layer in layers(text)]


@given(st.text("0123456789abcdefx \n,:;.=&#\\-|é", max_size=300))
def test_any_list_is_mapped_back_into_the_text(text: str) -> None:
    data = text.encode()
    for layer in undo(data, None, rows_of(data), None):
        assert layer.begin.size == layer.finish.size == len(layer.data)
        assert layer.begin.min(initial=0) >= 0
        assert layer.finish.max(initial=0) <= len(data)


@pytest.mark.parametrize("inspector", [INSPECTOR, PLAIN_INSPECTOR])
@pytest.mark.parametrize(
    ("written", "layer"),
    [
        # A backslash that is written as an escape itself.
        (r"\x5cu0034" + CARD[1:], "escape>json"),
        # Both kinds beside each other: told once.
        (r"\u0034\x30" + CARD[2:], "json>escape"),
    ],
)
def test_escapes_of_two_kinds(inspector: Inspector, written: str, layer: str) -> None:
    spans = inspector.inspect(f"a = '{written}'").spans
    assert [(span.start, span.end, span.layer) for span in spans] == [(5, 5 + len(written), layer)]


@pytest.mark.parametrize("text", ["Title\n=====\n", "Title\r\n=====\r\n", "== Title ==\n", "cGxhaW4gdGV4dHM9PQ==\n"])
def test_underlined_headings_are_no_mail(text: str) -> None:
    assert "quoted-printable" not in {layer.name for layer in layers(f"{text}Card {CARD}")}


@pytest.mark.parametrize(
    ("sign", "text", "layer"),
    [
        ("escape", r"a\x40example.org", "escape"),
        ("quoted", "anna.bell=40example.org", "quoted-printable"),
        ("frame", "<~" + base64.a85encode(MAIL.encode()).decode() + "~>", "ascii85"),
        ("marked numbers", ", ".join(f"0x{byte:02x}" for byte in MAIL.encode()), "hex"),
        ("turned", codecs.encode(f"please mail the card to {MAIL}", "rot13"), "rot13"),
    ],
)
def test_without_its_sign_nothing_is_undone(sign: str, text: str, layer: str) -> None:
    data = text.encode()
    assert layer in [one.name for one in undo(data, None, rows_of(data), None)]
    assert layer in [one.name for one in undo(data, None, rows_of(data), {sign: [1]})]
    assert list(undo(data, None, rows_of(data), {})) == []
