"""Which controls stand where, and how much they count: proven, claimed or expired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from bartizan.analysis.topology import Topology
from bartizan.model import Flow, Placed
from bartizan.model.words import Authentication, Encryption

_STRONG = {Authentication.OIDC, Authentication.MFA, Authentication.MTLS, Authentication.WORKLOAD_IDENTITY}
_NONE = {Authentication.NONE, Authentication.UNKNOWN}
_WORTH = {"expired": 0, "claimed": 1, "proven": 2}
_ENCRYPTED = {Encryption.TLS, Encryption.MTLS, Encryption.VPN, Encryption.LOCAL}


class InPlace(msgspec.Struct, frozen=True, order=True):
    """A control at a component, a flow (`from->to`), or `system`; status is proven, claimed or expired."""

    control: str
    place: str
    status: str


def controls_in_place(topology: Topology, as_of: date) -> list[InPlace]:
    """Return what the system says is in place on that day, in a fixed order.

    A control with evidence is proven while some of it is fresh and expired afterwards; without evidence it is a claim.
    How a flow is authenticated and encrypted are controls too; a control on a zone stands at every component in it.
    """
    found: dict[tuple[str, str], str] = {}
    for control, place, status in _stated(topology, as_of):
        if _WORTH[status] >= _WORTH[found.get((control, place), "expired")]:
            found[control, place] = status
    return sorted(InPlace(control, place, status) for (control, place), status in found.items())


def _stated(topology: Topology, as_of: date) -> Iterator[tuple[str, str, str]]:
    system = topology.system
    for name, component in system.components.items():
        for item in component.controls:
            yield _control(item), name, _status(item, as_of)
    yield from _on_calls(topology, as_of)
    flows = {flow.key for flow in system.flows} - system.components.keys() - system.zones.keys() - {"system"}
    for item in system.controls:
        places = item.on if isinstance(item, Placed) and item.on else ["system"]
        for place in (place for place in places if place not in flows):
            for spot in _spots(topology, place):
                yield _control(item), spot, _status(item, as_of)


def _on_calls(topology: Topology, as_of: date) -> Iterator[tuple[str, str, str]]:
    """Return what stands on calls, by pair of components; of several calls of a pair each must have it."""
    pairs: dict[tuple[str, str], list[dict[str, str]]] = {}
    for flow in topology.system.flows:
        pairs.setdefault((flow.source, flow.target), []).append(_of_flow(topology, flow, as_of))
    for (source, target), calls in pairs.items():
        for control in sorted(set(calls[0]).intersection(*calls[1:])):
            worst = min((call[control] for call in calls), key=_WORTH.__getitem__)
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
    listed = [item for item in topology.system.controls if isinstance(item, Placed) and flow.key in item.on]
    for item in (*flow.controls, *listed):
        status = _status(item, as_of)
        if _WORTH[status] >= _WORTH[found.get(_control(item), "expired")]:
            found[_control(item)] = status
    return found


def _spots(topology: Topology, place: str) -> list[str]:
    if place in topology.system.zones and place not in topology.components:
        return [name for name in topology.components if place in topology.zones_around(name)]
    return [place]


def _control(item: str | Placed) -> str:
    return item.control if isinstance(item, Placed) else item


def _status(item: str | Placed, as_of: date) -> str:
    if isinstance(item, str) or not item.evidence:
        return "claimed"
    return "proven" if any(evidence.fresh(as_of) for evidence in item.evidence) else "expired"
