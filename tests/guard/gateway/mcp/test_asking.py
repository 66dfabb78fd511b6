"""Questions of a gate brought to people: who answered is told with name and groups, and nobody there is a no."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bartizan.guard.asking import Answerer, Approval
from bartizan.guard.gateway.asking import Unreachable
from bartizan.guard.gateway.asking.ways import Said
from bartizan.guard.gateway.mcp.asking import asks_by, nobody
from bartizan.guard.gateway.mcp.stdio import Answered, Asks
from bartizan.guard.mcp.gate import Ask, Waiting
from tests.guard.mcp.gates import BOSS, PERMIT, driven, forbid, policies


class Finance:
    """Paul of finance, who says the same to everything; or nobody, where there is no answer."""

    name = "finance"
    paul = Answerer(name="paul", groups=frozenset({"finance"}))

    def __init__(self, approved: bool | None, lasting: bool = False) -> None:
        self._approved, self._lasting = approved, lasting

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        if self._approved is None:
            raise Unreachable("nobody is there")
        return [Said(one.id, self._approved, self._lasting, self.paul) for one in approvals]


def question() -> Ask:
    one = driven(policies=policies(PERMIT, forbid("four-eyes", notes='@ask("finance")')))
    said = one.call("send_email", {"to": BOSS, "body": "hello"})
    assert isinstance(said, Waiting)
    return said.ask


def told(asks: Asks, ask: Ask) -> Answered:
    async def told() -> Answered:
        return await asks(ask)

    return asyncio.run(told())


def test_who_answered_is_told_with_groups() -> None:
    for approved, lasting, choice in ((True, False, "approve"), (True, True, "approve-for-session"), (False, True, "")):
        said = told(asks_by(Finance(approved, lasting)), question())
        assert said == (choice, Finance.paul)


def test_nobody_there_is_a_no() -> None:
    of_no_gate = Ask(id="q", message="m")
    for asks, ask in (
        (asks_by(Finance(None)), question()),
        (asks_by(Finance(True)), of_no_gate),
        (nobody, question()),
    ):
        assert told(asks, ask) == ("", "nobody")
