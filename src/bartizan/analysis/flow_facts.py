"""The facts that calls and identities give."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.analysis.topology import Topology
from bartizan.catalog import Fact
from bartizan.model import Flow, Identity
from bartizan.model.component import Person
from bartizan.model.words import Authentication, Authority, IdentityKind, Privilege

_COPIED = {Authentication.API_KEY, Authentication.PASSWORD, Authentication.SSH_KEY}
_SHARED = {IdentityKind.API_KEY, IdentityKind.SHARED}


def flow_facts(topology: Topology) -> Iterator[Fact]:
    """Return what each call says: direction, data, network, authority, authentication, identity."""
    for flow in topology.system.flows:
        yield from _content_facts(topology, flow)
        yield from _trust_facts(topology, flow)
    for entry, onward in topology.through_gateways():
        yield from _gateway_facts(topology, entry, onward)
    for name, identity in topology.system.identities.items():
        if identity.kept_in:
            yield ("kept_in", name, identity.kept_in)
        if not identity.expires:
            yield ("long_lived", name)


def _content_facts(topology: Topology, flow: Flow) -> Iterator[Fact]:
    pair = (flow.source, flow.target)
    yield ("call", *pair)
    if topology.sends(flow):
        yield ("flow", *pair)
        yield from (("carries", *pair, item) for item in flow.carries)
    if topology.answers(flow):
        yield ("flow", *pair[::-1])
        yield from (("carries", *pair[::-1], item) for item in flow.returns or [])
    if topology.components[flow.source].zone != topology.components[flow.target].zone:
        yield ("crosses", *pair)
    if topology.outside(flow):
        yield ("open_network", *pair)


def _gateway_facts(topology: Topology, entry: Flow, onward: Flow) -> Iterator[Fact]:
    """Return what a caller can do to a tool behind a gateway."""
    pair = (entry.source, onward.target)
    yield ("call", *pair)
    yield ("flow", *pair)
    if topology.answers(entry) and topology.answers(onward):
        yield ("flow", *pair[::-1])
    if any(topology.authority(flow) in (None, Authority.SERVICE, Authority.SHARED) for flow in (entry, onward)):
        yield ("own_authority", *pair)
    else:
        yield ("authority", *pair, Authority.USER.value)


def _trust_facts(topology: Topology, flow: Flow) -> Iterator[Fact]:
    pair = (flow.source, flow.target)
    authority = topology.authority(flow)
    if authority is not None:
        yield ("authority", *pair, authority.value)
    if authority in (None, Authority.SERVICE, Authority.SHARED):
        yield ("own_authority", *pair)
    if flow.authentication is Authentication.NONE:
        yield ("anonymous", *pair)
    identity = topology.system.identities.get(flow.identity or "")
    if _keyed(topology, flow, identity):
        yield ("keyed", *pair)
    if identity is not None and flow.identity is not None:
        yield ("acts_as", *pair, flow.identity)
        if identity.privilege is not Privilege.LEAST:
            yield ("overprivileged", *pair)


def _keyed(topology: Topology, flow: Flow, identity: Identity | None) -> bool:
    """Tell whether the caller shows a secret that can be copied; people are taken to use passwords unless stated."""
    person = isinstance(topology.components[flow.source], Person)
    unstated = person and flow.authentication is Authentication.UNKNOWN
    shared = identity is not None and identity.kind in _SHARED
    return flow.authentication in _COPIED or shared or unstated
