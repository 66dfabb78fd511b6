"""Numbers of sandboxes that several processes count together, so that a kill criterion holds for all of them."""

from __future__ import annotations

from secrets import token_hex

from bartizan.guard.limits.interface import Part, StateLost, Store
from bartizan.guard.sandbox.opened import Sandboxes
from bartizan.guard.sandbox.tally import Tally, sandbox_of
from bartizan.model import Event

__all__ = ["Counting"]


class Counting:
    """Adds what this process has counted to a store, and takes what all have counted from it.

    To be asked to `share` about once a second. Each call is counted once, also when the store was lost meanwhile; what
    a process that is killed hadn't shared yet is not counted. A criterion that is met by the calls of several processes
    acts in each of them at its next `share`; what one process has counted acts there at once.
    """

    def __init__(self, store: Store) -> None:
        self._store, self._writer = store, token_hex(8)
        self._new: dict[str, Tally] = {}
        self._sent: dict[str, tuple[str, Part]] = {}

    def saw(self, event: Event, sandboxes: Sandboxes) -> None:
        """Count an event of a call."""
        sandboxes.saw(event)
        id = sandbox_of(event)
        one = sandboxes.documents.get(id) if id else None
        if one is not None and one.kill:
            self._new.setdefault(id, Tally()).add(event)

    async def share(self, sandboxes: Sandboxes, now: float) -> None:
        """Share what is new of each open sandbox that has kill criteria. A store that is lost is asked the next time.

        `sandboxes` takes the numbers; nothing else may take its place until this is done.
        """
        for id, one in sandboxes.documents.items():
            opening = sandboxes.openings.get(id)
            if not one.kill or opening is None or opening.closed:
                continue
            key = f"{id}\x1f{opening.opened}"
            part = self._part(id, key)
            try:
                numbers = await self._store.add(key, part, one.end + _KEPT, now)
            except StateLost:
                return
            del self._sent[id]
            # What was counted while the store was asked isn't among its numbers yet.
            since = self._new.get(id, Tally()).numbers()
            whole = {name: numbers.get(name, 0) + since.get(name, 0) for name in numbers.keys() | since.keys()}
            sandboxes.told(id, Tally.of(whole))

    def _part(self, id: str, key: str) -> Part:
        """Return what is to be sent: once more what may have been lost, or what is new."""
        known = self._sent.get(id)
        if known is None or known[0] != key:
            known = self._sent[id] = (key, Part(self._writer, token_hex(8), self._new.pop(id, Tally()).numbers()))
        return known[1]


_KEPT = 30 * 86_400.0
"""Seconds for which a store keeps the numbers behind a sandbox's end."""
