from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.injection.features import SLOTS
from bartizan.inspection.injection.model import Header, Model, dump_model, load_model, packaged_model
from bartizan.inspection.injection.scorer import packaged_rules
from bartizan.inspection.injection.signals import SIGNALS
from bartizan.model import InputError

HEADER = Header(version="0", slots=SLOTS, scale=0.5, bias=-1.0, threshold=0.5, rules={"x": 1.0}, digests={"a": "b"})


def made(header: Header = HEADER, size: int = SLOTS) -> bytes:
    return dump_model(Model(header, np.arange(size).astype(np.int8)))


def test_a_model_is_read_as_it_was_written() -> None:
    model = load_model(made(), "m")
    assert model.header == HEADER
    assert model.weights.tolist() == np.arange(SLOTS).astype(np.int8).tolist()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no injection model"),
        (b"\x80\x04." + made()[3:], "is no injection model"),
        (made()[:8] + b"\xff\xff\xff\xff" + made()[12:], "is no injection model"),
        (made()[:12] + b"x" + made()[13:], "header that can't be read"),
        (made()[:-1], f"holds {SLOTS - 1} weights, not {SLOTS}"),
        (made(msgspec.structs.replace(HEADER, slots=8), 8), f"holds 8 weights, not {SLOTS}"),
        (made()[:40], "header that can't be read"),
    ],
)
def test_what_breaks_the_format_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_model(data, "m")


@given(st.binary(max_size=200), st.integers(0, 300))
def test_bytes_at_random_are_refused(data: bytes, place: int) -> None:
    for broken in (data, made()[:place] + data):
        with pytest.raises(InputError):
            load_model(broken, "m")


def test_the_packaged_model_knows_the_packaged_rules_and_what_it_learnt_from() -> None:
    header = packaged_model().header
    assert set(header.rules) <= {*SIGNALS, *packaged_rules().names}
    assert {"agt_smoke/1", "calm/0", "grammar/1"} <= set(header.digests)


def test_the_packaged_model_is_small() -> None:
    assert len(dump_model(packaged_model())) < 2_000_000
