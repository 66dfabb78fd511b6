"""What the gateway does: its events, newest first, and figures of the last hour. Never the content of a call."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.render import page
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError, stamp
from bartizan.soc.latest import Latest, latest
from bartizan.soc.lines import Recorded
from bartizan.soc.read import Wanted

__all__ = ["ROUTES"]

KINDS = ("call", "refusal", "tool-call", "tool-refusal", "ask", "approval", "skip", "block", "unblock", "key",
         "sandbox", "policy", "start", "stop")  # fmt: skip
DECISIONS = ("allow", "transform", "ask", "deny")
_LIMIT, _MOST, _HOUR_MOST = 100, 50_000, 20_000
_CALLS, _REFUSALS = frozenset({"call", "tool-call"}), frozenset({"refusal", "tool-refusal"})


class Figures(NamedTuple):
    """What happened in an hour. `whole` is false when more happened than was counted."""

    calls: int
    refused: int
    tokens: int
    cost: float
    findings: int
    people: int
    rules: list[tuple[str, int]]
    minutes: list[int]
    whole: bool

    @property
    def busiest(self) -> int:
        """Calls in the busiest of its parts, at least 1."""
        return max([1, *self.minutes])


@get("/events", sync_to_thread=True)
def events(request: AnyRequest, services: WithServices, person: WithPerson) -> Response[Any]:
    """Show events. Asked again with `seen`, it says nothing unless something has happened since."""
    query, folder = request.query_params, services.places.events
    everything = _all(services, person)
    if folder is None:
        return page("events.html", request, services, person, here_at=False, everything=everything)
    before, skip = str(query.get("before", ""))[:40], _whole(query.get("skip"))
    wanted = Wanted(
        kinds=frozenset({str(query["kind"])}) if query.get("kind") in KINDS else frozenset(),
        decision=str(query["decision"]) if query.get("decision") in DECISIONS else "",
        rule=str(query.get("rule", ""))[:200],
        until=f"{before}~" if before else "",  # that time included
    )
    names = [str(query.get("principal", ""))[:200]] if everything else _names(person)
    found = _of(folder, wanted, names, skip)
    seen = _mark(found.events)
    if query.get("seen") == seen:
        return Response(None, status_code=204)
    older = {}
    if found.events and not found.whole:
        last = found.events[-1].event.time
        same = sum(one.event.time == last for one in found.events)
        older = {"before": last, "skip": same + (skip if last == before else 0)}
    return page(
        "events.html", request, services, person, here_at=True, everything=everything, events=found.events,
        seen=seen, whole=found.whole, looked_at=found.looked_at, kinds=KINDS, decisions=DECISIONS, older=older,
        live=not before,
        figures=figures(services) if everything and not before else None,
    )  # fmt: skip


def _of(folder: Path, wanted: Wanted, names: list[str], skip: int) -> Latest:
    """Return a page of events of any of some principals (`` is everybody), without the first `skip` ones."""
    parts = [latest(folder, msgspec.structs.replace(wanted, principal=name), _LIMIT + skip, _MOST) for name in names]
    merged = sorted((one for part in parts for one in part.events), key=lambda one: one.event.time, reverse=True)
    whole = all(part.whole for part in parts) and len(merged) <= _LIMIT + skip
    return Latest(merged[skip : skip + _LIMIT], whole, sum(part.looked_at for part in parts))


def _whole(text: object) -> int:
    return min(int(text), 10_000) if isinstance(text, str) and text.isascii() and text.isdigit() else 0


def figures(services: Services) -> Figures:
    """Count the last hour of a gateway whose events there are. Raises InputError when those can't be read."""
    if services.places.events is None:
        raise InputError("there is no gateway beside this console")
    now = services.clock()
    since = stamp((now - timedelta(hours=1)).timestamp())
    found = latest(services.places.events, Wanted(since=since), _HOUR_MOST, _HOUR_MOST)
    made = [one.event for one in found.events if one.event.kind in _CALLS | _REFUSALS]
    minutes = [0] * 12
    for event in made:
        minutes[_part(event.time, now.minute, now.hour)] += 1
    return Figures(
        calls=len(made),
        refused=sum(event.kind in _REFUSALS for event in made),
        tokens=sum(event.tokens.input + event.tokens.output for event in made),
        cost=sum(event.cost for event in made),
        findings=sum(one.count for event in made for one in event.findings),
        people=len({event.principal for event in made}),
        rules=Counter(event.rule for event in made if event.rule).most_common(5),
        minutes=minutes,
        whole=found.whole,
    )


def _part(time: str, minute: int, hour: int) -> int:
    """Return in which five minutes of the last hour a time is, 11 for the latest."""
    ago = (hour * 60 + minute - int(time[11:13]) * 60 - int(time[14:16])) % 1440
    return 11 - min(ago // 5, 11)


def _mark(shown: list[Recorded]) -> str:
    return f"{shown[0].writer}-{shown[0].seq}" if shown else "none"


def _names(person: Person) -> list[str]:
    return list(dict.fromkeys(name for name in (person.id, person.email) if name))


def _all(services: Services, person: Person) -> bool:
    """Tell whether somebody sees what everybody did: who decides or audits. Others see what they did themselves."""
    below = services.organisation().below
    return any(person.units(action, below) != frozenset() for action in (Action.DECIDE, Action.AUDIT))


ROUTES = [events]
