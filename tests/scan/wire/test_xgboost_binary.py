"""XGBoost's binary form is walked to its end, in all of its versions; what doesn't add up is malformed."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds
from tests.scan.wire.xgboost_files import model, name, parameters, tree, trees

WEIGHTS = parameters(5, 1, size=136) + struct.pack("<Q3f", 3, 0.1, 0.2, 0.3)
DROPPED = struct.pack("<Q2f", 2, 1.0, 0.5)
PRUNED = tree([(-1, -1, 0), (-1, -1, -1), (-1, -1, -1)], deleted=2)
TWO = struct.pack("<Q2f", 2, 0.1, 0.2)
SOUND = {
    "trees": model(trees(tree(), PRUNED), attributes={"objective": "{}", "note": "ä" * 300}),
    "none": model(trees()),
    "linear": model(WEIGHTS, kind="gblinear", objective="reg:linear"),
    "dart": model(trees(tree(), tree()) + DROPPED, kind="dart"),
    "dart of none": model(trees(), kind="dart"),
    "old": model(trees(tree(leaves=2, leaf_vector=TWO)), version=(0, 0)),
    "old metrics": model(
        trees(tree()), version=(0, 0), metrics=1, end=struct.pack("<Q", 2) + name("auc") + name("error")
    ),
    "old poisson": model(trees(), version=(0, 0), objective="count:poisson", end=name("0.7")),
    "older poisson": model(trees(), version=(0, 0), objective="count:poisson"),
    "old buffer": model(trees(tree(), buffered=3), version=(0, 0), end=bytes(24)),
    "two": model(trees(tree(leaves=1)), version=(2, 1), metrics=1, attributes={"metrics": "auc;"}),
}


@pytest.mark.parametrize("body", SOUND.values(), ids=SOUND)
def test_each_version_and_booster_is_walked_to_its_end(body: bytes) -> None:
    found = examined(body, "model.bin")
    assert (found.formats, found.findings, found.verdict) == (["xgboost"], [], Verdict.SAFE)
    assert found.facts["features"] == ["5"]
    assert fired(examined(body + b"hidden", "model.bin")) & {"bytes-unaccounted", "malformed-file"}


@pytest.mark.parametrize("body", SOUND.values(), ids=SOUND)
@pytest.mark.parametrize("missing", [1, 3, 9])
def test_what_ends_early_is_malformed(body: bytes, missing: int) -> None:
    if body != SOUND["older poisson"] or missing == 1:
        assert "malformed-file" in fired(examined(body[:-missing], "model.bin"))


def test_facts_are_taken() -> None:
    assert examined(SOUND["trees"]).facts["library"] == ["XGBoost 1.2"]
    assert examined(SOUND["old"]).facts["library"] == ["XGBoost before 1"]
    assert examined(SOUND["linear"]).facts["objective"] == ["reg:linear"]


@pytest.mark.parametrize(
    "booster",
    [
        trees(tree([])), trees(tree(deleted=1)), trees(tree([(1, 3, 0), (-1, -1, 0), (-1, -1, 0)])),
        trees(tree([(-2, -1, 0)])), trees(count=1 << 30), trees(tree(), buffered=-1), trees(tree(leaves=2)),
        trees(tree([(-1, -1, -1)])),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_malformed(booster: bytes) -> None:
    assert fired(examined(model(booster), "model.bin")) == {"malformed-file"}


def test_a_weight_for_each_tree() -> None:
    assert fired(examined(model(trees(tree()) + DROPPED, kind="dart"))) == {"malformed-file"}


@pytest.mark.parametrize("place", ["learner", "tree"])
def test_bytes_in_reserved_room_are_told(place: str) -> None:
    body = model(trees(tree()), more=b"\x80\x04hidden") if place == "learner" else model(trees(tree(more=b"hidden")))
    assert fired(examined(body)) == {"bytes-unaccounted"}


def test_texts_without_end() -> None:
    body = model(trees(), attributes={})
    assert fired(examined(body[:-8] + struct.pack("<Q", 1 << 60))) == {"malformed-file"}
    assert fired(examined(body[:-8] + struct.pack("<Q", 600_000) + bytes(9_600_000))) == {"limit-reached"}


def test_many_nodes() -> None:
    nodes = [(-1, -1, 0)] * 40_000
    assert examined(model(trees(tree(nodes)))).verdict is Verdict.SAFE
    nodes[39_999] = (40_000, -1, 0)
    assert fired(examined(model(trees(tree(nodes))))) == {"malformed-file"}


@given(st.sampled_from(sorted(SOUND)), st.integers(0, 900), st.binary(min_size=1, max_size=8))
def test_whatever_the_bytes_the_scanner_bears_it(body: str, place: int, value: bytes) -> None:
    assert holds(SOUND[body], "model.bin", place, value)
