"""What a client keeps for us is ours, for one call and a while, or it is nothing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.mcp.state import States

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
