"""The ways in which people are asked, in order: the first that reaches somebody counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from bartizan.guard.asking import Answerer, Approval

__all__ = ["Said", "Unreachable", "Way", "Ways"]


class Unreachable(Exception):
    """Nobody can be asked in a way, or nobody there has answered. The message holds nothing of the call."""


class Said(NamedTuple):
    """What somebody said to one question; `lasting` is for the session."""

    approval: str
    approved: bool
    lasting: bool
    who: Answerer


class Way(Protocol):
    """A way to ask people.

    `ask` shows questions of one session, and returns what was said to some or all of them. It may take as long as the
    questions are open, and is cancelled when they are not any more. Raises Unreachable.
    """

    name: str

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        """Ask."""
        ...


class Ways:
    """Several ways in their order. `failed` says of each way why it did not reach anybody the last time."""

    name = "ways"

    def __init__(self, ways: Sequence[Way]) -> None:
        self._ways = tuple(ways)
        self.failed: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Tell whether there is one at all."""
        return bool(self._ways)

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        """Ask in one way after the other, until each question has an answer of somebody who may give it.

        Raises Unreachable when no question got one.
        """
        open_ = {one.id: one for one in approvals}
        out: list[Said] = []
        for way in self._ways:
            try:
                said = await way.ask(list(open_.values()))
            except Unreachable as error:
                self.failed[way.name] = str(error)
                continue
            self.failed.pop(way.name, None)
            for one in said:
                if one.approval in open_ and open_[one.approval].may_answer(one.who):
                    del open_[one.approval]
                    out.append(one)
            if not open_:
                break
        if not out:
            raise Unreachable("nobody can be asked")
        return out
