"""Has calls decided by people: questions from the desk, put together, shown in a way that reaches somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bartizan.guard.asking import Approval, Asked, Desk, Settled, asked_event, settled_event
from bartizan.guard.flow.verdict import Verdict
from bartizan.guard.gateway.asking.ways import Unreachable, Way
from bartizan.model import BartizanError, Event, InputError
from bartizan.model.card import ToolCard

__all__ = ["Asker"]


async def _unheard(event: Event) -> None:
    del event


class Asker:
    """Asks about calls, and says how they are settled. For one event loop.

    `note` puts events on record. `clock` is in seconds since 1970.
    """

    def __init__(
        self,
        desk: Desk,
        way: Way,
        clock: Callable[[], float],
        note: Callable[[Event], Awaitable[None]] = _unheard,
    ) -> None:
        self.desk = desk
        self._way, self._clock, self._note = way, clock, note
        self._waiting: dict[str, asyncio.Future[Settled]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def decide(
        self, verdict: Verdict, card: ToolCard | None, asked: Asked, *, attended: bool = True
    ) -> tuple[Approval | None, Settled]:
        """Return how a call is settled, with its question unless there was none.

        An approved call is let through by `use`, which has to be asked right before it is sent. Raises what `note`
        raises: what can't be put on record doesn't go on.
        """
        made = self.desk.ask(verdict, card, asked, self._clock(), attended=attended)
        if isinstance(made, Settled):
            return None, made
        future = self._waiting.get(made.id)
        if future is None:
            await self._note(asked_event(made, self._clock()))
            future = self._waiting[made.id] = asyncio.get_running_loop().create_future()
            self._begin(self._after_window())
        # Whoever goes away must not end what others wait for.
        return made, await asyncio.shield(future)

    def use(self, approval: Approval, tool: str, arguments: dict[str, Any]) -> bool:
        """Tell whether a call may go on by its approval, once, as it was shown."""
        return self.desk.use(approval.id, tool, arguments, self._clock())

    async def close(self) -> None:
        """End all dialogues; what waits is refused."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for id in list(self._waiting):
            self._settle(id, self.desk.withdraw(id, self._clock()))

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _after_window(self) -> None:
        await asyncio.sleep(self.desk.rules.window)
        for batch in self.desk.ready(self._clock() + 0.001):  # timers may be early by that
            self._begin(self._put(batch))

    async def _put(self, batch: list[Approval]) -> None:
        end = max(one.until for one in batch)
        try:
            async with asyncio.timeout(max(end - self._clock(), 0.0)):
                said = await self._way.ask(batch)
        except (Unreachable, TimeoutError):
            said = []
        now = self._clock()
        by = {one.approval: one for one in said}
        for approval in batch:
            settled = None
            if (one := by.get(approval.id)) is not None:
                try:
                    settled = self.desk.answer(one.approval, one.approved, one.who, now, lasting=one.lasting)
                except InputError:
                    settled = None
            settled = settled or self.desk.withdraw(approval.id, now)
            try:
                # On record before anybody goes on by it.
                await self._note(settled_event(approval, settled))
            except BartizanError as error:
                self._settle(approval.id, error)
            else:
                self._settle(approval.id, settled)
        self.desk.expire(now)

    def _settle(self, id: str, settled: Settled | BartizanError) -> None:
        future = self._waiting.pop(id, None)
        if future is None or future.done():
            return
        if isinstance(settled, Settled):
            future.set_result(settled)
        else:
            future.set_exception(settled)
