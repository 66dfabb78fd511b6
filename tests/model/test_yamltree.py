"""YAML becomes a tree that knows its positions; whatever is not plain data is a clear error at its position."""

from __future__ import annotations

import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError, Place
from bartizan.model import yamltree as module
from bartizan.model.yamltree import Node, parse_yaml, to_yaml


def plain(text: str | bytes) -> object:
    return parse_yaml(text, "f.yaml").plain()


def refused(text: str | bytes) -> InputError:
    with pytest.raises(InputError) as error:
        parse_yaml(text, "f.yaml")
    return error.value


def entry(node: Node, key: str) -> tuple[Place, Node]:
    assert isinstance(node.value, dict)
    return node.value[key]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("TRUE", True),
        ("tRue", "tRue"),
        ("null", None),
        ("~", None),
        ("yes", "yes"),
        ("off", "off"),
        ("0", 0),
        ("-17", -17),
        ("+3", 3),
        ("10_000", "10_000"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-1.5E-2", -0.015),
        ("2026-11-23", "2026-11-23"),
        ("12:30", "12:30"),
        ("0x1F", "0x1F"),
        ("1.2.3", "1.2.3"),
        (".inf", ".inf"),
        ("9" * 50, "9" * 50),
        ("0." + "9" * 50, "0." + "9" * 50),
        ('"17"', "17"),
        ("'true'", "true"),
        ("!!str 17", 17),
        ("|\n  two\n  lines\n", "two\nlines\n"),
        ("Zürich", "Zürich"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = plain(text)

    assert found == value
    assert type(found) is type(value)


def test_an_empty_value_is_nothing() -> None:
    assert plain("a:\nb: ''\n") == {"a": None, "b": ""}


def test_keys_are_words_as_written() -> None:
    assert plain("1: a\ntrue: b\nnull: c\n") == {"1": "a", "true": "b", "null": "c"}


def test_positions_count_from_one() -> None:
    node = parse_yaml("a: 1\nlist:\n  - x\n  - {b: y}\n", "dir/f.yaml")
    place, items = entry(node, "list")
    assert isinstance(items.value, list)

    assert place == Place("dir/f.yaml", 2, 1)
    assert [item.place for item in items.value] == [Place("dir/f.yaml", 3, 5), Place("dir/f.yaml", 4, 5)]
    assert entry(items.value[1], "b") == (Place("dir/f.yaml", 4, 6), Node("y", Place("dir/f.yaml", 4, 9)))


def test_a_byte_order_mark_is_passed_over() -> None:
    assert plain(b"\xef\xbb\xbfid: a\n") == {"id": "a"}


def test_an_alias_is_the_same_value_at_its_own_position() -> None:
    node = parse_yaml("one: &x [1, 2]\ntwo: *x\n", "f.yaml")

    assert node.plain() == {"one": [1, 2], "two": [1, 2]}
    assert entry(node, "two")[1].place == Place("f.yaml", 2, 6)


def test_an_anchor_can_be_given_again() -> None:
    assert plain("a: &x 1\nb: *x\nc: &x 2\nd: *x\n") == {"a": 1, "b": 1, "c": 2, "d": 2}


def test_merge_keys_bring_in_what_is_not_said_there() -> None:
    text = "base: &b {x: 1, y: 2}\nout: {y: 3, <<: *b}\n"

    assert plain(text) == {"base": {"x": 1, "y": 2}, "out": {"x": 1, "y": 3}}


def test_of_several_merged_mappings_the_first_wins() -> None:
    text = "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nlist: {<<: [*a, *b]}\ntwice: {<<: *a, <<: *b}\n"
    found = plain(text)
    assert isinstance(found, dict)

    assert found["list"] == {"x": 1, "y": 2}
    assert found["twice"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\na: 2\n", "`a` stands twice in this mapping", 2),
        ("? [a]\n: 1\n", "a key must be a word, not a list, a mapping or an alias", 1),
        ("a: !!python/name:os.system x\n", "the tag `tag:yaml.org,2002:python/name:os.system` is not allowed", 1),
        ("a: !thing [x]\n", "the tag `!thing` is not allowed", 1),
        ("a: !!set {x}\n", "the tag `tag:yaml.org,2002:set` is not allowed", 1),
        ("a: 1\nb: *nowhere\n", "there is no anchor `nowhere`", 2),
        ("a: &x [*x]\n", "there is no anchor `x`", 1),
        ("a: 1\n---\nb: 2\n", "the file holds more than one document", 2),
        ("a: {<<: word}\n", "`<<` merges mappings only", 1),
        ("a: {<<: [{b: 1}, word]}\n", "`<<` merges mappings only", 1),
    ],
)
def test_what_is_not_plain_data_is_refused_where_it_stands(text: str, message: str, line: int) -> None:
    error = refused(text)

    assert error.message == message
    assert error.place is not None
    assert (error.place.file, error.place.line) == ("f.yaml", line)


def test_a_repeated_key_names_the_first() -> None:
    assert refused("x: 1\nab: 1\ny: 2\nab: 3\n").help == "the first one is at line 2"


@pytest.mark.parametrize("text", ["a: [1, 2\n", "a: 'open\n", "a: b: c\n", "\ta: 1\n", "- a\nb: 1\n", "@x", "%FOO"])
def test_broken_syntax_names_the_line(text: str) -> None:
    error = refused(text)

    assert error.message.startswith("this is not valid YAML: ")
    assert error.place is not None
    assert error.place.line >= 1


@pytest.mark.parametrize("text", ["a: \x07\n", "a: \x1b[31m\n"])
def test_control_characters_are_refused(text: str) -> None:
    error = refused(text)

    assert error.message.startswith("this is not valid YAML: ")
    assert "\n" not in error.message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n"])
def test_an_empty_file_says_how_to_begin(text: str) -> None:
    error = refused(text)

    assert error.message == "the file is empty"
    assert "bartizan init" in error.help


def test_a_binary_file_is_named_as_one() -> None:
    assert refused(b"\x7fELF\0\0\0").message == "this is a binary file, not YAML"


def test_text_that_is_not_utf8_names_the_line() -> None:
    error = refused("a: 1\nb: Zürich\n".encode("latin-1"))

    assert error.message == "the file is not UTF-8 text"
    assert error.place == Place("f.yaml", 2)
    assert error.help == "save it as UTF-8"


def test_a_file_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 10)
    error = refused(b"[[[[[[[[[[[[[[")

    assert error.message == "the file has 14 bytes, more than the 10 that a system description may have"
    assert "include" in error.help


