"""Schemas: what a change lets through that was not let through before."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.mcp.pins.references import Resolver, remote_references
from bartizan.guard.mcp.pins.schema import Way, compare_schemas

TEXT: dict[str, Any] = {"type": "string"}


def args(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


WIDER = [
    (args(), args(a=TEXT), "argument `a` is new"),
    (args(), {**args(a=TEXT), "required": ["a"]}, "argument `a` is new, and is required"),
    ({**args(a=TEXT), "required": ["a"]}, args(a=TEXT), "argument `a` is no longer required"),
    (args(a=TEXT), args(a={"type": ["string", "number"]}), "`/a` may also be `integer`, `number`"),
    (args(a=TEXT), args(a={}), "`/a` may also be of any type"),
    (args(a={"type": "integer"}), args(a={"type": "number"}), "`/a` may also be `number`"),
    (args(a={"enum": ["r"]}), args(a={"enum": ["r", "w"]}), "`/a` also takes `w`"),
    (args(a={"enum": [1]}), args(a={"enum": list(range(9))}), "`/a` also takes `0`, `2`, `3`, `4`, `5` and 3 more"),
    (args(a={"const": "r"}), args(a={}), "`/a` takes any value, not only listed ones"),
    (args(a={"maximum": 5}), args(a={"maximum": 50}), "`maximum` of `/a` was 5 and is 50"),
    (args(a={"maxLength": 5}), args(a={}), "`maxLength` of `/a` was 5 and is gone"),
    (args(a={"minimum": 5}), args(a={"minimum": 1}), "`minimum` of `/a` was 5 and is 1"),
    (args(a={"exclusiveMaximum": True}), args(a={}), "`exclusiveMaximum` of `/a` changed"),
    (args(a={"pattern": "^a$"}), args(a={}), "`/a` has no pattern any more"),
    (args(a={"pattern": "^a$"}), args(a={"pattern": ".*"}), "`/a` has another pattern"),
    (args(a={"format": "email"}), args(a={}), "`format` of `/a` changed"),
    ({**args(), "additionalProperties": False}, args(), "the whole takes members that nobody has described"),
    (args(), {**args(), "patternProperties": {"^x": {}}}, "the whole takes members named like `^x`"),
    (args(a={"items": TEXT}), args(a={"items": {"type": ["string", "null"]}}), "`/a/*` may also be `null`"),
    (args(a=False), args(a=TEXT), "`/a` may stand there now"),
    (args(a={"allOf": [TEXT, {"maxLength": 1}]}), args(a={"allOf": [TEXT]}), "held to fewer conditions (`allOf`)"),
    (args(a=TEXT), args(a={"anyOf": [TEXT, {"type": "null"}]}), "`/a` may also be `null`"),
    (args(a={"anyOf": [TEXT]}), args(a={"anyOf": [TEXT, {"enum": [1]}]}), "`/a` may also be of another form"),
    (args(a={"oneOf": [{"enum": ["r"]}]}), args(a={"oneOf": [{"enum": ["r", "w"]}]}), "`/a` also takes `w`"),
    ({**args(), "patternProperties": {"x": TEXT}}, {**args(), "patternProperties": {"x": {}}}, "of any type"),
    (
        {"$ref": "#/$defs/n", "$defs": {"n": args(next={"$ref": "#/$defs/n"}, to=TEXT)}},
        {"$ref": "#/$defs/n", "$defs": {"n": args(next={"$ref": "#/$defs/n"}, to={})}},
        "`/next/to` may also be of any type",
    ),
    ({**args(a={"$ref": "#t"}), "$defs": {"t": {"$anchor": "t", **TEXT}}}, args(a={}), "`/a` may also be"),
]


@pytest.mark.parametrize(("old", "new", "says"), WIDER, ids=range(len(WIDER)))
def test_what_lets_more_through_is_wider_and_its_opposite_is_not(old: Any, new: Any, says: str) -> None:
    found = compare_schemas(old, new)
    assert any(one.way is Way.WIDER and says in one.says for one in found), found
    back = compare_schemas(new, old)
    assert back
    assert "pattern" in says or not any(one.way is Way.WIDER for one in back), back


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (args(a=TEXT), args(), "argument `a` is gone"),
        (args(a=TEXT), {**args(a=TEXT), "required": ["a"]}, "argument `a` is now required"),
        (args(a=TEXT), args(a=False), "`/a` may not stand there any more"),
        (args(a={"enum": ["a", "b"]}), args(a={"enum": ["a"]}), "`/a` no longer takes `b`"),
        (args(a={}), args(a={"maximum": 3}), "`maximum` of `/a` is 3"),
        (args(a={}), args(a={"pattern": "x"}), "`/a` is held to a pattern"),
        (args(a={"anyOf": [TEXT, {"type": "null"}]}), args(a=TEXT), "`/a` may no longer be `null`"),
        (args(a={"anyOf": [TEXT]}), args(a={"anyOf": [{"type": "integer"}]}), "`/a` may no longer be `string`"),
    ],
)
def test_what_lets_less_through_is_narrower(old: Any, new: Any, says: str) -> None:
    assert any(one.way is Way.NARROWER and says in one.says for one in compare_schemas(old, new))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (args(a=TEXT), args(a={**TEXT, "default": "x"}), "`/a` has a default now"),
        (args(a={"default": 1}), args(a={"default": 2}), "`/a` has another default"),
        (args(a={"default": 1}), args(a={}), "`/a` has no default"),
        (args(a={"x-mcp-header": "A"}), args(a={"x-mcp-header": "B"}), "`x-mcp-header` of `/a` changed"),
        (args(), {**args(), "if": {"properties": {}}}, "`if` of the whole changed"),
    ],
)
def test_what_may_mean_anything_is_told_as_such(old: Any, new: Any, says: str) -> None:
    assert [(one.way, one.says) for one in compare_schemas(old, new)] == [(Way.OTHER, says)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"$ref": "#"}, {"$ref": "#"}),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, {}),
        (args(a={"$ref": "#/$defs/t"}, **{"b/c": TEXT}) | {"$defs": {"t": TEXT}}, args(a=TEXT, **{"b/c": TEXT})),
        (args(a={**TEXT, "title": "A", "description": "x"}), args(a={**TEXT, "title": "B"})),
        (args(a={"anyOf": [TEXT, {"type": "null"}]}), args(a={"anyOf": [{"type": "null"}, {**TEXT, "title": "x"}]})),
        (5, {"type": 7, "enum": "x", "required": "y", "properties": []}),
        (True, {}),
    ],
)
def test_what_lets_the_same_through_is_no_difference(old: Any, new: Any) -> None:
    assert compare_schemas(old, new) == []


def test_a_schema_that_is_a_bomb_is_told_as_too_large() -> None:
    def nested(leaf: Any) -> Any:
        for _ in range(100):
            leaf = {"items": leaf}
        return leaf

    wide = {"properties": {f"a{n}": {"anyOf": [{"$ref": "#"}, {"const": n}]} for n in range(400)}}
    many = {"properties": {f"a{n}": {"type": "string"} for n in range(21_000)}}
    for old, new in (
        (nested({}), nested({"type": "string"})),
        ({**wide, "x": "a" * 200_000}, {**wide, "x": "b" * 200_000}),
        (many, {**many, "x": 1}),
    ):
        assert compare_schemas(old, new)[-1].says == "the schema is too large to be compared as a whole"


def test_long_alternatives_are_compared_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.guard.mcp.pins.schema._MOST_BYTES", 1_000)
    old, new = ({"anyOf": [{"const": f"{n}{'x' * 100}{sign}"} for n in range(20)]} for sign in "ab")
    assert compare_schemas(old, new)[-1].says == "the schema is too large to be compared as a whole"


def test_references_are_followed_through_lists_escapes_and_beside_other_members() -> None:
    root = {
        "$defs": {"a/b": {"type": "string"}, "l": [{"type": "null"}], "yes": True, "t": "text", "n": {"$anchor": "n"}}
    }
    resolve = Resolver(root)
    assert resolve({"$ref": "#/$defs/a~1b", "title": "x"}) == {"type": "string", "title": "x"}
    assert resolve({"$ref": "#/$defs/l/0"}) == {"type": "null"}
    assert resolve({"$ref": "#/$defs/yes"}) is True
    assert resolve({"$ref": "#n"}) == {"$anchor": "n"}
    assert resolve({"$ref": "#/$defs/yes", "title": "x"}) is True
    for nowhere in ("#/$defs/l/9", "#/$defs/l/x", "#/$defs/none", "#none", "#/$defs/t", "http://example.org/s"):
        assert resolve({"$ref": nowhere}) == {"$ref": nowhere}


def test_references_that_leave_a_schema_are_found() -> None:
    schema = {"a": [{"$ref": "https://example.org/s.json"}], "b": {"$dynamicRef": "other.json"}, "c": {"$ref": "#/a"}}
    assert remote_references(schema) == ["https://example.org/s.json", "other.json"]


_KEYS = st.sampled_from(
    ["type", "enum", "const", "properties", "required", "anyOf", "allOf", "items", "$ref", "maximum",
     "additionalProperties",     "pattern", "default", "not", "prefixItems", "title"]
)  # fmt: skip
_SCHEMAS: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from([True, False, "string", "#", "#/properties/a", 5, None, ["a"], {}]),
    lambda inner: st.dictionaries(_KEYS | st.sampled_from(["a", "b"]), inner, max_size=4) | st.lists(inner, max_size=3),
    max_leaves=16,
)


@given(_SCHEMAS, _SCHEMAS)
def test_no_schema_makes_the_comparison_fail_and_none_differs_from_itself(old: Any, new: Any) -> None:
    assert compare_schemas(old, old) == []
    assert compare_schemas(old, new) == compare_schemas(old, new)
