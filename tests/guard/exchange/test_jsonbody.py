"""Bodies that no two readers can read in two ways."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import BodyError, decode_body, encode_body
from bartizan.guard.exchange.jsonbody import decode_text, encode_text

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(TREES)
def test_what_is_written_is_read_again(tree: object) -> None:
    assert decode_body(encode_body(tree)) == tree


def test_half_a_surrogate_pair_comes_back_as_it_came() -> None:
    tree = decode_text('["\\ud83d", "\\u00e9"]')
    assert json.loads(encode_text(tree)) == tree
    assert encode_body(tree)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"a": 1, "a": 2}', "twice"),
        (b'[{"b": {"a": 1, "a": 1}}]', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"\xff{}", "UTF-8"),
        (b"{} {}", "not JSON"),
        (b"", "not JSON"),
        (b"[" + b"9" * 5000 + b"]", "too many digits"),
        (b"[" * 101 + b"]" * 101, "nested"),
        (b"[" * 100_000 + b"]" * 100_000, "nested"),
        (b'{"a":' * 150 + b"1" + b"}" * 150, "nested"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BodyError, match=said):
        decode_body(data)


def test_many_containers_beside_each_other_are_not_deep() -> None:
    assert decode_body(b"[" + b"[1]," * 500 + b"{}]")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(BodyError):
        assert decode_body(encode_body(decode_body(data))) == decode_body(data)
