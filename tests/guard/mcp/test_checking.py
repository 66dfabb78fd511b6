"""Requests that another reader may read as something else are not taken."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.mcp.codes import INVALID_PARAMS
from tests.guard.mcp.playbook import Play


@pytest.mark.parametrize(
    "params",
    [
        {"name": "t", "Name": "other"},
        {"name": "t", "ARGUMENTS": {"to": "somebody else"}},
        {"name": "t", "argument\u017f": {}},
        {"name": "t", "arguments": {"to": "a", "To": "b"}},
    ],
)
def test_names_that_differ_only_in_case_are_refused(params: dict[str, Any]) -> None:
    play = Play()
    play.new(1, "tools/call", **params)
    assert play.answer()["error"]["code"] == INVALID_PARAMS
    assert play.asked("tools/call") == []


def test_names_that_nobody_knows_go_on() -> None:
    play = Play()
    play.new(1, "tools/call", name="t", more=1, arguments={"Path": "a", "mode": "b"})
    assert play.last("tools/call")["params"]["arguments"] == {"Path": "a", "mode": "b"}
