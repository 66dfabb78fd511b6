from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.agents.source import Lines, front_matter, json_tree, text_of, toml_tree
from bartizan.scan.agents.tree import found, get, text
from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=15,
)


@given(JSON)
def test_json_is_read_as_it_was_written(value: object) -> None:
    node, twice = json_tree(json.dumps(value, indent=1))
    assert node.plain() == value
    assert not twice


def test_comments_and_trailing_commas_are_allowed_and_lines_known() -> None:
    node, twice = json_tree('// first\n{\n  "a": 1, /* x\n */\n  "b": [1, "\\u0041",],\n  "a": 2,\n}\n')
    assert node.plain() == {"a": 2, "b": [1, "A"]}
    assert twice == [("a", 6)]
    [(_, one)] = found(node, ["b"])
    assert one.place.line == 5


@pytest.mark.parametrize("bad", ['{"a"', "{a: 1}", '{"a": 1} x', "[" * 100, '"a', '{"a": 1e}', ""])
def test_what_is_no_json_is_told(bad: str) -> None:
    with pytest.raises(Malformed):
        json_tree(bad)


@given(st.text(alphabet=st.sampled_from('{}[]",:/*\\ntrue1 \n'), max_size=80))
def test_any_text_ends_in_a_tree_or_a_word(text: str) -> None:
    told: list[str] = []
    try:
        told.append(type(json_tree(text)[0]).__name__)
    except Malformed as error:
        told.append(error.message)
    assert all(told)


def test_lines_of_toml_are_known() -> None:
    node = toml_tree('model = "x"\n[mcp_servers.docs]\ncommand = "npx"\n[mcp_servers.docs.env]\nTOKEN = "t"\n')
    [(_, token)] = found(node, ["mcp_servers", "*", "env", "TOKEN"])
    assert (token.value, token.place.line) == ("t", 5)
    with pytest.raises(Malformed):
        toml_tree("a = = b")


def test_front_matter_that_is_no_yaml_is_read_line_by_line() -> None:
    front, body = front_matter("---\nname: x\ndescription: Use when: it fits\nallowed-tools: Bash\n---\nText")
    assert text(get(front, "allowed-tools")) == "Bash"
    assert body == len("---\nname: x\ndescription: Use when: it fits\nallowed-tools: Bash\n---\n")
    assert front_matter("no front")[0] is None


def test_text_is_decoded_and_bounded() -> None:
    assert text_of(MemoryContent("ä\r\nb".encode("utf-16"))) == "ä\nb"
    assert text_of(MemoryContent(b"\xef\xbb\xbfx")) == "x"
    assert text_of(MemoryContent(b"a\xffb")) == "a\ufffdb"
    with pytest.raises(Malformed):
        text_of(MemoryContent(b"\0\1\2"))
    with pytest.raises(LimitReached):
        text_of(MemoryContent(b" " * (9 << 20)))


def test_lines_are_counted_from_one() -> None:
    lines = Lines("a\nb\n")
    assert [lines.at(0), lines.at(1), lines.at(2), lines.at(4)] == [1, 1, 2, 3]
