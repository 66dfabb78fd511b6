"""The kill switch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.limits import Block, Blocks, parse_blocks
from bartizan.guard.limits.blocks import KINDS, Kind, write_blocks
from bartizan.model import InputError

NOW = 1_000_000.0
CALL = {"principal": "alice", "application": "desk", "model": "gpt", "upstream": "eu"}
TOOL_CALL = {
    "agent": "bill-agent",
    "session": "s-1",
    "tool": "send",
    "server": "mail",
    "principal": "alice",
    "application": "desk",
}


def block(kind: Kind = "principal", name: str = "alice", until: float = NOW + 10, **more: float) -> Block:
    return Block(id=f"{kind}-{name}", kind=kind, name=name, until=until, by="jo", why="", **more)  # type: ignore[arg-type]


def find(blocks: Blocks, now: float = NOW) -> Block | None:
    return blocks.find("alice", "desk", "gpt", "gpt-2026-01-01", "eu", now)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in CALL])
def test_each_kind_blocks_what_it_names_and_nothing_else(kind: Kind) -> None:
    assert find(Blocks([block(kind, CALL[kind])])) == block(kind, CALL[kind])
    assert find(Blocks([block(kind, "other")])) is None


def test_a_model_is_also_blocked_by_the_name_that_is_sent() -> None:
    assert find(Blocks([block("model", "gpt-2026-01-01")])) is not None


def find_call(blocks: Blocks) -> Block | None:
    return blocks.find_call("alice", "desk", "bill-agent", "s-1", "mail", "send", NOW)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind in TOOL_CALL])
def test_each_kind_blocks_calls_of_what_it_names_and_no_others(kind: Kind) -> None:
    assert find_call(Blocks([block(kind, TOOL_CALL[kind])])) == block(kind, TOOL_CALL[kind])
    assert find_call(Blocks([block(kind, "other")])) is None
    assert find_call(Blocks([block(kind, TOOL_CALL[kind], until=NOW)])) is None
    assert find_call(Blocks()) is None


def test_every_kind_blocks_something() -> None:
    assert set(KINDS) == CALL.keys() | TOOL_CALL.keys()


@pytest.mark.parametrize("name", ["alice", "desk", "bill-agent"])
def test_an_agent_is_blocked_by_whatever_name_it_has(name: str) -> None:
    assert find_call(Blocks([block("agent", name)])) is not None
    assert (find(Blocks([block("agent", name)])) is None) is (name == "bill-agent")


def test_a_tool_is_blocked_at_one_server_or_at_all() -> None:
    assert find_call(Blocks([block("tool", "mail/send")])) is not None
    assert find_call(Blocks([block("tool", "bank/send")])) is None


def test_it_ends_by_itself_and_by_undo() -> None:
    blocks = Blocks([block()])
    assert find(blocks, NOW + 9) is not None
    assert find(blocks, NOW + 10) is None
    undone = Blocks([block(undone=NOW)])
    assert find(undone) is None
    assert not undone
    assert not block(undone=NOW).stands(NOW)


def test_of_two_the_one_that_stands_counts() -> None:
    short, long = block(until=NOW + 1), block(until=NOW + 100)
    blocks = Blocks([short, long])
    assert blocks
    assert find(blocks, NOW + 50) is long


def test_nothing_is_blocked_at_first() -> None:
    assert find(Blocks()) is None
    assert not parse_blocks(b"\n\n", "blocks.jsonl")


def test_a_file_comes_back_and_the_last_line_of_an_id_counts() -> None:
    first, second = block(), block("model", "gpt")
    undone = block(undone=NOW)
    read = parse_blocks(write_blocks([first, second, undone]), "blocks.jsonl")
    assert list(read.all) == [undone, second]


@pytest.mark.parametrize("line", [b"{}", b"\xff", b"[" * 100_000, b'{"id": "a", "kind": "planet"}'])
def test_a_line_that_is_no_block_is_named(line: bytes) -> None:
    with pytest.raises(InputError, match="no block") as caught:
        parse_blocks(write_blocks([block()]) + line, "blocks.jsonl")
    assert str(caught.value.place) == "blocks.jsonl:2"


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(InputError, match="too large"):
        parse_blocks(b"\n" * (17 << 20), "blocks.jsonl")


@given(st.binary(max_size=300), st.integers(0, 200))
def test_only_the_documented_error(garbage: bytes, at: int) -> None:
    whole = write_blocks([block(), block("model", "gpt")])
    try:
        read = parse_blocks(whole[:at] + garbage + whole[at:], "blocks.jsonl")
    except InputError:
        return
    assert all(isinstance(one, Block) for one in read.all)
