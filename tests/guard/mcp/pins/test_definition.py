"""Definitions: one canonical form, and what can't be pinned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.mcp.pins import Kind, Unpinnable, define, make_listing
from bartizan.guard.mcp.pins.definition import canonical, digest_of, normal
from tests.guard.mcp.pins.made import item, listed, prompt, template, tool

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc$ü", max_size=4), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text("abc", max_size=3), JSON, max_size=4), st.randoms())
def test_the_digest_depends_on_no_order_of_members_and_no_form_of_whole_numbers(value: Any, chance: Any) -> None:
    def shuffled(one: Any) -> Any:
        if isinstance(one, dict):
            pairs = list(one.items())
            chance.shuffle(pairs)
            return {key: shuffled(inner) for key, inner in pairs}
        if isinstance(one, list):
            return [shuffled(inner) for inner in one]
        if isinstance(one, int) and not isinstance(one, bool):
            return float(one)
        return one

    assert digest_of(normal(shuffled(value))) == digest_of(normal(value))
    assert json.loads(canonical(normal(value))) == value


def test_a_definition_has_its_name_its_description_and_its_arguments() -> None:
    one = tool()
    assert (one.name, one.description, one.schema["required"]) == ("read_file", "Read a file.", ["path"])
    assert define(Kind.TOOL, {"name": "a", "description": 5}).description == ""
    assert define(Kind.TOOL, {"name": "a"}).schema == {}


def test_a_prompt_has_a_schema_of_texts_and_a_template_has_none() -> None:
    assert prompt().schema == {
        "type": "object",
        "properties": {"who": {"type": "string", "description": "Whom to greet"}},
        "required": ["who"],
    }
    odd = define(Kind.PROMPT, {"name": "x", "arguments": [{"name": 5}, "a", {"name": "b"}]})
    assert odd.schema == {"type": "object", "properties": {"b": {"type": "string"}}, "required": []}
    assert define(Kind.PROMPT, {"name": "x", "arguments": 5}).schema["properties"] == {}
    assert template().schema == {}
    assert template().name == "file:///{path}"
    assert (Kind.TEMPLATE.words, Kind.TOOL.words) == ("resource template", "tool")


def deep(levels: int) -> Any:
    made: Any = "x"
    for _ in range(levels):
        made = [made]
    return made


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([], "no object"),
        ({"description": "x"}, "`name`"),
        ({"name": ""}, "`name`"),
        ({"name": "n" * 600}, "`name`"),
        ({"name": 5}, "`name`"),
        ({"name": "a", "x": float("nan")}, "number that is none"),
        ({"name": "a", "x": float("inf")}, "number that is none"),
        ({"name": "a", "x": 10**31}, "too large"),
        ({"name": "a", "x": b"bytes"}, "what JSON doesn't"),
        ({"name": "a", "x": "\ud800"}, "surrogate"),
        ({"name": "a", "\udfff": 1}, "surrogate"),
        ({"name": "a", "x": deep(40)}, "nested more than"),
        ({"name": "a", "x": [1] * 20_001}, "values"),
        ({"name": "a", "description": "x" * 300_000}, "larger than"),
    ],
)
def test_what_nobody_can_review_is_not_pinned_and_says_why(value: Any, why: str) -> None:
    with pytest.raises(Unpinnable, match=why):
        define(Kind.TOOL, value)


def test_a_listing_names_what_it_leaves_out() -> None:
    made = make_listing([(Kind.TOOL, item()), (Kind.TOOL, {"name": "bad", "x": float("nan")}), (Kind.PROMPT, 5)])
    assert [one.name for one in made.definitions] == ["read_file"]
    assert [(kind, name) for kind, name, _ in made.unpinnable] == [(Kind.TOOL, "bad"), (Kind.PROMPT, "")]


def test_the_digest_of_a_listing_knows_no_order_and_knows_instructions() -> None:
    one, two = tool("one"), tool("two")
    assert listed(one, two).digest == listed(two, one).digest
    assert listed(one, two).digest != listed(one, two, instructions="hello").digest
    assert listed(one, prompt()).of(Kind.PROMPT) == [prompt()]
