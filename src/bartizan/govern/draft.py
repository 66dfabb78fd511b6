"""A draft of a system: a design of the catalog, fitted to what somebody said about an initiative."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeAlias

import msgspec

from bartizan.catalog import Catalog
from bartizan.model import Level, System
from bartizan.model.assemble import system_of
from bartizan.model.words import Category
from bartizan.model.yamltree import parse_yaml, to_yaml

__all__ = ["Draft"]

Plain: TypeAlias = dict[str, Any]

_PATTERNS = {
    "documents": "rag-on-sharepoint",
    "agent": "agent-with-mcp-tools",
    "coding": "coding-assistant",
    "copilot": "saas-copilot",
    "training": "fine-tuning-pipeline",
    "decision": "classic-model-scoring",
}
_ACTOR = {"documents": "assistant", "agent": "agent", "coding": "assistant", "copilot": "copilot",
          "training": "application", "decision": "scoring"}  # fmt: skip
"""What a tool is called by that the design lacks."""
_EFFECTS = {"proposes": ["write"], "writes": ["write"], "sends": ["send"], "executes": ["execute"], "pays": ["pay"]}
_AUTONOMY = {"nothing": "suggest", "proposes": "approve"}
_KEPT = {"conversations", "source-code", "training-data", "system-prompt"}
"""Categories that follow from the design and not from the answers."""
_OUTSIDERS = {"public", "customers", "partners", "vendor"}
_STORES = ("data-store", "file-share", "mailbox", "vector-store", "data-set", "saas")
_READ = {"documents": "documents-library", "agent": "ticket-system", "coding": "issue-tracker", "copilot": "library",
         "training": "training-data", "decision": "history"}  # fmt: skip
"""Where what outsiders write arrives."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about an initiative. `planned` is the day for which the design's controls are planned."""

    name: str
    id: str
    owner: str
    what: str
    users: str
    class_: str
    categories: list[Category]
    outside: str
    acts: str
    hosting: str
    criticality: Level
    classes: list[str]
    currency: str
    planned: date

    def system(self, catalog: Catalog) -> System:
        """Return the system."""
        pattern = catalog.patterns[_PATTERNS[self.what]]
        made = copy.deepcopy(pattern.system)
        steps: Iterable[Callable[[Plain], None]] = (
            self._data, self._tools, self._autonomy, self._users, self._writers, self._models, _unnamed, self._plan,
        )  # fmt: skip
        for step in steps:
            step(made)
        made.pop("appetite", None)
        made |= {
            "id": self.id,
            "name": self.name,
            "description": f"A draft from the design `{pattern.title}`. {' '.join(pattern.intent.split())}",
            "owner": self.owner,
            "stage": "design",
            "criticality": self.criticality.value,
            "classes": self.classes,
            "currency": self.currency,
            "assumptions": self._assumptions(),
        }
        return system_of(parse_yaml(to_yaml(made), "draft"))

    def _assumptions(self) -> list[str]:
        out = [
            "components, calls and how they are protected are the design's, until somebody has checked them",
            f"the design's controls are planned for {self.planned}",
        ]
        if self.outside == "unknown":
            out.append("what outsiders can write reaches it, since nobody knows that it doesn't")
        return out

    def _data(self, made: Plain) -> None:
        for asset in made["data"].values():
            kept = [word for word in asset.get("categories", []) if word in _KEPT]
            asset["class"] = self.class_
            asset["categories"] = [*dict.fromkeys([*kept, *(category.value for category in self.categories)])]

    def _tools(self, made: Plain) -> None:
        """Give it the tools that it was said to have: the design's where they fit, else one more."""
        wanted = _EFFECTS.get(self.acts, [])
        parts: Plain = made["components"]
        for name, part in [*parts.items()]:
            effects = part.get("effect", [])
            if part["kind"] not in ("tool", "mcp-server") or effects == ["read"]:
                continue
            if "read" in effects:
                part["effect"] = ["read", *(["write"] if wanted else [])]
            elif effects != wanted:
                _without(made, name)
        if self.what in ("training", "decision") and self.acts != "executes":
            return  # what follows from the output is said by `automates`
        effects = [effect for part in parts.values() for effect in part.get("effect", [])]
        if any(effect not in effects for effect in wanted):
            self._one_more(made, wanted)

    def _one_more(self, made: Plain, effects: list[str]) -> None:
        actor = _ACTOR[self.what]
        zone = made["components"][actor]["zone"]
        made["components"]["action"] = {
            "kind": "tool",
            "name": "What it does",
            "zone": zone,
            "effect": effects,
            "reversible": effects == ["write"],
            "reach": "any" if effects in (["send"], ["execute"]) else "internal",
        }
        assets = [*made["data"]]
        call = {"from": actor, "to": "action", "carries": assets, "returns": [], "authority": "service"}
        made["flows"].append({**call, "authentication": "workload-identity", "encryption": "tls"})
        part = made["components"][actor]
        if part["kind"] == "application":
            part["kind"] = "agent"

    def _autonomy(self, made: Plain) -> None:
        for part in made["components"].values():
            if part["kind"] == "agent":
                part["autonomy"] = _AUTONOMY.get(self.acts, "act")
            if part["kind"] == "model" and self.what in ("training", "decision"):
                part["automates"] = self.acts not in _AUTONOMY

    def _users(self, made: Plain) -> None:
        """Put those who use it, and what they use it with, where they are."""
        people = [name for name, part in made["components"].items() if part["kind"] == "person"]
        if self.what == "decision":
            people = ["customers"]
        if self.what == "training":
            people = ["employees"]
        for name in people:
            made["components"][name]["party"] = self.users
        if self.users == "employees":
            return
        made["zones"].setdefault("internet", {"kind": "internet"})
        screens = [name for name, part in made["components"].items() if part["kind"] == "client"]
        for name in [*people, *screens]:
            made["components"][name]["zone"] = "internet"
        for flow in made["flows"]:
            if flow["from"] in (*people, *screens):
                flow["authentication"] = "none" if self.users == "public" else "oidc"
                if self.users == "public":
                    flow["authority"] = "none" if flow["from"] in screens else "user"

    def _writers(self, made: Plain) -> None:
        """Say who can write what it reads. Who doesn't know whether outsiders can is taken to say yes."""
        for part in made["components"].values():
            if part["kind"] in _STORES and "writers" in part:
                part["writers"] = [word for word in part["writers"] if word not in _OUTSIDERS] or ["team"]
        if self.outside == "no":
            for name, part in [*made["components"].items()]:
                if part["kind"] == "web":
                    for reader in {flow["from"] for flow in made["flows"] if flow["to"] == name}:
                        _without(made, reader)
                elif part["kind"] == "mailbox":
                    part["writers"] = ["employees"]
            return
        store = made["components"][_READ[self.what]]
        store["writers"] = [*dict.fromkeys([*store.get("writers", ["employees"]), "public"])]

    def _models(self, made: Plain) -> None:
        """Put the models where they run."""
        zones: Plain = made["zones"]
        models = [part for part in made["components"].values() if part["kind"] == "model"]
        if self.hosting == "provider":
            zones.setdefault("provider", {"kind": "vendor", "name": "Model provider"})
        elif models:
            kind = "cloud" if self.hosting == "cloud" else "restricted"
            zones.setdefault("models", {"kind": kind, "name": "Where the models run"})
        for part in models:
            part["hosting"] = self.hosting
            part["zone"] = "provider" if self.hosting == "provider" else "models"
            if self.hosting != "provider":
                part.setdefault("weights", "internal")
        used = {part.get("zone") for part in made["components"].values()} | {
            zone.get("parent") for zone in zones.values()
        }
        made["zones"] = {name: zone for name, zone in zones.items() if name in used}

    def _plan(self, made: Plain) -> None:
        """Make the design's controls planned ones: that it is drawn doesn't put it in place."""
        for part in (made, *made["components"].values(), *made["flows"]):
            if part.get("controls"):
                part["controls"] = [self._planned(item) for item in part["controls"]]

    def _planned(self, item: str | Plain) -> Plain:
        placed = {"control": item} if isinstance(item, str) else {**item}
        return {**placed, "planned": self.planned.isoformat()}


def _unnamed(made: Plain) -> None:
    """Take out products and vendors: which ones it will be, nobody has said."""
    for part in made["components"].values():
        for key in ("vendor", "provider", "product", "technology"):
            part.pop(key, None)


def _without(made: Plain, name: str) -> None:
    """Take a component out, with its calls, what only it called, and controls that stood there."""
    called = [flow["to"] for flow in made["flows"] if flow["from"] == name]
    del made["components"][name]
    made["flows"] = [flow for flow in made["flows"] if name not in (flow["from"], flow["to"])]
    for other in called:
        if not any(other in (flow["from"], flow["to"]) for flow in made["flows"]):
            made["components"].pop(other, None)
