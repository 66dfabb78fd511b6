from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.cards.claims import claim_of, digest
from bartizan.guard.mcp.pins.definition import Kind, define

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["title", "description", "inputSchema", "annotations", "x"]), JSON))
def test_the_digest_is_the_one_of_pins(rest: dict[str, Any]) -> None:
    definition = {**rest, "name": "t"}
    assert digest(definition) == define(Kind.TOOL, definition).digest


@pytest.mark.parametrize("bad", [float("nan"), {1, 2}, "\ud800"])
def test_what_is_no_json_has_no_digest(bad: object) -> None:
    assert digest({"name": "t", "x": bad}) == ""


def test_whole_numbers_are_the_same_with_and_without_a_fraction() -> None:
    assert digest({"name": "t", "x": (1.0, 2.5)}) == digest({"name": "t", "x": [1, 2.5]})


def test_a_models_function_tool_is_a_definition_too() -> None:
    inner = {"name": "t", "description": "d", "parameters": {"properties": {"a": {"type": "string"}}}}
    claim = claim_of({"type": "function", "function": inner})
    assert (claim.name, claim.says, [one.name for one in claim.arguments]) == ("t", "d", ["a"])


def test_sections_of_a_description_tell_of_arguments() -> None:
    says = "Sends it.\n\nArgs:\n    who: The mail address\n    what (str): The text\n\nReturns:\n    nothing"
    claim = claim_of({"name": "t", "description": says, "params": ["who", 3]})
    assert claim.says.strip() == "Sends it."
    assert [(one.name, one.says) for one in claim.arguments] == [("who", "The mail address")]
    schema = {"properties": {"what": {"type": "string"}, "who": {"description": "own"}}}
    told = {one.name: one.says for one in claim_of({"name": "t", "description": says, "inputSchema": schema}).arguments}
    assert told == {"what": "The text", "who": "own"}


def test_names_of_arguments_beside_a_schema_add_to_it() -> None:
    claim = claim_of({"name": "t", "inputSchema": {"properties": {"a": {}}}, "params": ["a", "b"]})
    assert [one.name for one in claim.arguments] == ["a", "b"]


def test_references_and_alternatives_are_followed() -> None:
    schema = {
        "properties": {
            "level": {"$ref": "#/$defs/Level", "description": "how much"},
            "who": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "string"}}]},
            "kind": {"type": ["null", "string"]},
            "one": {"const": "x"},
        },
        "required": ["who"],
        "$defs": {"Level": {"type": "string", "enum": ["r", "w"]}},
    }
    level, who, kind, one = claim_of({"name": "t", "inputSchema": schema}).arguments
    assert (level.choices, level.says, level.kind) == (("r", "w"), "how much", "string")
    assert (who.many, who.kind, who.required) == (True, "string", True)
    assert (kind.kind, one.choices) == ("string", ("x",))


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": []},
        {"properties": {"a": 3}},
        {"properties": {"a": {"$ref": "#/nowhere/at"}}},
        {"properties": {"a": {"$ref": "#/properties/a"}}},
        {"properties": {"a": {"anyOf": [1]}}},
        {"required": 3},
        {"properties": {"a": {"enum": "xyz"}}},
        {"properties": {"a": {"type": ["null"]}}},
        {"properties": {"a": {"$ref": "http://x"}}},
        {"properties": {"a": {"$ref": "#/properties/b/c", "description": 3}, "b": 3}},
    ],
)
def test_schemas_that_are_none_are_passed_over(schema: dict[str, Any]) -> None:
    assert [one.says for one in claim_of({"name": "t", "inputSchema": schema}).arguments] == [""] * len(
        list(schema.get("properties", {}))
    )


def test_deep_and_wide_schemas_are_bounded() -> None:
    deep: dict[str, Any] = {}
    for _ in range(30):
        deep = {"type": "object", "properties": {"a": deep}}
    assert len(claim_of({"name": "t", "inputSchema": deep}).arguments) == 7
    wide: dict[str, Any] = {"properties": {f"a{number}": {} for number in range(2_000)}}
    assert len(claim_of({"name": "t", "inputSchema": wide}).arguments) == 500
    sample: dict[str, Any] = {}
    for _ in range(30):
        sample = {"a": sample}
    assert len(claim_of({"name": "t"}, sample).arguments) == 7


@given(JSON, JSON, JSON, JSON)
def test_no_definition_breaks_it(name: Any, says: Any, schema: Any, hints: Any) -> None:
    claim = claim_of({"name": name, "description": says, "inputSchema": schema, "annotations": hints, "title": says})
    assert claim.name == (name if isinstance(name, str) else "")
