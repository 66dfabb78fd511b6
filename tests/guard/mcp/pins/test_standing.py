"""What a gate is told about definitions when they are listed, and when they are called."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.pins import Approval, Kind, Reached, State, Watch, What, pins_of
from tests.guard.mcp.pins.made import APPROVAL, item, listed, pinned, tool

TOOL = Kind.TOOL


def states(watch: Watch, *items: Any, first: bool = True) -> list[State]:
    return [one.state for one in watch.listed(TOOL, items, first=first)]


def test_what_is_pinned_is_open_what_drifts_is_closed_and_what_nobody_knows_is_too() -> None:
    watch = Watch(pinned(tool(), tool("b")))
    assert states(watch, item(), item("b", "Changed."), item("c")) == [State.PINNED, State.DRIFTED, State.UNKNOWN]
    assert watch.called(TOOL, "read_file").open
    assert watch.called(TOOL, "read_file").reason == ""
    drifted = watch.called(TOOL, "b")
    assert not drifted.open
    assert drifted.reason == "it is no longer as it was approved (description-changed)"
    assert watch.called(TOOL, "c").reason == "nobody has approved it"
    assert watch.called(TOOL, "d").state is State.UNKNOWN


def test_what_was_not_listed_yet_is_taken_by_its_name() -> None:
    watch = Watch(pinned(tool()))
    assert watch.called(TOOL, "read_file").state is State.PINNED
    assert watch.called(TOOL, "read_file").digest == tool().digest
    assert watch.called(Kind.PROMPT, "read_file").state is State.UNKNOWN


def test_a_definition_that_comes_back_is_open_again() -> None:
    watch = Watch(pinned(tool()))
    assert states(watch, item(description="Changed.")) == [State.DRIFTED]
    assert not watch.called(TOOL, "read_file").open
    assert states(watch, item()) == [State.PINNED]
    assert watch.called(TOOL, "read_file").open


def test_two_that_share_a_name_close_it_on_one_page_and_over_several() -> None:
    watch = Watch(pinned(tool()))
    assert states(watch, item(), item(description="Changed.")) == [State.DRIFTED, State.DRIFTED]
    assert watch.called(TOOL, "read_file").changes[0].what is What.TWICE
    assert states(watch, item()) == [State.PINNED]
    assert states(watch, item(description="Changed."), first=False) == [State.DRIFTED]
    assert states(watch, item(), first=False) == [State.DRIFTED]
    assert states(watch, item(), item()) == [State.PINNED, State.PINNED]


def test_what_was_refused_stays_closed_whether_it_was_listed_or_not() -> None:
    pins = pins_of("s", Reached(), listed(tool(), tool("b")), APPROVAL, refused={(TOOL, "b")})
    watch = Watch(pins)
    assert watch.called(TOOL, "b").reason == "it was reviewed and refused"
    assert states(watch, item("b"), item()) == [State.REFUSED, State.PINNED]
    assert watch.called(TOOL, "b").state is State.REFUSED


def test_what_can_not_be_reviewed_is_closed() -> None:
    watch = Watch(pinned(tool()))
    assert states(watch, item(x=float("nan")), item("new", x=float("nan")), 5, {"name": 5}) == [
        State.DRIFTED,
        State.UNKNOWN,
        State.UNKNOWN,
        State.UNKNOWN,
    ]
    assert not watch.called(TOOL, "read_file").open


def test_lists_of_one_kind_say_nothing_of_another() -> None:
    watch = Watch(pinned(tool()))
    states(watch, item(description="Changed."))
    assert watch.listed(Kind.PROMPT, [{"name": "p"}])[0].state is State.UNKNOWN
    assert watch.called(TOOL, "read_file").state is State.DRIFTED


def test_instructions_are_held_to_what_was_approved() -> None:
    watch = Watch(pinned(tool(), instructions="Hi"))
    assert watch.instructions("Hi").open
    assert watch.instructions("Ho").reason == "it is no longer as it was approved (instructions-changed)"


def test_a_server_that_changes_for_ever_costs_little(monkeypatch: Any) -> None:
    monkeypatch.setattr("bartizan.guard.mcp.pins.standing._REMEMBERED", 3)
    watch = Watch(pins_of("s", Reached(), listed(tool()), Approval(by="a", at="b")))
    whats = []
    for number in range(9):
        judged = watch.listed(TOOL, [item(x=f"{number}" + "y" * 150_000)])[0]
        assert judged.state is State.DRIFTED
        whats.append(judged.changes[0].says)
    assert whats[0] != whats[-1]
    assert whats[-1] == "is not as it was, and too much is to say how"
