"""Where in a system evidence belongs: from what a person or a program calls a place to the parts of the system."""

from __future__ import annotations

from typing import TypeAlias

from bartizan.analysis.topology import Topology
from bartizan.model import System
from bartizan.model.decode import nearest

__all__ = ["SYSTEM", "Site", "Sites", "place_key", "place_words"]

_HELPS = 100
"""How many wrong places of one system are compared with all that there are: that takes a while in a large one."""
Site: TypeAlias = tuple[str, str]
"""`(component, id)`, `(flow, key of the flow)` or `(system, "")`."""
SYSTEM: Site = ("system", "")


def place_key(place: str) -> str:
    """Return a place as the analysis writes it: `A->B` for `A -> B`, `system` for nothing."""
    return "->".join(part.strip() for part in place.split("->")) or "system"


def place_words(key: str) -> str:
    """Return a place as evidence writes it: `A -> B` for `A->B`, nothing for `system`."""
    return "" if key == "system" else key.replace("->", " -> ")


class Sites:
    """The places of one system."""

    def __init__(self, system: System) -> None:
        self.topology = Topology(system)
        self._components = system.components.keys()
        self._zones = system.zones.keys()
        self._flows: dict[str, list[str]] = {}
        self._pair: dict[str, str] = {}
        for flow in system.flows:
            pair = f"{flow.source}->{flow.target}"
            self._flows.setdefault(pair, []).append(flow.key)
            self._pair[flow.key] = pair
        self._helps: dict[str, str] = {}

    def at(self, place: str) -> list[Site]:
        """Return what a place is: a component, the components of a zone, a call or all calls of a pair; none if none.

        A component counts before a zone or a call of the same name, as everywhere in the language.
        """
        key = place_key(place)
        if key == "system":
            return [SYSTEM]
        if key in self._components:
            return [("component", key)]
        if key in self._zones:
            inside = [name for name in self._components if key in self.topology.zones_around(name)]
            return [("component", name) for name in inside]
        if key in self._pair and self._pair[key] != key:
            return [("flow", key)]
        return [("flow", flow) for flow in self._flows.get(key, [])]

    def key(self, site: Site) -> str:
        """Return a site's place as the analysis writes it."""
        kind, name = site
        return self._pair[name] if kind == "flow" else name or "system"

    def help(self, place: str) -> str:
        """Return which place may be meant by one that is none, as a sentence; nothing after many of these."""
        if place not in self._helps and len(self._helps) < _HELPS:
            places = [*self._components, *self._zones, *map(place_words, self._flows)]
            self._helps[place] = nearest(place[:200], places)
        return self._helps.get(place, "")
