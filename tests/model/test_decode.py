"""Trees become typed values; every mistake is told with its position, what was expected and the nearest word."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError, InputErrors, Level, Place
from bartizan.model.base import Id
from bartizan.model.decode import decode, nearest
from bartizan.model.yamltree import parse_yaml, to_yaml


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"
    YES = "yes"


class Part(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    name: str
    size: int = 0


class Left(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="left"):
    colour: Colour = Colour.RED


class Right(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="right"):
    parts: list[Part] = []


def read(text: str, type_: Any) -> Any:
    return decode(parse_yaml(text, "f.yaml"), type_)


def refused(text: str, type_: Any) -> InputError:
    with pytest.raises(InputError) as error:
        read(text, type_)
    return error.value


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("a", str, "a"),
        ("7", str, "7"),
        ("7", int, 7),
        ("7", float, 7.0),
        ("7.5", float, 7.5),
        ("true", bool, True),
        ("2026-11-23", date, date(2026, 11, 23)),
        ("green", Colour, Colour.GREEN),
        ("true", Colour, Colour.YES),
        ("yes", Colour, Colour.YES),
        ("[a, b]", list[str], ["a", "b"]),
        ("a", list[str], ["a"]),
        ("{a: 1, b: 2}", dict[str, int], {"a": 1, "b": 2}),
        ("null", str | None, None),
        ("a", str | None, "a"),
        ("3", Level | float | None, 3.0),
        ("high", Level | float | None, Level.HIGH),
        ("3", float | list[float], 3.0),
        ("[3, 4]", float | list[float], [3.0, 4.0]),
        ("{name: a}", str | Part, Part(name="a")),
        ("a", str | Part, "a"),
        ("{kind: left}", Left | Right, Left()),
        ("{kind: right, parts: {name: a}}", Right, None),
        ("1", Literal[1], 1),
        ("2", Literal[1, 2], 2),
        ("{a: [1, {b: null}]}", Any, {"a": [1, {"b": None}]}),
        ("abc-1", Annotated[str, msgspec.Meta(pattern="^[a-z]")], "abc-1"),
    ],
)
def test_values_are_read_as_their_types(text: str, type_: Any, value: object) -> None:
    if value is None and type_ is Right:
        assert refused(text, type_).message == "`parts` must be a list, not a mapping"
        return
    found = read(text, type_)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "type_", "message", "help_text"),
    [
        ("true", str, "this must be text, not `true`", ""),
        ("a", int, "this must be a whole number, not `a`", ""),
        ("1.5", int, "this must be a whole number, not `1.5`", ""),
        ("true", float, "this must be a number, not `true`", ""),
        ("1", bool, "this must be true or false, not `1`", ""),
        ("[1]", int, "this must be a whole number, not a list", ""),
        ("{a: 1}", str, "this must be text, not a mapping", ""),
        ("~", str, "this must be text, not nothing", ""),
        ("2026-13-23", date, "`2026-13-23` is not a date", "write dates as YYYY-MM-DD"),
        ("7", date, "this must be a date (YYYY-MM-DD), not `7`", ""),
        ("gren", Colour, "`gren` is not a word for this", "did you mean `green`?"),
        ("blue", Colour, "`blue` is not a word for this", "one of: green, red, yes"),
        ("false", Colour, "`false` is not a word for this", "one of: green, red, yes"),
        ("3", Colour, "`3` is not a word for this", "one of: green, red, yes"),
        ("~", list[str], "this must be a list, not nothing", ""),
        ("a", dict[str, int], "this must be a mapping, not `a`", ""),
        ("[a]", Part, "this must be a mapping, not a list", ""),
        ("{}", Part, "this lacks `name`", ""),
        ("{name: a, sise: 1}", Part, "`sise` is not a key of this", "did you mean `size`?"),
        ("{kind: left, parts: []}", Left | Right, "`parts` is not a key of this (kind `left`)", "one of: colour"),
        ("{colour: red}", Left | Right, "this lacks `kind`", "one of: left, right"),
        ("{kind: lift}", Left | Right, "`lift` is not a kind", "did you mean `left`?"),
        ("{kind: 3}", Left | Right, "`3` is not a kind", "one of: left, right"),
        ("a", Left | Right, "this must be a mapping, not `a`", ""),
        ("a", float | list[float], "this must be a number, not `a`", ""),
        ("[a]", float | list[float], "an item of this must be a number, not `a`", ""),
        ("[1]", Level | float | None, "a list is not a word for this", "one of: critical, high, low, medium"),
        ("big", Level | float | None, "`big` is not a word for this", "one of: critical, high, low, medium"),
        ("2", Literal[1], "this must be `1`, not `2`", ""),
        ("3", Literal[1, 2], "this must be `1` or `2`, not `3`", ""),
        ("Abc", Annotated[str, msgspec.Meta(pattern="^[a-z]")], "`Abc` does not fit this", ""),
        ("~", Annotated[str, msgspec.Meta(pattern="^[a-z]")], "this must be text, not nothing", ""),
    ],
)
def test_each_mistake_says_what_was_expected(text: str, type_: Any, message: str, help_text: str) -> None:
    error = refused(text, type_)

    assert error.message == message
    assert error.help == help_text
    assert error.place is not None
    assert error.place.file == "f.yaml"


def test_an_id_explains_what_an_id_is() -> None:
    error = refused("Has Spaces", Id)

    assert error.message == "`Has Spaces` does not fit this"
    assert error.help.startswith("an id has lower-case letters")


def test_a_wrong_key_of_a_mapping_is_told_at_the_key() -> None:
    error = refused("ok: 1\nNot Ok: 2\n", dict[Id, int])

    assert error.message == "`Not Ok` does not fit the key `Not Ok`"
    assert error.place == Place("f.yaml", 2, 1)


def test_all_mistakes_are_told_at_once_in_source_order() -> None:
    text = "kind: right\nparts:\n  - {sise: 1, name: a}\n  - size: big\n  - name: b\n    size: 2.5\n"
    error = refused(text, Left | Right)
    assert isinstance(error, InputErrors)

    assert [(each.message, each.place and (each.place.line, each.place.column)) for each in error.errors] == [
        ("`sise` is not a key of an item of `parts`", (3, 6)),
        ("an item of `parts` lacks `name`", (4, 5)),
        ("`size` must be a whole number, not `big`", (4, 11)),
        ("`size` must be a whole number, not `2.5`", (6, 11)),
    ]


def test_one_mistake_is_told_alone() -> None:
    assert not isinstance(refused("{}", Part), InputErrors)


@pytest.mark.parametrize(
    ("word", "words", "text"),
    [
        ("agnet", ["agent", "model"], "did you mean `agent`?"),
        ("zzz", ["b", "a"], "one of: a, b"),
        ("zzz", [], ""),
        ("zzz", [f"w{n:02}" for n in range(41)], "one of: " + ", ".join(f"w{n:02}" for n in range(40)) + ", ..."),
    ],
)
def test_the_nearest_word_helps(word: str, words: list[str], text: str) -> None:
    assert nearest(word, words) == text


@given(
    st.builds(
        Right,
        parts=st.lists(st.builds(Part, name=st.text("abc -:#'\"\n", max_size=6), size=st.integers(-9, 9)), max_size=3),
    )
)
def test_what_msgspec_writes_is_read_back(value: Right) -> None:
    assert read(to_yaml(msgspec.to_builtins(value)), Left | Right) == value
