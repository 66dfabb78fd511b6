"""Expressions as trees: written back as they were, and read for what they begin with and mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.store.regexes import Group, Reference, edge, layouts, parse, walk, written


@pytest.mark.parametrize(
    "pattern",
    [
        r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
        r"(?P<value>[^]\]a-z]+?)\s*[=:]\s*(?:x|)",
        r"(?<name>a)(?'other'b)\k<name>\1(?P=name)",
        r"(?<=a)(?!b)(?>c)(?i:d)e*+f{2,}?g{3}h{4,5}i?",
        r"[[:alpha:]_]\x41\x{1F600}é\pL\p{Lu}[\\\]]",
        r"a{b}{,3}^$\A\Z",
        "",
        "|a|",
    ],
)
def test_what_is_read_is_written_as_it_was(pattern: str) -> None:
    assert written(parse(pattern)[0]) == pattern


def test_flags_at_the_start_and_comments_are_taken_off() -> None:
    tree, flags = parse("(?i)(?s)a(?#note)b")
    assert (written(tree), flags) == ("ab", "is")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("a)", "never open"),
        ("(a", "not closed"),
        ("[a", "class is not closed"),
        ("[\\", "class is not closed"),
        ("*a", "repeats nothing"),
        ("a{3,2}", "ends before it begins"),
        ("\\", "backslash"),
        ("(?|a)", "not understood"),
        ("a(?i)b", "not understood"),
        ("(" * 100, "too deep"),
    ],
)
def test_what_is_none_is_said(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        (r"abc\d", "word", "word"),
        (r"-----BEGIN\s", "other", "other"),
        (r"\+?\d{3}", "mixed", "word"),
        (r"x?y?z", "word", "word"),
        (r"x*", "mixed", "mixed"),
        (r"(?:a|-)b(?:c|d)", "mixed", "word"),
        (r".a[\w.]", "mixed", "mixed"),
        (r"(?=a)a\p{L}", "mixed", "mixed"),
        (r"[[:digit:]]é", "mixed", "mixed"),
        (r"^a|b$", "mixed", "mixed"),
        (r"[\s,;]+x", "other", "word"),
    ],
)
def test_edges_are_told(pattern: str, first: str, last: str) -> None:
    tree, _ = parse(pattern)
    assert (edge(tree), edge(tree, last=True)) == (first, last)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\d{3}-\d{2}-\d{4}", ["###-##-####"]),
        (r"(?:\d{9}|\d\d[0-9] \d{2}\.\d{4})", ["#########", "### ##.####"]),
        (r"(\d{8,17})", ["#{8,17}"]),
        (r"\d{3}-?\d{2}", None),
        (r"\d+", None),
        (r"\d{2,}?", None),
        (r"[1-9]\d{3}", None),
        (r"\d--\d", None),
        (r"-\d", None),
        (r"\d{3}-", None),
        (r"\d(?: )\d", None),
        ("|".join([r"\d", ""]), None),
        (r"\d-\d-\d-\d-\d-\d-\d", None),
    ],
)
def test_layouts_of_digits_are_recognised(pattern: str, expected: list[str] | None) -> None:
    assert layouts(parse(pattern)[0]) == expected


def test_all_nodes_are_walked() -> None:
    nodes = list(walk(parse(r"(a(?:b{2}))\1")[0]))
    assert sum(isinstance(node, Group) for node in nodes) == 2
    assert isinstance(nodes[-1], Reference)


@given(st.text(alphabet="ab01\\()[]{}|*+?.^$-,:=<>!", max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        tree, _ = parse(text)
    except ValueError:
        return
    again, _ = parse(written(tree))
    assert written(again) == written(tree)
    edge(tree)
    layouts(tree)
