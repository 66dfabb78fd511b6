"""Notes for webhooks what happens without a change of a document: what ends, and what agents ask."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bartizan.console.services import Services
from bartizan.govern.exceptions import soon
from bartizan.guard.gateway.asking.queue import FolderStore
from bartizan.model.documents import ExceptionSpec, Kind
from bartizan.store.register.hooks import Hooks, Notice

__all__ = ["DAYS", "Noticer"]

DAYS = 14
"""How many days before its end an exception is told of."""
_EVERY = timedelta(hours=1)


class Noticer:
    """Looks for what is to be told: questions of agents at every call, what ends once an hour.

    Several may look at one register: each thing is noted once.
    """

    def __init__(self, services: Services, hooks: Hooks) -> None:
        self._services, self._hooks = services, hooks
        self._seen: frozenset[str] = frozenset()
        self._next: datetime | None = None

    def look(self) -> int:
        """Note what is new, and return how much that was. Raises Unavailable."""
        now = self._services.clock()
        found = self._questions()
        if self._next is None or now >= self._next:
            found += self._ends(now.date())
            self._next = now + _EVERY
        return self._hooks.note(found, self._services.now())

    def _questions(self) -> list[Notice]:
        """Return the open questions that weren't there the last time. What they are about is said to nobody."""
        folder = self._services.places.approvals
        if folder is None or not folder.is_dir():
            return []
        open_ = frozenset(str(one["id"]) for one in FolderStore(folder).pending())
        new, self._seen = sorted(open_ - self._seen), open_
        return [Notice(kind="approval.asked", about="Approval", name=id, unit="", mark=id) for id in new]

    def _ends(self, today: date) -> list[Notice]:
        found = list(self._hooks.expired(today, self._services.organisation().tiers))
        for stored in self._services.register.documents.all(Kind.EXCEPTION):
            spec, document = stored.document.spec, stored.document
            if isinstance(spec, ExceptionSpec) and soon(spec, today, DAYS):
                ends = spec.ends.isoformat()
                found.append(
                    Notice(kind="exception.ending", about=Kind.EXCEPTION.value, name=document.name, unit=document.unit,
                           mark=ends, detail=f"ends on {ends}")
                )  # fmt: skip
        return found
