"""Which controls stand where, and how much they count: proven, claimed or expired."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from bartizan.analysis.topology import Topology
from bartizan.model import Placed
from bartizan.model.words import Authentication, Encryption

_STRONG = {Authentication.OIDC, Authentication.MFA, Authentication.MTLS, Authentication.WORKLOAD_IDENTITY}
_NONE = {Authentication.NONE, Authentication.UNKNOWN}
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
        best = {"proven": 2, "claimed": 1, "expired": 0}
        if best[status] >= best.get(found.get((control, place), "expired"), 0):
            found[control, place] = status
    return sorted(InPlace(control, place, status) for (control, place), status in found.items())


def _stated(topology: Topology, as_of: date) -> Iterator[tuple[str, str, str]]:
    system = topology.system
    for name, component in system.components.items():
        for item in component.controls:
            yield _control(item), name, _status(item, as_of)
    for flow in system.flows:
        pair = f"{flow.source}->{flow.target}"
        for item in flow.controls:
            yield _control(item), pair, _status(item, as_of)
        if flow.authentication in _STRONG:
            yield "strong-authentication", pair, "claimed"
        if flow.authentication is Authentication.WORKLOAD_IDENTITY:
            yield "workload-identity", pair, "claimed"
        if flow.authentication not in _NONE:
            yield "caller-authentication", pair, "claimed"
        if flow.encryption in _ENCRYPTED:
            yield "encrypt-in-transit", pair, "claimed"
    for item in system.controls:
        places = item.on if isinstance(item, Placed) and item.on else ["system"]
        for place in places:
            for spot in _spots(topology, place):
                yield _control(item), spot, _status(item, as_of)


def _spots(topology: Topology, place: str) -> list[str]:
    if place in topology.system.zones and place not in topology.components:
        return [name for name, component in topology.components.items() if component.zone == place]
    for flow in topology.system.flows:
        if flow.key == place:
            return [f"{flow.source}->{flow.target}"]
    return [place]


def _control(item: str | Placed) -> str:
    return item.control if isinstance(item, Placed) else item


def _status(item: str | Placed, as_of: date) -> str:
    if isinstance(item, str) or not item.evidence:
        return "claimed"
    return "proven" if any(evidence.fresh(as_of) for evidence in item.evidence) else "expired"
