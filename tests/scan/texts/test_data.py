"""YAML without objects, JSON with bounds and with names that stand twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.repository.walk import entries
from bartizan.scan.texts.jsondata import pairing, read_json
from bartizan.scan.texts.yamldata import read_yaml


def test_yaml_builds_no_objects() -> None:
    documents, tags = read_yaml(b"a: !!python/object/apply:os.system [id]\nb: !!python/tuple [1]\nc: yes\nd: ~\n")
    assert [tag.tag for tag in tags] == ["object/apply:os.system", "tuple"]
    assert tags[0].line == 1
    assert documents == [{"a": ["id"], "b": ["1"], "c": True, "d": None}]


def test_yaml_that_grows_or_goes_in_circles() -> None:
    bomb = b"a0: &a0 [x]\n" + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b"*a%d, " % (n - 1) * 9) for n in range(1, 30))
    (data,), _ = read_yaml(bomb)
    assert sum(1 for _ in entries(data)) < 2_000
    (loop,), _ = read_yaml(b"a: &a\n  b: *a\n")
    assert len(list(entries(loop))) < 10
    with pytest.raises((LimitReached, Malformed)):
        read_yaml(b"[" * 5_000)


def test_json_has_bounds() -> None:
    twice: list[str] = []
    assert read_json(b'\xef\xbb\xbf{"a": 1, "a": 2}', twice.append) == {"a": 2}
    assert twice == ["a"]
    with pytest.raises(LimitReached):
        read_json(b"[" * 200_000)
    with pytest.raises(Malformed):
        read_json(b"{'a': 1}")


@given(st.binary(max_size=80))
def test_any_yaml_and_json(data: bytes) -> None:
    for read in (read_yaml, read_json):
        try:
            assert sum(1 for _ in entries(read(data))) >= 1
        except (Malformed, LimitReached):
            continue


def test_names_that_stand_twice() -> None:
    twice: list[str] = []
    assert pairing(twice.append, "all")([("a", 1), ("b", 2), ("b", 3)]) == {"a": 1, "b": 3, "all": [1, 2, 3]}
    assert pairing(twice.append, "all")([("a", 1), ("b", 2)]) == {"a": 1, "b": 2}
    assert twice == ["b"]


def test_a_name_that_stands_twice_after_many_others_is_found_at_once() -> None:
    twice: list[str] = []
    pairing(twice.append)([*((f"n{number}", 0) for number in range(300_000)), ("n299999", 1)])
    assert twice == ["n299999"]
