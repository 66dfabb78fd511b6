"""Every id that a system mentions must exist; each that doesn't is an error at its own position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bartizan.model.base import Placed, to_range
from bartizan.model.decode import Decoder, nearest
from bartizan.model.errors import Place
from bartizan.model.label import Scheme
from bartizan.model.system import System
from bartizan.model.yamltree import Node


def check_references(system: System, tree: Node) -> None:
    """Raise InputErrors for dangling references, repeated flows, unknown classes and impossible ranges."""
    _Checker(system, tree).run()


class _Checker(Decoder):
    def __init__(self, system: System, tree: Node) -> None:
        super().__init__()
        self.system = system
        self.tree = tree

    def run(self) -> None:
        self._classes()
        self._zones()
        self._components()
        self._flows()
        self._controls()
        self._numbers()
        self.finish()

    def at(self, *path: str | int) -> Place:
        """Return the position of the value at a path of keys, or of the last part that the source has."""
        node = self.tree
        for step in path:
            if isinstance(node.value, dict) and step in node.value:
                node = node.value[str(step)][1]
            elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
        return node.place

    def known(self, name: str | None, among: Iterable[str], what: str, *path: str | int) -> None:
        """Note a mistake when `name` is given and is not among the ids."""
        if name is not None and name not in among:
            self.fail(f"there is no {what} `{name}`", self.at(*path), nearest(name, among))

    def _classes(self) -> None:
        if len(set(self.system.classes)) != len(self.system.classes) or len(self.system.classes) < 2:
            self.fail("`classes` needs two or more different names, least secret first", self.at("classes"))
        scheme = Scheme(tuple(self.system.classes))
        for name, data in self.system.data.items():
            self.known(data.class_, scheme.classes, "class", "data", name, "class")
        for index, found in enumerate(self.system.data_evidence):
            self.known(found.class_ or None, scheme.classes, "class", "data_evidence", index, "class")
        for index, scanned in enumerate(self.system.scan_evidence):
            self.known(scanned.component, self.system.components, "component", "scan_evidence", index, "component")

    def _zones(self) -> None:
        zones = self.system.zones
        for name, zone in zones.items():
            self.known(zone.parent, zones, "zone", "zones", name, "parent")
        for name in zones:
            seen, parent = {name}, zones[name].parent
            while parent in zones:
                if parent == name:
                    self.fail(f"zone `{name}` lies inside itself", self.at("zones", name, "parent"))
                if parent in seen:
                    break
                seen.add(parent)
                parent = zones[parent].parent

    def _components(self) -> None:
        system = self.system
        for name, component in system.components.items():
            path = ("components", name)
            if name == "system":
                self.fail("`system` names the whole system and can't name a component", self.at(*path), "rename it")
            self.known(component.zone, system.zones, "zone", *path, "zone")
            for index, held in enumerate(component.holds):
                self.known(held, system.data, "data asset", *path, "holds", index)
        for name, identity in system.identities.items():
            self.known(identity.kept_in, system.components, "component", "identities", name, "kept_in")

    def _flows(self) -> None:
        system, seen = self.system, dict[str, int]()
        for index, flow in enumerate(system.flows):
            path = ("flows", index)
            self.known(flow.source, system.components, "component", *path, "from")
            self.known(flow.target, system.components, "component", *path, "to")
            self.known(flow.identity, system.identities, "identity", *path, "identity")
            for key, items in (("carries", flow.carries), ("returns", flow.returns or [])):
                for number, item in enumerate(items):
                    self.known(item, system.data, "data asset", *path, key, number)
            if flow.key in seen:
                first = self.at("flows", seen[flow.key])
                self.fail(
                    f"flow `{flow.key}` stands twice",
                    self.at(*path),
                    f"the first one is at {first}; join them, or give one an `id`",
                )
            seen[flow.key] = index

    def _controls(self) -> None:
        for name, component in self.system.components.items():
            self._own_controls(component.controls, "components", name)
        for index, flow in enumerate(self.system.flows):
            self._own_controls(flow.controls, "flows", index)
        places = {*self.system.components, *(flow.key for flow in self.system.flows), *self.system.zones, "system"}
        for index, placed in enumerate(self.system.controls):
            for number, place in enumerate(placed.on if isinstance(placed, Placed) else []):
                self.known(place, places, "component, flow or zone", "controls", index, "on", number)

    def _own_controls(self, items: Sequence[str | Placed], *path: str | int) -> None:
        """Refuse `on` in the list of a component or flow: what is listed there stands there."""
        help = "a control stands where it is listed; use the top-level `controls` to place it elsewhere"
        for index, placed in enumerate(items):
            if isinstance(placed, Placed) and placed.on:
                self.fail("`on` belongs to the top-level `controls`", self.at(*path, "controls", index), help)

    def _numbers(self) -> None:
        if isinstance(self.system.appetite, float) and self.system.appetite < 0:
            self.fail("an appetite in money is not negative", self.at("appetite"))
        for section, index, numbers in (
            *(("losses", i, loss.magnitude) for i, loss in enumerate(self.system.losses) if loss.magnitude is not None),
            *(("attempts", i, item.per_year) for i, item in enumerate(self.system.attempts)),
        ):
            try:
                to_range(numbers)
            except ValueError as error:
                self.fail(str(error), self.at(section, index))
        subjects = {*self.system.components, *self.system.data}
        for index, loss in enumerate(self.system.losses):
            self.known(loss.of, subjects, "component or data asset", "losses", index, "of")


__all__ = ["check_references"]
