"""JSON read as YAML: the same values, and places."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.model.jsontext import plain_json, yaml_ready
from bartizan.model.yamltree import parse_yaml

# Lone surrogates are no text; keys that long are no keys of YAML.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES, st.booleans(), st.sampled_from([None, "\t", 2]))
def test_any_json_is_read_as_what_it_says(value: Any, escaped: bool, indent: Any) -> None:
    content = json.dumps({"value": value}, ensure_ascii=escaped, indent=indent).encode()
    read = parse_yaml(yaml_ready(content, "x"), "x").plain()
    assert read == {"value": value}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff", "UTF-8"),
        (b"{", "not JSON"),
        (b"[1,]", "not JSON"),
        (b"a: 1", "not JSON"),
        (b"[" * 100_000, "nested deeper"),
        (b"NaN", "is no number"),
        (b"[-Infinity]", "is no number"),
        (b'{"a": 1, "b": 2, "a": 3}', "`a` stands twice"),
        (b"1" * 5_000, "too long"),
    ],
)
def test_what_is_no_json_is_told(content: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        yaml_ready(content, "x.json")


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(InputError) as caught:
        plain_json(b'{\n  "a" 1}', "x.json")
    assert str(caught.value.place) == "x.json:2:7"


def test_lines_stay_where_they_are() -> None:
    tree = parse_yaml(yaml_ready(b'{\n\t"a": "\\ud83d\\ude00\\/",\n\t"b": 2\n}', "x"), "x")
    assert isinstance(tree.value, dict)
    assert tree.value["a"][1].value == "\U0001f600/"
    assert tree.value["b"][0].line == 3
