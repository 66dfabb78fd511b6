"""Files of pins: read back as they were written, made to be read, and not to be changed by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.mcp.pins import Approval, Kind, Pins, Reached, parse_pins, pins_of, render_pins, repinned
from bartizan.guard.mcp.pins.reached import name_of, reached
from bartizan.guard.mcp.pins.render import render_yaml
from bartizan.model import InputError
from bartizan.model.yamltree import parse_yaml
from tests.guard.mcp.pins.made import APPROVAL, listed, pinned, prompt, template, tool

LATER = Approval(by="paul", at="2026-12-01T00:00:00Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    " \n\ta:#-'\"|>{}[]&*!%@`\\,?", max_size=12
) | st.sampled_from(
    ["true", "No", "~", "null", "1e5", "0x1", "<<", ".5", "- a", "a: b", "|", "a\n", "a\n\n", " a\nb", "a\n  b\n",
     "a\r\nb",
     "\u2028", "\x85a\nb", "---\na", "a\n...\nb", "# x\ny", "\tb\nc", "a \nb", "\ufeff", "a\n\n\nb", "\n", "\na"]
)  # fmt: skip
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**29), 10**29)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
def test_yaml_is_read_back_as_the_same(value: dict[str, Any]) -> None:
    assert json.dumps(parse_yaml(render_yaml(value).encode(), "x").plain()) == json.dumps(value)


def test_yaml_is_made_to_be_compared_line_by_line() -> None:
    text = render_yaml({
        "description": "First line.\n\nThird line, with `code`.\n", "hidden": "a\u200bb", "list": ["a", 1, None],
        "schema": {"type": "object", "properties": {"a": {"type": "string"}}}, "empty": {}, "none": [],
        "long": ["x" * 90], "lines": "a\nb",
        "items": [{"a": 1}, {"a": {"b": {"c": {"d": 1}}}}, [[{"x": [1]}]], "text\nof two", {}], "yes": True,
    })  # fmt: skip
    assert (
        text
        == """\
description: |2
  First line.

  Third line, with `code`.
hidden: "a\\u200bb"
list: [a, 1, null]
schema:
  type: object
  properties:
    a: {type: string}
empty: {}
none: []
long:
  - LONG
lines: |2-
  a
  b
items:
  - {a: 1}
  - a:
      b:
        c: {d: 1}
  -
    -
      - x: [1]
  - |2-
    text
    of two
  - {}
