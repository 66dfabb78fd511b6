"""Puts questions of one moment into one dialogue: one interruption instead of several."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bartizan.guard.asking import Approval
from bartizan.guard.gateway.asking.ways import Said, Unreachable, Way

__all__ = ["Together"]

_WINDOW = 0.1
_MOST = 8


class _Dialogue:
    def __init__(self) -> None:
        self.approvals: dict[str, Approval] = {}
        self.waiting = 0
        self.task: asyncio.Task[list[Said]] | None = None
        self.shown = False


class Together:
    """Asks in another way, the questions of one session to the same people together.

    A dialogue begins `window` seconds after its first question, with at most `most` of them. It ends early when all who
    wait for it have gone away. For one event loop.
    """

    name = "together"

    def __init__(self, way: Way, window: float = _WINDOW, most: int = _MOST) -> None:
        self._way, self._window, self._most = way, window, most
        self._next: dict[tuple[str, str], _Dialogue] = {}

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        """Ask, and return what was said to these questions. Raises Unreachable when nobody has answered any."""
        joined = {self._join(one): None for one in approvals}
        mine = {one.id for one in approvals}
        out: list[Said] = []
        why: Unreachable | None = None
        for dialogue in joined:
            try:
                out += [one for one in await self._wait(dialogue) if one.approval in mine]
            except Unreachable as error:
                why = error
        if not out:
            raise why or Unreachable("nobody has answered")
        return out

    def _join(self, approval: Approval) -> _Dialogue:
        key = (approval.by.session, approval.whom)
        found = self._next.get(key)
        if found is None or found.shown or len(found.approvals) >= self._most:
            found = self._next[key] = _Dialogue()
            found.task = asyncio.create_task(self._show(key, found))
        found.approvals[approval.id] = approval
        return found

    async def _show(self, key: tuple[str, str], dialogue: _Dialogue) -> list[Said]:
        await asyncio.sleep(self._window)
        dialogue.shown = True
        if self._next.get(key) is dialogue:
            del self._next[key]
        return await self._way.ask(list(dialogue.approvals.values()))

    async def _wait(self, dialogue: _Dialogue) -> list[Said]:
        """Wait for a dialogue; whoever goes away ends it only when nobody else waits."""
        assert dialogue.task is not None
        dialogue.waiting += 1
        try:
            return await asyncio.shield(dialogue.task)
        finally:
            dialogue.waiting -= 1
            if not dialogue.waiting and not dialogue.task.done():
                dialogue.task.cancel()
                await asyncio.gather(dialogue.task, return_exceptions=True)
