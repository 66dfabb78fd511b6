"""Notes for webhooks what happens without a change of a document: what ends, and what agents ask."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bartizan.console.services import Services
from bartizan.govern.exceptions import soon
from bartizan.guard.gateway.asking.queue import FolderStore
from bartizan.model.documents import ExceptionSpec, Kind
from bartizan.store.register import Kept, Query
from bartizan.store.register.hooks import Hooks, Notice

__all__ = ["DAYS", "Noticer", "expired"]

DAYS = 14
"""How many days before its end an exception is told of."""
_EVERY = timedelta(hours=1)
_LATELY = timedelta(days=7)
_PAGE = 200


class Noticer:
    """Looks for what is to be told: questions of agents at every call, exceptions once an hour, evidence once a day.

    Several may look at one register: each thing is noted once.
    """

    def __init__(self, services: Services, hooks: Hooks) -> None:
        self._services, self._hooks = services, hooks
        self._seen: frozenset[str] = frozenset()
        self._next: datetime | None = None
        self._day: date | None = None

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
        found = [] if self._day == today else self._controls(today)
        self._day = today
        for stored in self._services.register.documents.all(Kind.EXCEPTION):
            spec, document = stored.document.spec, stored.document
            if isinstance(spec, ExceptionSpec) and soon(spec, today, DAYS):
                ends = spec.ends.isoformat()
                found.append(
                    Notice(kind="exception.ending", about=Kind.EXCEPTION.value, name=document.name, unit=document.unit,
                           mark=ends, detail=f"ends on {ends}")
                )  # fmt: skip
        return found

    def _controls(self, today: date) -> list[Notice]:
        """Return the controls of all systems whose evidence has ended lately."""
        register = self._services.register
        days = {tier.id: tier.evidence_days for tier in self._services.organisation().tiers}
        found, after = [], ""
        while True:
            page = register.documents.list(Query(kind=Kind.SYSTEM, after=after, limit=_PAGE))
            for entry in page.items:
                good = days.get(entry.assessment.tier if entry.assessment else "", max(days.values(), default=0))
                for kept in expired(register.evidence.latest(entry.name), good, today):
                    proof = kept.proof
                    detail = f"{proof.control} at {proof.place}" if proof.place else proof.control
                    found.append(Notice(kind="control.expired", about=Kind.SYSTEM.value, name=entry.name,
                                        unit=entry.unit, mark=str(kept.id), detail=detail))  # fmt: skip
            after = page.next
            if not after:
                return found


def expired(latest: Sequence[Kept], days: int, today: date) -> list[Kept]:
    """Return for each control and place of a system the piece that proved it last, if it has ended in the last week.

    `latest` are the latest pieces of each source, `days` how long one without an end of its own is good.
    """
    ends: dict[tuple[str, str], tuple[date, Kept]] = {}
    for kept in latest:
        proof = kept.proof
        end = proof.good_until or proof.observed_at + timedelta(days=days)
        key = proof.control, proof.place
        if proof.outcome == "pass" and (key not in ends or ends[key][0] < end):
            ends[key] = end, kept
    return [kept for end, kept in ends.values() if today - _LATELY <= end < today]
