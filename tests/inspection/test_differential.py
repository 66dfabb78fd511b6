"""With Vectorscan and without it the same spans are found; in little text and in much."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection import Inspector, Policy, detect
from tests.inspection.small_types import SMALL, found, small

pytest.importorskip("hyperscan", reason="no wheel of Vectorscan here")

FAST, PLAIN = small(), small(plain=True)
PIECES = [
    "4012 8888 8888 1881", "4012888888881881", "1234567", "login", "plate", "AB1234",
    "a.b@c.de", "x@y.com,z@y.com", "tok_abcdefgh1234", "password = hunter2x", "ISBN 012345678X", "0-1234-5678-9",
    "CH42", "\n", " ", "é", "-", "_",
    "x", "bG9naW4gMTIzNDU2Nw==", "login%201234567", "&#64;", "\\n", "**",
    "card",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(TEXTS)
def test_the_fallback_finds_the_same(text: str) -> None:
    assert FAST.inspect(text) == PLAIN.inspect(text)


@given(TEXTS)
def test_arrays_and_single_numbers_are_the_same(text: str) -> None:
    padding = " " * detect.FEW
    alone = found(text, FAST)
    assert found(text + padding, FAST) == alone


CALM = [
    "anna", "Anna Meier", "my name is", "Dr.", "password", "passphrase:", "is", "the", "answer", "goes", "Hunter",
    "api", "key", "legal winner thank year wave sausage worth useful legal winner thank yellow", "card", "born in",
    "May", "Street", "averyveryverylongword", "-", "(", ",", "\n", "Call", "Mueller",
]  # fmt: skip


@cache
def of_all_types() -> Inspector:
    """With all types; compiling them takes ten seconds, so not while tests are collected."""
    return Inspector(Policy(types=["all"]))


@given(st.lists(st.sampled_from(CALM), max_size=24).map(" ".join))
def test_calm_texts_hold_what_a_whole_look_finds(text: str) -> None:
    fast, data = of_all_types(), text.encode()
    hits = fast.records(data + b"\n", np.array([len(data)]))
    told = list(zip((hits.types[kind] for kind in hits.kind), hits.start.tolist(), hits.end.tolist(), strict=True))
    assert [(span.type, span.start, span.end) for span in fast.inspect(text).spans] == told


def test_all_packaged_types_agree_on_their_own_examples() -> None:
    fast, plain = of_all_types(), Inspector(Policy(types=["all"]), plain=True)
    chosen = sorted(fast.known)[::9]
    for name in chosen:
        entry = fast.known[name]
        text = " ; ".join([*entry.hits, *entry.misses]).replace("«", "").replace("»", "")
        assert fast.inspect(text) == plain.inspect(text), name


def test_small_types_are_known() -> None:
    assert FAST.known == SMALL