"yes": true
""".replace("LONG", "x" * 90)
    )


def test_pins_are_read_back_as_they_were_written() -> None:
    pins = pinned(
        tool(description="Reads.\nAll of it."), prompt(), template(), name="fs", version="1", instructions="Hi"
    )
    text = render_pins(pins)
    assert parse_pins(text, "files.yaml") == pins
    assert b"description: |2-\n        Reads.\n        All of it.\n" in text
    assert text.startswith(b"# What was approved of the MCP server `files`")
    assert [one.name for one in pins.definitions()] == ["read_file", "greet", "file:///{path}"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b"Read a file.", b"Read any file.", "is not what its digest stands for"),
        (b"name: read_file", b"name: read_files", "is not what its digest stands for"),
        (b"name: read_file", b"nam: read_file", "can't be read"),
        (b"instructions: Hi", b"instructions: Ho", "are not those that its digest stands for"),
        (b"schema: bartizan/mcp-pins/1", b"schema: bartizan/mcp-pins/2", "must be"),
        (b"status: approved", b"status: good", "must be"),
    ],
)
def test_pins_that_were_changed_by_hand_are_refused(old: bytes, new: bytes, why: str) -> None:
    text = render_pins(pinned(tool(), instructions="Hi"))
    assert old in text
    with pytest.raises(InputError) as error:
        parse_pins(text.replace(old, new), "files.yaml")
    assert why in error.value.diagnostics()


def test_a_definition_that_is_pinned_twice_is_refused() -> None:
    pins = pinned(tool())
    twice = Pins(server="s\n", status="approved", by="a", at="b", digest=pins.digest, tools=[*pins.tools, *pins.tools])
    with pytest.raises(InputError, match="pinned twice"):
        parse_pins(render_pins(twice), "s.yaml")


def test_who_approved_stays_with_what_is_as_it_was() -> None:
    first = pins_of("s", Reached(), listed(tool(), tool("b")), Approval(by="nobody", at="a", status="first-use"))
    assert (first.status, first.tools[0].status) == ("first-use", "first-use")
    approved = pins_of("s", Reached(), listed(tool(), tool("b")), APPROVAL, before=first)
    assert [(pin.status, pin.by) for pin in approved.tools] == [("approved", "anna")] * 2
    later = pins_of("s", Reached(), listed(tool(), tool("b", "Other"), tool("c"), tool()), LATER, before=approved)
    assert [(str(pin.definition["name"]), pin.by) for pin in later.tools] == [
        ("b", "paul"),
        ("c", "paul"),
        ("read_file", "anna"),
    ]
    assert (later.by, later.digest) == ("paul", listed(tool(), tool("b", "Other"), tool("c")).digest)


def test_what_is_refused_is_kept_and_stays_so() -> None:
    pins = pins_of("s", Reached(), listed(tool(), tool("b")), APPROVAL, refused={(Kind.TOOL, "b")})
    assert pins.refused() == {(Kind.TOOL, "b")}
    assert [one.name for one in pins.definitions(refused=False)] == ["read_file"]
    again = pins_of("s", Reached(), listed(tool(), tool("b")), LATER, before=pins)
    assert again == pins_of("s", Reached(), listed(tool(), tool("b")), LATER, before=pins, refused={(Kind.TOOL, "b")})
    assert (again.refused(), again.tools[0].by) == (pins.refused(), "anna")
    changed = pins_of("s", Reached(), listed(tool(), tool("b", "Other")), LATER, before=again)
    assert (changed.refused(), changed.tools[0].by) == (pins.refused(), "paul")
    assert repinned(changed, listed(tool("b")), LATER, {(Kind.TOOL, "b")}).refused() == set()


def test_some_can_be_approved_and_the_rest_stays() -> None:
    before = pinned(tool(), tool("b"), tool("gone"), instructions="old")
    now = listed(tool(description="New."), tool("b", "New."), tool("c"), tool("d"), tool("c"), instructions="new")
    chosen = {(Kind.TOOL, "b"), (Kind.TOOL, "c"), (Kind.TOOL, "gone")}
    pins = repinned(before, now, LATER, chosen, refused={(Kind.TOOL, "d")})
    assert [(str(pin.definition["name"]), pin.by, pin.status) for pin in pins.tools] == [
        ("b", "paul", "approved"),
        ("c", "paul", "approved"),
        ("d", "paul", "refused"),
        ("read_file", "anna", "approved"),
    ]
    assert (pins.instructions, pins.by) == ("old", "anna")
    assert parse_pins(render_pins(pins), "s.yaml") == pins


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("npx -y @scope/server@1.2.3 /data", "npx -y @scope/server@1.2.3 /data"),
        ("srv --api-key abc --token=xyz --verbose", "srv --api-key '***' '--token=***' --verbose"),
        ("srv --password --port 1", "srv --password --port 1"),
        ("srv --password --port=1", "srv --password '***'"),
        ("docker run -e GITHUB_TOKEN=abc -e MODE=read image", "docker run -e 'GITHUB_TOKEN=***' -e MODE=read image"),
        ("srv https://u:p@host/x?token=1&a=b#f", "srv 'https://***@host/x?token=***&a=b'"),
        ("srv ghp_abcdefghij0123456789 x=sk-abcdefghij", "srv '***' 'x=***'"),
        ("srv --url=https://u:p@host/ --x=y", "srv '--url=https://***@host/' --x=y"),
        ("srv AbCdEfGhIj0123456789AbCdEfGhIj", "srv '***'"),
        ("srv sha256:aabbccddeeff00112233445566778899", "srv sha256:aabbccddeeff00112233445566778899"),
        ("srv http://[bad", "srv '***'"),
    ],
)
def test_how_a_server_is_reached_is_written_without_secrets(command: str, shown: str) -> None:
    assert reached(command=command.split()).shown == shown


def test_secrets_in_headers_and_addresses_are_masked() -> None:
    assert reached(command=["srv", "-H", "Authorization: Bearer x", "Accept: y"]).command[2:] == [
        "Authorization: ***",
        "Accept: y",
    ]
    url = reached(url="https://mcp.example.com/AbCdEf01234567890123456789012345/mcp?profile=dev&apiKey=1&b=")
    assert url.shown == "https://mcp.example.com/***/mcp?profile=dev&apiKey=***&b="
    assert reached().shown == ""


@pytest.mark.parametrize(
    ("command", "name"),
    [
        ("npx -y @modelcontextprotocol/server-filesystem@2025.8.21 /data", "modelcontextprotocol-server-filesystem"),
        ("uvx mcp-server-git", "mcp-server-git"),
        ("/usr/bin/python3 /srv/My Server.py", "my"),
        ("docker run -i --rm -e A=b ghcr.io/acme/tools:1.2", "tools"),
        ("C:\\tools\\Thing.exe", "thing"),
        ("npx", "npx"),
        ("npx ###", "server"),
    ],
)
def test_a_server_has_a_name_by_its_command(command: str, name: str) -> None:
    assert name_of(command=command.split()) == name


def test_a_server_has_a_name_by_its_address() -> None:
    assert name_of(url="https://mcp.example.com/mcp") == "mcp.example.com"
    assert name_of(url="http://127.0.0.1:8000/files/sse") == "127.0.0.1-files"
    assert name_of() == "server"
