"""No two tools of several servers can have the same name, whatever they are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.tool_name_validation import validate_tool_name

from bartizan.guard.mcp.names import LONGEST, Names, usable

SERVERS = st.lists(st.text("ab_-. é", min_size=1, max_size=8), min_size=2, max_size=4, unique=True)
TOOLS = st.text("ab_-. é", min_size=1, max_size=12) | st.text("x_", min_size=100, max_size=140)


def test_a_name_is_the_server_and_its_own_name() -> None:
    names = Names(["files", "mail"], prefix=True)
    assert names.shown("mail", "send") == "mail__send"
    assert names.split("mail__send") == ("mail", "send")
    assert names.join("mail", "task 1") == "mail__task 1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b__c"), ("a__b", "c")),
        (("a", "_c"), ("a_", "c")),
        (("A", "x"), ("a", "x")),
        (("a b", "x"), ("a-b", "x")),
    ],
)
def test_servers_with_underscores_and_other_cases_do_not_meet(one: tuple[str, str], other: tuple[str, str]) -> None:
    names = Names([one[0], other[0]], prefix=True)
    shown = {names.shown(*one).lower(), names.shown(*other).lower()}
    assert len(shown) == 2
    for server, tool in (one, other):
        assert names.split(names.shown(server, tool)) == (server, tool)


@given(SERVERS, TOOLS, TOOLS)
def test_names_meet_never_and_are_names_of_the_protocol(servers: list[str], one: str, other: str) -> None:
    names = Names(servers, prefix=True)
    seen: dict[str, tuple[str, str]] = {}
    for server in servers:
        for tool in {one, other}:
            shown = names.shown(server, tool)
            assert validate_tool_name(shown).is_valid
            assert seen.setdefault(shown, (server, tool)) == (server, tool)
            found = names.split(shown)
            assert found is not None
            assert found[0] == server
            assert (found[1] == tool) is names.plain(server, tool)
    assert names.shown(servers[0], one) == Names(servers, prefix=True).shown(servers[0], one)


def test_a_long_name_is_cut_and_told_apart() -> None:
    names = Names(["s"], prefix=True)
    one, other = names.shown("s", "x" * 200 + "1"), names.shown("s", "x" * 200 + "2")
    assert one != other
    assert len(one) <= LONGEST


def test_what_no_server_has_belongs_to_none() -> None:
    names = Names(["a", "b"], prefix=True)
    assert names.split("c__x") is None
    assert names.split("a") is None
    assert names.split("a__") is None


def test_one_server_can_keep_its_names() -> None:
    names = Names(["a"], prefix=False)
    assert names.shown("a", "send mail") == "send mail"
    assert names.split("b__x") == ("a", "b__x")
    assert names.join("a", "t") == "t"
    assert names.tag("a") == "a"
    assert Names([], prefix=False).split("x") is None


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb", "a\x85b", "a\u2028b", "x" * 600, 7, None])
def test_some_are_no_names(name: object) -> None:
    assert not usable(name)
    assert usable("send mail")
