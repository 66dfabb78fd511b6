"""What follows from how components are connected: who can reach what, which content passes where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from bartizan.model import ComponentBase, Flow, Store, System, kind_of
from bartizan.model.component import Client, Model, Person, Saas
from bartizan.model.words import Authority, ModelType, Party, ZoneKind

SOFTWARE = frozenset(
    {"application", "agent", "client", "tool", "mcp-server", "training-job", "evaluation-job"}
    | {"notebook", "pipeline", "gateway", "retriever"}
)
"""Kinds that run code."""
OUTSIDE_PARTIES = frozenset({Party.PUBLIC, Party.CUSTOMERS, Party.PARTNERS})
_BEHIND_GATEWAYS = ("tool", "mcp-server", "model", "saas")
_WRITTEN_TO = ("memory", "log-store", "model-registry")
_OUTSIDE = (ZoneKind.INTERNET, ZoneKind.VENDOR, ZoneKind.PARTNER, ZoneKind.DEVICE)
_LANGUAGE = (ModelType.LLM, ModelType.MULTIMODAL)
_CALLERS = ("application", "client", "gateway", "notebook", "pipeline", "device", "retriever", "saas", "evaluation-job")


class Topology:
    """Indexes of one system. `out` and `into` give a component's calls by caller and by callee."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.components = system.components
        self.kind = {name: kind_of(component) for name, component in system.components.items()}
        self.out: dict[str, list[Flow]] = defaultdict(list)
        self.into: dict[str, list[Flow]] = defaultdict(list)
        for flow in system.flows:
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow)
        self.zone_kind = {name: self._zone_kind(component) for name, component in system.components.items()}
        self.promptable = self._promptable()
        self.faces_outside = self._faces_outside()
        self.ai_enabled = self._ai_enabled()

    def is_store(self, name: str) -> bool:
        """Tell whether a component keeps content."""
        return isinstance(self.components[name], Store)

    def is_language_model(self, name: str) -> bool:
        """Tell whether a component is a model that follows text."""
        component = self.components[name]
        return isinstance(component, Model) and component.type in _LANGUAGE

    def ours(self, name: str) -> bool:
        """Tell whether the owner can change a component: not what partners run, nor the open web."""
        zone = self.zone_kind[name]
        return zone is not ZoneKind.PARTNER and not (zone is ZoneKind.INTERNET and self.kind[name] == "web")

    def sends(self, flow: Flow) -> bool:
        """Tell whether content passes from caller to callee: always, except that reading a store writes nothing."""
        if not self.is_store(flow.target):
            return True
        return bool(flow.carries) or self.kind[flow.target] in _WRITTEN_TO

    def answers(self, flow: Flow) -> bool:
        """Tell whether content comes back: unless `returns: []` says no, or the callee is a log."""
        if flow.returns is None:
            kind = self.kind[flow.target]
            written = self.is_store(flow.target) and bool(flow.carries) and kind != "memory"
            return kind != "log-store" and not written
        return bool(flow.returns)

    def authority(self, flow: Flow) -> Authority | None:
        """Return whose rights a call has; a person's and a client's calls are the user's unless stated."""
        if flow.authority is None and isinstance(self.components[flow.source], Person | Client):
            return Authority.USER
        return flow.authority

    def outside(self, flow: Flow) -> bool:
        """Tell whether a call leaves the organisation's network."""
        ends = (flow.source, flow.target)
        zones = {self.components[end].zone for end in ends}
        return len(zones) > 1 and any(self.zone_kind[end] in _OUTSIDE for end in ends)

    def reach_forward(self, start: str, through: Iterable[str], most: int) -> set[str]:
        """Return what `start` reaches in at most `most` calls that go on only through the kinds `through`."""
        kinds, seen, edge = set(through), {start}, [start]
        for _ in range(most):
            found = {flow.target for name in edge for flow in self.out[name]} - seen
            seen |= found
            edge = sorted(name for name in found if self.kind[name] in kinds)
        return seen - {start}

    def through_gateways(self) -> list[tuple[Flow, Flow]]:
        """Return each call into a gateway with each call of that gateway to what it stands before."""
        return [
            (entry, onward)
            for name, kind in self.kind.items()
            if kind == "gateway"
            for onward in self.out[name]
            if self.kind[onward.target] in _BEHIND_GATEWAYS
            for entry in self.into[name]
            if self.kind[entry.source] not in ("person", "gateway")
        ]

    def _ai_enabled(self) -> set[str]:
        """Return models, what builds prompts, what either calls, and what reaches those within three calls.

        Stores count as called by whoever reads or writes them, so what fills a store that AI reads is part of it too.
        """
        core = self.promptable | {name for name, kind in self.kind.items() if kind == "model"}
        found = core | {flow.target for name in core for flow in self.out[name]}
        edge = set(found)
        for _ in range(3):
            callers = {flow.source for name in edge for flow in self.into[name]}
            stores = {flow.target for name in edge for flow in self.out[name] if self.is_store(flow.target)}
            edge = (callers | stores) - found
            found |= edge
        return found

    def _faces_outside(self) -> set[str]:
        """Return what people from outside work with, directly or through screens and gateways."""
        found: set[str] = set()
        for name, component in self.components.items():
            if isinstance(component, Person) and component.party in OUTSIDE_PARTIES:
                found |= self.reach_forward(name, ("client", "device", "gateway", "application"), 4)
        return found

    def zones_around(self, name: str) -> list[str]:
        """Return the zones that enclose a component, the innermost first."""
        found: list[str] = []
        zone = self.components[name].zone
        while zone is not None:
            found.append(zone)
            zone = self.system.zones[zone].parent
        return found

    def _zone_kind(self, component: ComponentBase) -> ZoneKind | None:
        zone = self.system.zones.get(component.zone or "")
        return zone.kind if zone else None

    def _promptable(self) -> set[str]:
        """Return agents, what calls a language model, assistants, and language models that people call directly."""
        found = {name for name, kind in self.kind.items() if kind == "agent"}
        for name, component in self.components.items():
            if isinstance(component, Saas) and component.assistant:
                found.add(name)
            if self.is_language_model(name):
                callers = [flow.source for flow in self.into[name] if self.kind[flow.source] in _CALLERS]
                found.update(self._prompt_builders(callers))
                if self._asked_by_people(name):
                    found.add(name)
        return found

    def _asked_by_people(self, model: str) -> bool:
        """Tell whether people or their clients call a model directly, or through nothing but a gateway."""
        callers = [flow.source for flow in self.into[model]]
        gateways = [name for name in callers if self.kind[name] == "gateway"]
        callers += [flow.source for name in gateways for flow in self.into[name]]
        return any(isinstance(self.components[name], Person | Client) for name in callers)

    def _prompt_builders(self, callers: list[str]) -> set[str]:
        """Return the callers of a model; behind a gateway it is the gateway's callers that build the prompt."""
        found: set[str] = set()
        for caller in callers:
            behind = [f.source for f in self.into[caller] if self.kind[f.source] in ("application", "agent", "client")]
            found.update(behind if self.kind[caller] == "gateway" else [caller])
        return found


__all__ = ["Topology"]
