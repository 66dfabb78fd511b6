"""Which controls stand where, and how much they count: proven, claimed, expired, or failing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from bartizan.analysis.topology import Topology
from bartizan.model import Evidence, Flow, Placed
from bartizan.model.base import standing_of
from bartizan.model.words import Authentication, Encryption

__all__ = ["InPlace", "Said", "controls_in_place", "controls_said"]

_STRONG = {Authentication.OIDC, Authentication.MFA, Authentication.MTLS, Authentication.WORKLOAD_IDENTITY}
_NONE = {Authentication.NONE, Authentication.UNKNOWN}
_WORTH = {"expired": 0, "claimed": 1, "proven": 2, "failing": 3}
"""Of several statements about one control at one place the better counts, but bad news before all."""
_WORST = ("failing", "expired", "claimed", "proven")
_ENCRYPTED = {Encryption.TLS, Encryption.MTLS, Encryption.VPN, Encryption.LOCAL}


class InPlace(msgspec.Struct, frozen=True, order=True):
    """A control at a component, a flow (`from->to`), or `system`; status is proven, claimed, expired or failing."""

    control: str
    place: str
    status: str

    @property
    def counts(self) -> bool:
        """Tell whether it stands against anything: where its evidence ended or says otherwise, it doesn't."""
        return self.status in ("claimed", "proven")


class Said(msgspec.Struct, frozen=True):
    """One statement of a system: a control at a place, with what proves it, or the day for which it is planned."""

    control: str
    place: str
    evidence: tuple[Evidence, ...] = ()
    planned: date | None = None


def controls_in_place(topology: Topology, as_of: date) -> list[InPlace]:
    """Return what the system says is in place on that day, in a fixed order.

    A control with evidence is proven while some of it is fresh and expired afterwards, and failing when the latest says
    so; without evidence it is a claim. What is planned isn't in place. How a flow is authenticated and encrypted are
    controls too; a control on a zone stands at every component in it.
    """
    found: dict[tuple[str, str], str] = {}
    for control, place, status in _stated(topology, as_of):
        if _WORTH[status] >= _WORTH[found.get((control, place), "expired")]:
            found[control, place] = status
    return sorted(InPlace(control, place, status) for (control, place), status in found.items())


def controls_said(topology: Topology) -> Iterator[Said]:
    """Return every statement about a control, at the places that it is about; a call's place is `from->to`."""
    system = topology.system
    for name, component in system.components.items():
        yield from (_said(item, name) for item in component.controls)
    for flow in system.flows:
        yield from (_said(item, f"{flow.source}->{flow.target}") for item in _listed(topology, flow))
    yield from _elsewhere(topology)


def _stated(topology: Topology, as_of: date) -> Iterator[tuple[str, str, str]]:
    for name, component in topology.system.components.items():
        for item in component.controls:
            yield from _valued(_said(item, name), as_of)
    yield from _on_calls(topology, as_of)
    for said in _elsewhere(topology):
        yield from _valued(said, as_of)


def _elsewhere(topology: Topology) -> Iterator[Said]:
    """Return what the system's own list says of components, of zones and of the system."""
    system = topology.system
    flows = {flow.key for flow in system.flows} - system.components.keys() - system.zones.keys() - {"system"}
    for item in system.controls:
        places = item.on if isinstance(item, Placed) and item.on else ["system"]
        for place in (place for place in places if place not in flows):
            yield from (_said(item, spot) for spot in _spots(topology, place))


def _on_calls(topology: Topology, as_of: date) -> Iterator[tuple[str, str, str]]:
    """Return what stands on calls, by pair of components; of several calls of a pair each must have it."""
    pairs: dict[tuple[str, str], list[dict[str, str]]] = {}
    for flow in topology.system.flows:
        pairs.setdefault((flow.source, flow.target), []).append(_of_flow(topology, flow, as_of))
    for (source, target), calls in pairs.items():
        for control in sorted(set(calls[0]).intersection(*calls[1:])):
            worst = min((call[control] for call in calls), key=_WORST.index)
            yield control, f"{source}->{target}", worst


def _of_flow(topology: Topology, flow: Flow, as_of: date) -> dict[str, str]:
    found: dict[str, str] = {}
    if flow.authentication in _STRONG:
        found["strong-authentication"] = "claimed"
    if flow.authentication is Authentication.WORKLOAD_IDENTITY:
        found["workload-identity"] = "claimed"
    if flow.authentication not in _NONE:
        found["caller-authentication"] = "claimed"
    if flow.encryption in _ENCRYPTED:
        found["encrypt-in-transit"] = "claimed"
    for item in _listed(topology, flow):
        for control, _, status in _valued(_said(item, ""), as_of):
            if _WORTH[status] >= _WORTH[found.get(control, "expired")]:
                found[control] = status
    return found


def _listed(topology: Topology, flow: Flow) -> list[str | Placed]:
    listed = [item for item in topology.system.controls if isinstance(item, Placed) and flow.key in item.on]
    return [*flow.controls, *listed]


def _spots(topology: Topology, place: str) -> list[str]:
    if place in topology.system.zones and place not in topology.components:
        return [name for name in topology.components if place in topology.zones_around(name)]
    return [place]


def _said(item: str | Placed, place: str) -> Said:
    if isinstance(item, str):
        return Said(item, place)
    return Said(item.control, place, tuple(item.evidence), item.planned)


def _valued(said: Said, as_of: date) -> Iterator[tuple[str, str, str]]:
    """Return the statement with its worth on the day, or nothing for what is only planned."""
    status, _ = standing_of(said.evidence, as_of)
    if said.planned is None or status in ("proven", "failing"):
        yield said.control, said.place, status