def test_nesting_is_bounded() -> None:
    deep = module.MAX_DEPTH

    assert plain("[" * deep + "]" * deep) is not None
    assert refused("[" * 100_000).message == f"the document is nested deeper than {deep} levels"
    assert refused("{a: " * 100 + "1" + "}" * 100).message == f"the document is nested deeper than {deep} levels"


def test_a_small_file_can_not_become_a_large_tree() -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]" for n in range(1, 10)]
    error = refused("\n".join(lines))

    assert error.message == f"aliases expand the document to more than {module.MAX_NODES:,} values"
    assert error.place is not None
    assert error.place.line == 7


SCALARS = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_written_reads_back(value: object) -> None:
    text = to_yaml(value)
    try:
        expected = yaml.safe_load(text)
    except yaml.YAMLError:
        return  # characters that YAML can't hold
    assert parse_yaml(text, "f.yaml").plain() == expected == value


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_any_input_is_a_tree_or_an_input_error(content: str | bytes) -> None:
    try:
        node = parse_yaml(content, "f.yaml")
    except InputError:
        return
    assert isinstance(node, Node)


def test_keys_keep_their_order() -> None:
    assert to_yaml({"b": 1, "a": [2], "ü": "ö"}) == '{"b":1,"a":[2],"ü":"ö"}'


def test_huge_exponents_are_numbers_all_the_same() -> None:
    found = plain("1e300")

    assert isinstance(found, float)
    assert math.isfinite(found)
