"""Base64, base32 and hexadecimal in rows and in lines, of text in UTF-8 and UTF-16, and of what is compressed."""

from __future__ import annotations

import base64
import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.layers import long_rows, undo
from bartizan.inspection.layers.packed import text_of
from bartizan.inspection.signs import rows_of
from tests.inspection.small_types import small

INSPECTOR, PLAIN_INSPECTOR = small(), small(plain=True)
CARD = "4012888888881881"
TEXT = f"please take the card {CARD} of a.b@c.de for it"


def deflated(text: str) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(text.encode()) + machine.flush()


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


ENCODED = [
    (base64.b32encode(TEXT.encode()).decode(), "base32"),
    (base64.b32encode(TEXT.encode()).decode().rstrip("="), "base32"),
    (base64.b32encode(TEXT.encode()).decode().lower(), "base32"),
    (b64(gzip.compress(TEXT.encode(), mtime=0)), "base64>gzip"),
    (b64(gzip.compress(b"words ", mtime=0) + gzip.compress(TEXT.encode(), mtime=0)), "base64>gzip"),
    (b64(zlib.compress(TEXT.encode(), 1)), "base64>zlib"),
    (b64(zlib.compress(TEXT.encode(), 9)), "base64>zlib"),
    (b64(deflated(TEXT)), "base64>deflate"),
    (b64(deflated(f"{TEXT} " * 40)), "base64>deflate"),
    (gzip.compress(TEXT.encode(), mtime=0).hex(), "hex>gzip"),
    (zlib.compress(TEXT.encode()).hex().upper(), "hex>zlib"),
    (b64(gzip.compress(gzip.compress(TEXT.encode(), mtime=0), mtime=0)), "base64>gzip>gzip"),
    (b64(gzip.compress(b64(TEXT.encode()).encode(), mtime=0)), "base64>gzip>base64"),
    (TEXT.encode("utf-16-be").hex(), "hex"),
    (TEXT.encode("utf-16-le").hex(), "hex"),
    (b64(TEXT.encode("utf-16")), "base64"),
    (b64(f"é€ {TEXT} 😀".encode("utf-16-be")), "base64"),
    (base64.encodebytes(f"{TEXT} {TEXT}".encode()).decode(), "base64"),
    (base64.encodebytes(gzip.compress(f"{TEXT} {TEXT}".encode(), mtime=0)).decode(), "base64>gzip"),
    ("\n> ".join(b64(TEXT.encode())[at : at + 20] for at in range(0, 100, 20)), "base64"),
    (" ".join(b64(TEXT.encode())[at : at + 20] for at in range(0, 100, 20)), "base64"),
    ("\r\n".join(TEXT.encode().hex()[at : at + 30] for at in range(0, 100, 30)), "hex"),
]


@pytest.mark.parametrize("padding", [0, 4_000])
@pytest.mark.parametrize(("text", "layer"), ENCODED)
def test_values_are_found_and_lie_where_they_are_written(text: str, layer: str, padding: int) -> None:
    text = "~ " * padding + "see " + text + " there"
    spans = INSPECTOR.inspect(text).spans
    assert {"card", "mail"} & {span.type for span in spans}
    assert layer in {span.layer for span in spans}
    assert all(2 * padding + 4 <= span.start < span.end <= len(text) - len(" there") for span in spans)
    assert spans == PLAIN_INSPECTOR.inspect(text).spans
    assert INSPECTOR.records(text.encode()).start.tolist() == [span.start for span in spans]


def test_a_value_in_lines_is_covered_by_its_own_characters() -> None:
    text = base64.encodebytes(b"x" * 52 + b" " + CARD.encode() + b" and more").decode()
    (span,) = INSPECTOR.inspect(text).spans
    covered = text[span.start : span.end].replace("\n", "")
    assert CARD in base64.b64decode(covered + "=" * (-len(covered) % 4)).decode()
    assert len(covered) <= 28


def test_lines_of_records_are_not_joined() -> None:
    row = b64(f"words of the first {CARD} and".encode())
    data = f"{row[:32]}\n{row[32:]}".encode()
    assert INSPECTOR.records(data).kind.size == 1
    assert INSPECTOR.records(data, np.array([32, len(data)])).kind.size == 0


@pytest.mark.parametrize(
    "text",
    [
        b64(bytes(range(128, 255)) * 3),
        b64(b"\x1f\x8b\x08" + bytes(range(60))),
        b64(b"\x78\x9c" + bytes(range(60))),
        b64(gzip.compress(bytes(range(256)))),
        "INTERNATIONALIZATION" * 2,
        "internationalization" * 2,
        "abcdefghijklmnopqrstuvwxyz",
        "aRowOfWordsThatIsLongEnoughToBeLookedAt",
        "\n".join(["da39a3ee5e6b4b0d3255bfef95601890afd80709", "0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"]),
    ],
)
def test_what_is_no_text_is_left(text: str) -> None:
    assert list(undo(text.encode(), None, rows_of(text.encode()), None)) == []
    assert INSPECTOR.inspect(text) == INSPECTOR.inspect("")


def test_a_bomb_is_bounded_and_told() -> None:
    bomb = gzip.compress(TEXT.encode() + b" and on" * 1_000_000)
    result = INSPECTOR.inspect(b64(bomb))
    assert {"card", "mail"} & {span.type for span in result.spans}
    assert result.unread == ["base64>gzip"]


def test_bombs_share_what_room_there_is() -> None:
    bomb = b64(gzip.compress(b"words and on" * 20_000))
    text = " | ".join(f"{number} {bomb}" for number in range(6))
    layers = list(undo(text.encode(), None, rows_of(text.encode()), None))
    assert sum(len(layer.data) for layer in layers) < 70_000
    assert not all(layer.whole for layer in layers)


def test_compressions_inside_each_other_count_as_depth() -> None:
    text = b64(gzip.compress(b64(gzip.compress(TEXT.encode())).encode()))
    assert small(depth=2).inspect(text).spans == []
    assert small(depth=2).inspect(text).unread
    assert small(depth=4).inspect(text).spans != []


@given(st.binary(max_size=300), st.integers(0, 100))
def test_any_bytes_are_text_or_none(value: bytes, room: int) -> None:
    for whole in (value, b"\x1f\x8b\x08" + value, zlib.compress(value), deflated(value.hex()), gzip.compress(value)):
        found = text_of(whole, room)
        if found is not None:
            assert found.begin.size == found.finish.size == len(found.text)
            assert not found.names or len(found.text) <= room
            assert all(0 <= begin < end <= len(whole) for begin, end in zip(found.begin, found.finish, strict=True))


ROWS = [row for text, _ in ENCODED for row in text.split()] + ["+/", "docs/", "ABCDEFGHIJKLMNOPQRST", "eJxx" * 6]


@given(st.lists(st.sampled_from(ROWS), max_size=6), st.sampled_from([" ", "\n", "/", "--"]))
def test_rows_are_decoded_alike_one_by_one_and_as_arrays(rows: list[str], between: str) -> None:
    data = between.join(rows).encode()
    few = [(layer.name, layer.data, layer.begin.tolist()) for layer in undo(data, None, rows_of(data), None)]
    many = [(layer.name, layer.data, layer.begin.tolist()) for layer in undo(data, None, long_rows(data), None)]
    assert few == many
