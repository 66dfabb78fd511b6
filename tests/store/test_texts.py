"""YAML that is written and the JSON Schema for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model.yamltree import parse_yaml
from bartizan.store.schema import system_schema
from bartizan.store.yamltext import write_yaml
from tests.support import REPOSITORY

# What YAML can hold at all: no control characters, no halves of characters.
_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff\ufeff"), max_size=20)
_SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _TEXT
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(_TEXT.filter(lambda key: key != "<<"), _VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back_the_same(value: dict[str, Any]) -> None:
    assert parse_yaml(write_yaml(value), "x").plain() == value


@pytest.mark.parametrize(
    "text", ["1e3", "0o17", "1_000", "-.5", "+1", "no", "on", "null", "1.", "0x1f", "~", "2027-01-01"]
)
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    assert parse_yaml(write_yaml({"a": text}), "x").plain() == {"a": text}


def _systems() -> list[Path]:
    examples = [path for path in REPOSITORY.glob("examples/*/*.yaml") if path.parent.name not in ("agents", "gateway")]
    return [*sorted(examples), *sorted(REPOSITORY.glob("benchmarks/atlas/systems/*.yaml"))]


def test_the_schema_accepts_every_system_of_the_repository() -> None:
    schema = system_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    paths = _systems()
    assert paths
    wrong = {
        path.name: [error.message for error in validator.iter_errors(parse_yaml(path.read_bytes(), path.name).plain())]
        for path in paths
    }
    assert {name: errors for name, errors in wrong.items() if errors} == {}


@pytest.mark.parametrize(
    ("document", "fits"),
    [
        ({"id": "x", "components": {"a": {"kind": "agent", "configured_by": "team"}}}, True),
        ({"id": "x", "include": "a.yaml", "x-anchors": [1], "components": {}}, True),
        ({"zones": {"a": {"kind": "cloud"}}}, True),
        ({"id": "x", "componets": {}}, False),
        ({"id": "x", "components": {"a": {"kind": "agnet"}}}, False),
        ({"id": "x", "components": {"a": {"kind": "agent", "effect": ["read"]}}}, False),
        ({"id": "Not An Id", "components": {}}, False),
    ],
)
def test_the_schema_underlines_what_the_reader_refuses(document: dict[str, Any], fits: bool) -> None:
    assert jsonschema.Draft202012Validator(system_schema()).is_valid(document) is fits
