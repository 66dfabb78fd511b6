"""How data and labels spread through a system in normal work, to a fixed point."""

from __future__ import annotations

from collections import deque

import msgspec

from bartizan.analysis.topology import Topology
from bartizan.model import Flow, Integrity, Label
from bartizan.model.component import Memory, Model, Person, Store
from bartizan.model.label import integrity_of
from bartizan.model.words import Authority, Scope


class Spread(msgspec.Struct):
    """`handles`: data that reaches a component; `pooled`: the part that comes with rights other than the asker's."""

    offers: dict[str, set[str]]
    handles: dict[str, set[str]]
    pooled: dict[str, set[str]]


def spread_data(topology: Topology) -> Spread:
    """Follow data along calls and answers until nothing changes.

    A component offers its callers what it keeps and what it gets by its own calls; an answer without listed assets
    carries whatever the callee offers, except for models, whose answer is made of the question. A prompt to a language
    model without listed assets carries whatever the caller handles.
    """
    offers, pooled = _offers(topology)
    handles = {name: set(found) for name, found in offers.items()}
    queue = deque(topology.components)
    for flow in topology.system.flows:
        handles[flow.source] |= {*flow.carries, *(flow.returns or [])}
        handles[flow.target] |= {*flow.carries, *(flow.returns or [])}
    while queue:
        source = queue.popleft()
        for flow in topology.out[source]:
            if not flow.carries and topology.is_language_model(flow.target):
                new = handles[source] - handles[flow.target]
                if new and not isinstance(topology.components[source], Person):
                    handles[flow.target] |= new
                    queue.append(flow.target)
    return Spread(offers, handles, pooled)


def _offers(topology: Topology) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    offers = {name: set(component.holds) for name, component in topology.components.items()}
    pooled = {
        name: set(component.holds) if not isinstance(component, Store | Person) else set()
        for name, component in topology.components.items()
    }
    queue = deque(topology.components)
    while queue:
        callee = queue.popleft()
        for flow in topology.into[callee]:
            got = _answered(topology, flow, offers[callee])
            others = got if _own_rights(topology, flow) else got & pooled[callee]
            if not (got <= offers[flow.source] and others <= pooled[flow.source]):
                offers[flow.source] |= got
                pooled[flow.source] |= others
                queue.append(flow.source)
    return offers, pooled


def _answered(topology: Topology, flow: Flow, offered: set[str]) -> set[str]:
    if not topology.answers(flow):
        return set()
    if flow.returns is not None:
        return set(flow.returns)
    return set() if isinstance(topology.components[flow.target], Model) else offered


def _own_rights(topology: Topology, flow: Flow) -> bool:
    callee = topology.components[flow.target]
    if isinstance(callee, Memory) and callee.scope in (Scope.SESSION, Scope.USER):
        return False
    if isinstance(callee, Model):
        return False
    return topology.authority(flow) is not Authority.USER


def labels(topology: Topology, spread: Spread) -> dict[str, Label]:
    """Label each component: the join of the data that reaches it, and the trust of whoever wrote what arrives there."""
    system = topology.system
    scheme = system.scheme
    integrity = {name: _source_integrity(topology, name) for name in topology.components}
    queue = deque(topology.components)
    while queue:
        name = queue.popleft()
        for other in _receivers(topology, name):
            if integrity[other] < integrity[name] and not isinstance(topology.components[other], Person):
                integrity[other] = integrity[name]
                queue.append(other)
    out = {}
    for name in topology.components:
        label = Label(integrity=integrity[name])
        for item in spread.handles[name]:
            data = system.data[item]
            label = label.join(Label(scheme.level(data.class_), frozenset(data.categories)))
        out[name] = label
    return out


def _source_integrity(topology: Topology, name: str) -> Integrity:
    component = topology.components[name]
    if isinstance(component, Store):
        return integrity_of(component.writers)
    if isinstance(component, Person):
        return integrity_of([component.party])
    return Integrity.TRUSTED


def _receivers(topology: Topology, name: str) -> list[str]:
    forward = [flow.target for flow in topology.out[name] if topology.sends(flow)]
    return forward + [flow.source for flow in topology.into[name] if topology.answers(flow)]
