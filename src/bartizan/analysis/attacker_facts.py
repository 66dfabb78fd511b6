"""The facts about who can attack from where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bartizan.analysis.component_facts import INSIDE
from bartizan.analysis.topology import OUTSIDE_PARTIES, SOFTWARE, Topology
from bartizan.catalog import Fact, Position
from bartizan.model import Component, Store
from bartizan.model.component import Agent, Device, Model, Person, Saas
from bartizan.model.words import Hosting, Origin, PhysicalAccess, ZoneKind


def attacker_facts(topology: Topology, positions: Mapping[str, Position]) -> Iterator[Fact]:
    """Return what attackers in each position can do before they attack."""
    for position, entry in positions.items():
        parties = set(entry.parties)
        yield ("attacker", position)
        if parties & {party.value for party in OUTSIDE_PARTIES}:
            yield ("external", position)
        if parties & {"employees", "team", "admins"}:
            yield ("internal", position)
        for name, component in topology.components.items():
            if isinstance(component, Store):
                if parties & {party.value for party in component.writers}:
                    yield ("may_write", position, name)
                if parties & {party.value for party in component.readers}:
                    yield ("may_read", position, name)
            elif isinstance(component, Agent) and parties & {party.value for party in component.configured_by}:
                yield ("may_configure", position, name)
            elif isinstance(component, Person) and component.party.value in parties:
                yield from (("may_use", position, used) for used in _used_by(topology, name))
            elif isinstance(component, Device) and _can_stand_before(component, entry):
                yield ("physical", position, name)
            if position in _suppliers(topology, name, component):
                yield ("supplies", position, name)


def _used_by(topology: Topology, person: str) -> Iterable[str]:
    """Return what a person uses: what is called directly or through client software, devices and gateways."""
    return topology.reach_forward(person, ("client", "device", "gateway"), 3)


def _can_stand_before(device: Device, position: Position) -> bool:
    who = {
        PhysicalAccess.PUBLIC: {"public", "employees", "team", "admins"},
        PhysicalAccess.STAFF: {"employees", "team", "admins"},
        PhysicalAccess.NONE: set[str](),
    }
    return bool(who[device.physical_access] & set(position.parties))


def _suppliers(topology: Topology, name: str, component: Component) -> set[str]:
    found = set()
    origin = getattr(component, "origin", None)
    built = topology.kind[name] in SOFTWARE and topology.kind[name] != "client" and not component.vendor
    if (isinstance(origin, Origin) and origin not in INSIDE) or (
        built and topology.zone_kind[name] is not ZoneKind.VENDOR
    ):
        found.add("supplier")
    provided = isinstance(component, Model) and component.hosting is Hosting.PROVIDER
    if provided or isinstance(component, Saas) or topology.zone_kind[name] is ZoneKind.VENDOR:
        found.add("vendor")
    if origin is Origin.PARTNER:
        found.add("partner")
    return found
