"""The facts of a system: what the rules of the catalog may ask about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bartizan.analysis.attacker_facts import attacker_facts
from bartizan.analysis.component_facts import own_facts
from bartizan.analysis.flow_facts import flow_facts
from bartizan.analysis.lineage import lineage_facts
from bartizan.analysis.spread import Spread
from bartizan.analysis.topology import OUTSIDE_PARTIES, SOFTWARE, Topology
from bartizan.catalog import Fact, Position
from bartizan.model import Component, Store
from bartizan.model.component import Agent, McpServer, Person, Tool
from bartizan.model.words import Autonomy, Category, Tenancy, ZoneKind

_PERSONAL = {Category.PERSONAL, Category.SENSITIVE_PERSONAL, Category.HEALTH, Category.BIOMETRIC, Category.CHILDREN}
_NOT_TEXT = ("repository", "model-registry", "data-set", "secret-store")


def system_facts(topology: Topology, spread: Spread, positions: Mapping[str, Position]) -> set[Fact]:
    """Return every fact that holds before anybody attacks."""
    facts: set[Fact] = {("changes", effect) for effect in ("write", "send", "execute", "pay")}
    for name, component in topology.components.items():
        facts.update(_kind_facts(topology, name, component))
        facts.update(own_facts(name, component))
    facts.update(flow_facts(topology))
    facts.update(_data_facts(topology, spread))
    facts.update(attacker_facts(topology, positions))
    facts.update(lineage_facts(topology))
    facts.update(
        ("found_dangerous", found.component) for found in topology.system.scan_evidence if found.verdict == "dangerous"
    )
    return facts


def _kind_facts(topology: Topology, name: str, component: Component) -> Iterator[Fact]:
    kind = topology.kind[name]
    yield ("component", name)
    yield (kind.replace("-", "_"), name)
    if isinstance(component, Store):
        yield ("store", name)
        if kind not in _NOT_TEXT:
            yield ("readable", name)
        if component.tenancy is Tenancy.SHARED:
            yield ("shared_tenancy", name)
    if name in topology.ai_enabled:
        yield ("ai_enabled", name)
    if name in topology.promptable:
        yield ("promptable", name)
    if isinstance(component, Tool | McpServer):
        yield ("actuator", name)
    if name in topology.promptable and not (isinstance(component, Agent) and component.autonomy is Autonomy.SUGGEST):
        yield ("may_act", name)
    if kind in SOFTWARE:
        yield ("software", name)
        if not component.vendor and kind != "client" and topology.zone_kind[name] is not ZoneKind.VENDOR:
            yield ("built_here", name)
    zone = topology.zone_kind[name]
    if zone is not None:
        yield ("zone_kind", name, zone.value)
    if _exposed(topology, name, component):
        yield ("exposed_component", name)


def _exposed(topology: Topology, name: str, component: Component) -> bool:
    if isinstance(component, Person) or topology.zone_kind[name] is ZoneKind.VENDOR:
        return False
    if topology.zone_kind[name] in (ZoneKind.INTERNET, ZoneKind.DMZ):
        return True
    for flow in topology.into[name]:
        caller = topology.components[flow.source]
        if isinstance(caller, Person) and caller.party in OUTSIDE_PARTIES:
            return True
        if topology.zone_kind[flow.source] in (ZoneKind.INTERNET, ZoneKind.PARTNER) and component.zone != caller.zone:
            return True
    return False


def _data_facts(topology: Topology, spread: Spread) -> Iterator[Fact]:
    system = topology.system
    scheme = system.scheme
    for name, data in system.data.items():
        if scheme.weight(scheme.level(data.class_)) >= 2:
            yield ("sensitive", name)
        yield from (("category", name, category.value) for category in data.categories)
        if _PERSONAL & set(data.categories):
            yield ("personal", name)
    for name, component in topology.components.items():
        if isinstance(component, Person):
            continue
        yield from (("holds", name, item) for item in component.holds)
        yield from (("handles", name, item) for item in spread.handles[name])
        yield from (("pooled", name, item) for item in spread.pooled[name])
        for item in spread.handles[name]:
            regions = system.data[item].regions
            if component.region and regions and component.region not in regions:
                yield ("abroad", name, item)
