"""Which sandboxes are open: the documents, what people have opened and closed, and what a call falls under."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from bartizan.guard.principal import Principal
from bartizan.guard.records import read_records, write_records
from bartizan.guard.sandbox.document import Sandbox
from bartizan.guard.sandbox.tally import Tally, sandbox_of
from bartizan.model import Deny, Event, InputError, Place

__all__ = ["Governed", "Opening", "Sandboxes", "parse_openings", "write_openings"]

_MOST = 16 << 20


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That a sandbox was opened, and closed. Times are seconds since 1970, 0 while it is open.

    `digest` is of the document that was opened: one that has changed since has to be opened again.
    """

    id: str
    digest: str
    opened: float
    by: str = ""
    closed: float = 0.0
    closed_by: str = ""
    why: str = ""


class Governed(NamedTuple):
    """The sandbox that a call is made in, and why it may not be made; `` where it may."""

    sandbox: Sandbox | None
    id: str
    reason: str


_NONE = Governed(None, "", "")


class Sandboxes:
    """What was opened. Never changed but by its numbers: `saw` adds events, and closes what meets a kill criterion."""

    def __init__(self, documents: Iterable[Sandbox] = (), openings: Iterable[Opening] = ()) -> None:
        self.documents: dict[str, Sandbox] = {one.id: one for one in documents}
        self.openings: Mapping[str, Opening] = {one.id: one for one in openings}
        self.tallies: dict[str, Tally] = {}
        self.killed: dict[str, str] = {}

    def of(
        self,
        principal: Principal,
        model: str,
        upstream: str,
        region: str,
        data_class: str,
        types: Collection[str],
        tools: Sequence[str],
        now: float,
    ) -> Governed:
        """Return the sandbox that a call is made in. Of several, one that admits it."""
        refused: Governed | None = None
        for sandbox in self._governing(principal, model):
            reason = self._shut(sandbox)
            if not reason:
                ruling = sandbox.admits(
                    principal, model, upstream, data_class, now, region=region, types=types, tools=tools
                )
                if not isinstance(ruling, Deny):
                    return Governed(sandbox, sandbox.id, "")
                reason = ruling.reason
            refused = refused or Governed(sandbox, sandbox.id, reason)
        if refused is None and principal.sandbox:
            return Governed(None, principal.sandbox, f"there is no sandbox `{principal.sandbox}`")
        return refused or _NONE

    def _governing(self, principal: Principal, model: str) -> Iterable[Sandbox]:
        if principal.sandbox:
            one = self.documents.get(principal.sandbox)
            return () if one is None else (one,)
        return [one for one in self.documents.values() if one.governs(principal, model)]

    def _shut(self, sandbox: Sandbox) -> str:
        opening = self.openings.get(sandbox.id)
        if opening is None:
            return f"sandbox `{sandbox.id}` was not opened"
        if opening.closed:
            return f"sandbox `{sandbox.id}` is closed"
        if opening.digest != sandbox.digest:
            return f"sandbox `{sandbox.id}` has changed since it was opened"
        killed = self.killed.get(sandbox.id)
        return f"sandbox `{sandbox.id}` has ended: {killed}" if killed else ""

    def is_open(self, id: str, now: float) -> bool:
        """Tell whether calls can be made in a sandbox."""
        one = self.documents.get(id)
        return one is not None and not self._shut(one) and one.begin <= now < one.end

    def saw(self, event: Event) -> str:
        """Count an event. Returns a sandbox's id when that has just met a kill criterion, else ``."""
        id = sandbox_of(event)
        one = self.documents.get(id) if id else None
        if one is None:
            return ""
        tally = self.tallies.setdefault(id, Tally())
        tally.add(event)
        return self._meets(one, tally)

    def told(self, id: str, tally: Tally) -> str:
        """Take numbers that all processes have counted, in place of what is known here; returns as `saw` does."""
        one = self.documents.get(id)
        if one is None:
            return ""
        self.tallies[id] = tally
        return self._meets(one, tally)

    def _meets(self, one: Sandbox, tally: Tally) -> str:
        if one.id in self.killed:
            return ""
        met = tally.met(one.kill)
        if met is None:
            return ""
        self.killed[one.id] = met.title
        return one.id

    def renewed(self, documents: Iterable[Sandbox], openings: Iterable[Opening]) -> Sandboxes:
        """Return what takes this one's place when files have changed. Numbers go on where nothing was opened anew."""
        made = Sandboxes(documents, openings)
        for id, opening in made.openings.items():
            before = self.openings.get(id)
            if before is not None and before.opened == opening.opened:
                if id in self.tallies:
                    made.tallies[id] = self.tallies[id]
                if id in self.killed:
                    made.killed[id] = self.killed[id]
        return made


def parse_openings(content: bytes, name: str) -> list[Opening]:
    """Read a file of openings, one JSON object a line; the last of an id counts. Raises InputError with the line."""
    if len(content) > _MOST:
        raise InputError("the file of sandboxes is too large", place=Place(name))
    read = read_records(
        content, Opening, name, wrong="this line opens no sandbox", help="`bartizan sandbox` writes this file"
    )
    return list({one.id: one for _, one in read}.values())


def write_openings(openings: Iterable[Opening]) -> bytes:
    """Return the file's content."""
    return write_records(openings)
