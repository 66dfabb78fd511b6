"""Brings the questions of a gate to people by the ways that there are, where the client's own user can't be asked."""

from __future__ import annotations

from bartizan.guard.asking.showing import APPROVE, LASTING
from bartizan.guard.gateway.asking.ways import Unreachable, Way
from bartizan.guard.gateway.mcp.stdio import Answered, Asks
from bartizan.guard.mcp.gate import Ask
from bartizan.guard.mcp.questions import Question

__all__ = ["asks_by", "nobody"]

_NOBODY = Answered("", "nobody")


async def nobody(ask: Ask) -> Answered:
    """Answer for want of anybody who could."""
    del ask
    return _NOBODY


def asks_by(way: Way) -> Asks:
    """Return what asks in a way. Nobody there is a no."""

    async def asks(ask: Ask) -> Answered:
        if not isinstance(ask.token, Question):
            return _NOBODY
        try:
            said = await way.ask([ask.token.approval])
        except Unreachable:
            return _NOBODY
        for one in said:
            if one.approval == ask.token.approval.id:
                choice = "" if not one.approved else LASTING if one.lasting else APPROVE
                return Answered(choice, one.who)
        return _NOBODY

    return asks
