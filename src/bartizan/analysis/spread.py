"""How data and labels spread through a system in normal work, to a fixed point."""

from __future__ import annotations

from collections import deque

import msgspec

from bartizan.analysis.topology import Topology
from bartizan.model import Flow, Integrity, Label
from bartizan.model.component import Agent, Memory, Model, Person, Store
from bartizan.model.label import integrity_of
from bartizan.model.words import Authority, Category, Scope

_HANDS_ON = ("retriever", "tool", "mcp-server", "gateway", "device")


HOPS = 3
"""Calls through which unlisted data is followed: store to retriever to tool to agent. Labels follow it all the way."""


class Spread(msgspec.Struct):
    """`handles`: data that reaches a component; `pooled`: the part that comes with rights other than the asker's."""

    offers: dict[str, set[str]]
    handles: dict[str, set[str]]
    pooled: dict[str, set[str]]


def spread_data(topology: Topology) -> Spread:
    """Follow data along calls and answers until nothing changes.

    What passes is what flows list; besides, stores hand out what they keep, and retrievers, tools and gateways hand on
    what they get, because that is what they are for, over HOPS calls. A prompt to a language model without listed
    assets carries whatever the caller handles.
    """
    offers, pooled = _offers(topology)
    handles = {name: set(found) for name, found in offers.items()}
    for flow in topology.system.flows:
        if topology.kind[flow.target] == "secret-store":
            continue
        handles[flow.source] |= {*flow.carries, *(flow.returns or [])}
        handles[flow.target] |= {*flow.carries, *(flow.returns or [])}
    for flow in topology.system.flows:
        prompt = not flow.carries and topology.is_language_model(flow.target)
        if prompt and not isinstance(topology.components[flow.source], Person):
            handles[flow.target] |= handles[flow.source]
    return Spread(offers, handles, pooled)


def _offers(topology: Topology) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    offers = {name: set(component.holds) for name, component in topology.components.items()}
    pooled = {
        name: set(component.holds) if isinstance(component, Agent) else set()
        for name, component in topology.components.items()
    }
    for _ in range(HOPS):
        before = {name: set(found) for name, found in offers.items()}
        shared = {name: set(found) for name, found in pooled.items()}
        for flow in topology.system.flows:
            got = _answered(topology, flow, before[flow.target])
            offers[flow.source] |= got
            pooled[flow.source] |= got if _own_rights(topology, flow) else got & shared[flow.target]
    instructions = {name for name, data in topology.system.data.items() if Category.SYSTEM_PROMPT in data.categories}
    return offers, {name: found - instructions for name, found in pooled.items()}


def _answered(topology: Topology, flow: Flow, offered: set[str]) -> set[str]:
    if not topology.answers(flow) or topology.kind[flow.target] == "secret-store":
        return set()  # a secret that a caller fetches stays in its process; rules about credentials follow it
    if flow.returns is not None:
        return set(flow.returns)
    hands_on = topology.is_store(flow.target) or topology.kind[flow.target] in _HANDS_ON
    return offered if hands_on else set()


def _own_rights(topology: Topology, flow: Flow) -> bool:
    callee = topology.components[flow.target]
    if isinstance(callee, Memory) and callee.scope in (Scope.SESSION, Scope.USER):
        return False
    if isinstance(callee, Model):
        return False
    return topology.authority(flow) is not Authority.USER


def labels(topology: Topology, spread: Spread) -> dict[str, Label]:
    """Label each component: the join of the data that reaches it, and the trust of whoever wrote what arrives there.

    An answer without listed assets counts as carrying whatever the callee handles: a label errs on the strict side.
    """
    system = topology.system
    scheme = system.scheme
    found = {}
    for name in topology.components:
        label = Label(integrity=_source_integrity(topology, name))
        for item in spread.handles[name]:
            data = system.data[item]
            label = label.join(Label(scheme.level(data.class_), frozenset(data.categories)))
        found[name] = label
    queue = deque(topology.components)
    while queue:
        name = queue.popleft()
        for other, whole in _receivers(topology, name):
            passed = found[name] if whole else Label(integrity=found[name].integrity)
            joined = found[other].join(passed)
            if joined != found[other] and not isinstance(topology.components[other], Person):
                found[other] = joined
                queue.append(other)
    return found


def _source_integrity(topology: Topology, name: str) -> Integrity:
    component = topology.components[name]
    if isinstance(component, Store):
        return integrity_of(component.writers)
    if isinstance(component, Person):
        return integrity_of([component.party])
    return Integrity.TRUSTED


def _receivers(topology: Topology, name: str) -> list[tuple[str, bool]]:
    """Return who receives content of a component, and whether that may be any of the data it handles."""
    forward = [(flow.target, False) for flow in topology.out[name] if topology.sends(flow)]
    model = isinstance(topology.components[name], Model)
    back = [(flow.source, flow.returns is None and not model) for flow in topology.into[name] if topology.answers(flow)]
    return forward + back
