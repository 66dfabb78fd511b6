"""An array that grows: cut into objects at every byte, closed with an error in its own shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.streams import AnswerStream, ArrayReader, Frame, StreamError
from tests.guard.streams.support import ANSWERS, alone, begin

TEXT = b'[{"a": "x]}\\"{", "b": [1, {"c": "\\\\"}]}\r\n,\n{"d": "\xc3\xa9"} , {}\n]\n'


def frames(data: bytes, size: int) -> list[Frame]:
    reader = ArrayReader()
    out = [frame for at in range(0, len(data), size) for frame in reader.feed(data[at : at + size])]
    return out + reader.end()


@pytest.mark.parametrize("size", range(1, len(TEXT) + 1))
def test_objects_are_cut_the_same_however_the_bytes_arrive(size: int) -> None:
    found = frames(TEXT, size)
    assert b"".join(frame.raw for frame in found) == TEXT
    texts = [frame.data for frame in found]
    assert [json.loads(text) for text in texts[:-1] if text is not None] == json.loads(TEXT)
    assert texts[-1] is None


@given(st.lists(st.dictionaries(st.text(), st.text() | st.lists(st.text()))), st.integers(1, 50))
def test_any_array_of_objects_is_read(array: list[Any], size: int) -> None:
    found = frames(json.dumps(array).encode(), size)
    assert [json.loads(frame.data) for frame in found if frame.data is not None] == array


@pytest.mark.parametrize(
    "data", [b'{"a": 1}', b"[1]", b"[{}{}]", b"[{},]", b"[{}]x", b"[,{}]", b"<html>", b'[{"\xff": 1}]']
)
def test_what_is_no_array_of_objects_is_refused(data: bytes) -> None:
    reader = ArrayReader()
    with pytest.raises(StreamError):
        reader.feed(data)


@pytest.mark.parametrize("data", [b"", b"[", b"[{}", b'[{"a', b"[{},"])
def test_an_array_that_is_broken_off_is_told(data: bytes) -> None:
    reader = ArrayReader()
    reader.feed(data)
    with pytest.raises(StreamError):
        reader.end()


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = frames(b"[{" + data, 7)
    except StreamError:
        return
    assert b"".join(frame.raw for frame in found) == b"[{" + data


def test_an_object_without_end_is_refused() -> None:
    with pytest.raises(StreamError):
        ArrayReader().feed(b'[{"a": "' + b"x" * 5_000_000)


def streamed(*parts: bytes) -> bytes:
    stream = AnswerStream(ANSWERS, begin, alone, ArrayReader())
    return b"".join(stream.feed(part) for part in parts) + stream.end()


def test_a_value_over_objects_is_hidden_and_the_array_stays_one() -> None:
    out = streamed(b'[{"delta": {"a": "SEC"}}\n', b',\n{"delta": {"a": "RET."}}', b"]")
    assert out == b'[{"delta":{"a":"<hidden>"}}\n,\n{"delta":{"a":"."}}]'


def test_a_block_ends_the_array_with_the_error() -> None:
    whole = json.loads(streamed(b'[{"note": "fine"},', b'{"delta": {"a": "STOP"}}]'))
    assert whole[-1]["error"] == "no-stop"
    assert whole[0] == {"note": "fine"}
    first = json.loads(streamed(b'[{"delta": {"a": "STOP"}}]'))
    assert [one["error"] for one in first] == ["no-stop"]


def test_what_follows_the_array_ends_it_with_an_error() -> None:
    whole = json.loads(streamed(b'[{"note": "fine"}]', b'{"note": "SECRET"}'))
    assert whole[0] == {"note": "fine"}
    assert whole[1]["error"] == "stream-not-followed"
