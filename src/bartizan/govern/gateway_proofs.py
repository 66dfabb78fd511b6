"""What the gateway's events prove: that a rule decided calls of a system shows that the control behind it runs."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta

import msgspec

from bartizan.analysis.placements import controls_said
from bartizan.analysis.topology import Topology
from bartizan.catalog import Catalog
from bartizan.govern.sites import place_words
from bartizan.model import Event, System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import PolicySpec, PolicyState

__all__ = ["GATEWAY_GOOD_FOR", "GatewayTally", "application_of", "concerns", "from_gateway", "rules_of"]

GATEWAY_GOOD_FOR = timedelta(days=30)
"""How long it counts that a rule has decided a call. A control whose rule hasn't decided for longer is not proven."""
_BUILT_IN = {
    "mcp-not-approved": ("mcp-allow-list", "tool-allow-list"),
    "mcp-prompt-not-approved": ("mcp-allow-list",),
    "mcp-credentials": ("information-flow-policy",),
    "unknown-tool": ("tool-allow-list",),
    "model-not-offered": ("zero-retention-endpoint",),
    "origins-good": ("information-flow-policy",),
}
"""Rules that every gateway has, and the controls that they enforce."""
_TOO_MANY = 429


class _Seen(msgspec.Struct):
    """What was seen of a rule."""

    calls: int = 0
    stopped: int = 0
    last: str = ""


def rules_of(policies: Iterable[PolicySpec]) -> dict[str, set[str]]:
    """Return which controls each gateway rule stands for, as published policies say it of their statements."""
    found: dict[str, set[str]] = {}
    for policy in policies:
        if policy.state is PolicyState.PUBLISHED:
            for statement in policy.statements:
                for one in statement.enforced:
                    if one.by == "gateway":
                        found.setdefault(one.what, set()).update(statement.controls)
    return found


def application_of(event: Event) -> str:
    """Return the application that an event names, or the agent that does as one; empty for none."""
    return str(event.more.get("application", event.more.get("agent", "")))


def concerns(event: Event, system: System) -> str | None:
    """Return the component that an event is about, "" for the system as a whole, None for another system's.

    Callers say it by the application that their key or token is for: the system's id, or `SYSTEM/COMPONENT`. So an
    event of an application that no system is named after proves nothing.
    """
    name, _, component = application_of(event).partition("/")
    if name != system.id or (component and component not in system.components):
        return None
    return component


def from_gateway(
    events: Iterable[Event], system: System, rules: Mapping[str, Collection[str]], catalog: Catalog, as_of: date
) -> list[Proof]:
    """Return what the last 30 days of events prove about a system's controls; see `GatewayTally`."""
    tally = GatewayTally(system, rules, catalog, as_of)
    for event in events:
        tally.saw(event)
    return tally.proofs()


class GatewayTally:
    """Counts what events of the 30 days before a day prove about a system, in bounded memory.

    A rule proves the controls that published policies (`rules_of`) tie it to, those that a gateway's own rules enforce,
    and the one that it is named after: a data rule, a policy or a budget whose id is a control's id, or begins with it
    and a dot. Only controls count that the catalog lets a gateway verify. Where the event names no component, it is
    about the places where the system has the control, else about its gateways, else about the system.
    """

    def __init__(self, system: System, rules: Mapping[str, Collection[str]], catalog: Catalog, as_of: date) -> None:
        self._system, self._rules = system, rules
        self._known = {
            name
            for name, control in catalog.controls.items()
            if any(one.by == "gateway" for one in control.verification)
        }
        self._since, self._until = (as_of - GATEWAY_GOOD_FOR).isoformat(), as_of.isoformat()
        self._seen: dict[tuple[str, str, str], _Seen] = {}

    def saw(self, event: Event) -> None:
        """Count an event; one that is not about the system, or of another time, is passed over."""
        component = concerns(event, self._system)
        if component is None or not self._since <= event.time[:10] <= self._until:
            return
        for rule in _rules(event):
            for control in _controls(rule, event, self._rules) & self._known:
                one = self._seen.setdefault((control, component, rule), _Seen())
                one.calls += 1
                one.stopped += event.decision in ("deny", "ask", "transform")
                one.last = max(one.last, event.time)

    def proofs(self) -> list[Proof]:
        """Return one piece of evidence for each control and place."""
        return _proofs(self._seen, self._system)


def _rules(event: Event) -> Iterator[str]:
    if event.rule:
        yield event.rule
    changed = event.more.get("changed_by", [])
    if isinstance(changed, list):
        yield from (rule for rule in changed if rule != event.rule)


def _controls(rule: str, event: Event, rules: Mapping[str, Collection[str]]) -> set[str]:
    limited = {"rate-limit"} if event.more.get("status") == _TOO_MANY and rule == event.rule else set()
    return {*rules.get(rule, ()), *_BUILT_IN.get(rule, ()), rule, rule.partition(".")[0], *limited}


def _proofs(seen: Mapping[tuple[str, str, str], _Seen], system: System) -> list[Proof]:
    """Return one piece for each control and place, about all rules that were seen."""
    by_place: dict[tuple[str, str], list[tuple[str, _Seen]]] = {}
    for (control, component, rule), one in sorted(seen.items()):
        for place in [component] if component else _places(system, control):
            by_place.setdefault((control, place), []).append((rule, one))
    found = []
    for (control, place), told in by_place.items():
        observed = date.fromisoformat(max(one.last for _, one in told)[:10])
        text = "; ".join(f"rule {rule}: {one.calls} calls, {one.stopped} stopped or changed" for rule, one in told[:4])
        found.append(
            Proof(
                system=system.id,
                control=control,
                place=place_words(place) if place else "",
                source=ProofSource.GATEWAY,
                observed_at=observed,
                good_until=observed + GATEWAY_GOOD_FOR,
                by="gateway",
                detail=text[:500],
                digest=hashlib.sha256(f"{control}\n{place}\n{text}\n{observed}".encode()).hexdigest(),
            )
        )
    return found


def _places(system: System, control: str) -> list[str]:
    topology = Topology(system)
    said = [one.place for one in controls_said(topology) if one.control == control]
    gateways = [name for name, kind in topology.kind.items() if kind == "gateway"]
    return [*dict.fromkeys(said)] or gateways or [""]
