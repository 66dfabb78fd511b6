"""Definitions that cost their readers more than they may: bombs are told, trees that refer to themselves are not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bartizan.guard.mcp.bounds import bad_definition, bad_name


def doubling(levels: int) -> dict[str, Any]:
    inner = {
        f"d{number}": {"anyOf": [{"$ref": f"#/$defs/d{number + 1}"}, {"$ref": f"#/$defs/d{number + 1}"}]}
        for number in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**inner, f"d{levels}": {"type": "string"}}}


def nested(levels: int) -> dict[str, Any]:
    tree: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        tree = {"items": tree}
    return tree


NODE = {"left": {"$ref": "#/$defs/node"}, "right": {"$ref": "#/$defs/node"}, "up": {"$dynamicRef": "#/$defs/node"}}
TREE = {"$ref": "#/$defs/node", "$defs": {"node": {"properties": NODE}}}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "object", "properties": {"a": {"type": "string"}}}, ""),
        (TREE, ""),
        ({"properties": {"again": {"$ref": "#"}}}, ""),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"$ref": "#/$defs/missing"}}}, ""),
        ({"properties": {"$ref": {"type": "string"}}}, ""),
        ({"$ref": "#/properties/a/b", "properties": {"a": 5}}, ""),
        (doubling(40), "unfolds"),
        (doubling(60), "unfolds"),
        (doubling(8), ""),
        (nested(60), "depth"),
        ({"$ref": "https://elsewhere.example/schema.json"}, "elsewhere"),
        ({"allOf": [{"$ref": "other.json#/a"}]}, "elsewhere"),
        ({"enum": ["x"] * 30_000}, "size"),
        ({"description": "x" * 500_000}, "size"),
        ({"x" * 500_000: {}}, "size"),
    ],
)
@pytest.mark.parametrize("member", ["inputSchema", "outputSchema"])
def test_what_a_schema_may_cost(schema: dict[str, Any], why: str, member: str) -> None:
    began = time.perf_counter()
    assert bad_definition({"name": "t", member: schema}) == why
    assert time.perf_counter() - began < 2


def test_a_definition_without_schemas_is_only_measured() -> None:
    assert bad_definition({"name": "t", "inputSchema": "none", "annotations": [True, None, 1.5]}) == ""


@pytest.mark.parametrize("name", ["", " ", "a\x00b", "a\nb", "x" * 513, "a\u202eb", "a\u200bb", None, 5, ["a"]])
def test_names_that_are_none(name: Any) -> None:
    assert bad_name(name)


@pytest.mark.parametrize("name", ["send_mail", "file:///a b", "grüße", "a__b", "x" * 512])
def test_names_that_are_some(name: str) -> None:
    assert not bad_name(name)
