"""What a relay and those who drive it have noticed, as events: counts, codes and names of methods, never a text."""

from __future__ import annotations

from bartizan.guard.mcp.acts import Noted
from bartizan.model import Event, stamp

__all__ = ["Few", "noted_event"]

_MOST = 200
_MINUTE = 60.0


class Few:
    """Lets 200 notes of a session pass in a minute and counts the rest: nonsense must not fill the record."""

    def __init__(self) -> None:
        self._since, self._count, self._left_out = 0.0, 0, 0

    def passed(self, noted: Noted, now: float) -> list[Noted]:
        """Return what goes on record at a time in seconds: the note or nothing, and how many were left out before."""
        out: list[Noted] = []
        if now >= self._since + _MINUTE:
            out = self.rest()
            self._since, self._count = now, 0
        self._count += 1
        if self._count > _MOST:
            self._left_out += 1
            return out
        return [*out, noted]

    def rest(self) -> list[Noted]:
        """Return what tells how many were left out, if any were."""
        left_out, self._left_out = self._left_out, 0
        return [Noted("notes-left-out", "", (("count", left_out),))] if left_out else []


def noted_event(noted: Noted, principal: str, session: str, now: float) -> Event:
    """Return the event for something that was noticed in a session at a time in seconds since 1970."""
    facts = {name.rstrip("_"): value for name, value in noted.facts}
    return Event(
        kind="mcp-noted",
        time=stamp(now),
        principal=principal,
        resource=noted.server,
        rule=noted.what,
        more={**facts, "session": session},
    )
