"""What a client keeps for us is ours, for one call and a while, or it is nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.mcp.state import Remembered, States

ANN, EVE = States(b"k" * 32, "ann"), States(b"k" * 32, "eve")


def test_a_state_is_read_again_in_time_and_for_its_call() -> None:
    digest = ANN.digest("tools/call", {"name": "t", "arguments": {"a": 1}})
    state = ANN.make({"for": "ask"}, digest, 100)
    assert ANN.ours(state)
    assert ANN.read(state, digest, 100) == {"for": "ask"}
    assert ANN.read(state, digest, 100.1) is None
    assert ANN.read(state, ANN.digest("tools/call", {"name": "t", "arguments": {"a": 2}}), 50) is None
    assert ANN.read(state, ANN.digest("prompts/get", {"name": "t", "arguments": {"a": 1}}), 50) is None
    assert EVE.read(state, digest, 50) is None
    assert States(b"o" * 32, "ann").read(state, digest, 50) is None


def test_what_differs_when_a_call_is_sent_again_is_no_part_of_it() -> None:
    one = ANN.digest("m", {"name": "t", "_meta": {"x": 1}})
    assert one == ANN.digest("m", {"requestState": "s", "inputResponses": {}, "name": "t"})


@given(st.text())
def test_no_text_is_a_state(text: str) -> None:
    assert ANN.read(text, "", 0) is None
    assert ANN.read("bartizan.1." + text, "", 0) is None


def test_an_answer_counts_once_in_all_relays_that_share_what_is_remembered() -> None:
    shared = Remembered()
    ann, again = States(b"k" * 32, "ann", shared), States(b"k" * 32, "ann", shared)
    assert ann.use("q1", 50)
    assert not again.use("q1", 50)
    assert States(b"k" * 32, "ann").use("q1", 50)
    again.forget(49)
    assert not ann.use("q1", 60)
    again.forget(50)
    assert ann.use("q1", 60)


def test_tasks_belong_to_whom_they_were_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.guard.mcp.state._MOST_TASKS", 2)
    shared = Remembered()
    ann, again, eve = (States(b"k" * 32, name, shared) for name in ("ann", "ann", "eve"))
    ann.own("mail", "t1")
    assert again.owns("mail", "t1")
    assert not eve.owns("mail", "t1")
    assert not ann.owns("files", "t1")
    eve.own("mail", "t1")
    eve.own("mail", "t2")
    assert (ann.owns("mail", "t1"), eve.owns("mail", "t1")) == (False, True)
