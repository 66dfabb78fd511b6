"""Open Threat Model 0.1 and 0.2: trust zones, components, data flows, assets.

Files that Bartizan wrote carry the system's own words in `attributes.bartizan`, so they come back as they were.
"""

from __future__ import annotations

import re
from typing import Any

from bartizan.store.importers.common import Ids, Imported, filled, guess_kind, items, mapping, read_document, text

__all__ = ["read"]

_ZONES = (
    (r"internet|public", "internet"),
    (r"partner", "partner"),
    (r"vendor|provider|saas|third.?party", "vendor"),
    (r"dmz|perimeter|demilitari[sz]ed", "dmz"),
    (r"device|client|workstation|end.?point", "device"),
    (r"secured?|restricted|confidential|pci", "restricted"),
    (r"cloud|aws|azure|gcp|vpc", "cloud"),
)
_OWN = ("zones", "data", "identities", "losses", "attempts", "controls", "assumptions", "decisions")


def read(content: bytes, file: str) -> Imported:
    """Read an Open Threat Model, as YAML or JSON. Raises InputError when the file isn't one."""
    return _Reader(read_document(content, file, ("otmVersion", "project"))).run()


class _Reader:
    def __init__(self, plain: dict[str, Any]) -> None:
        self.plain = plain
        self.notes: list[str] = []
        self.ids, self.data_ids, self.zone_ids = Ids(), Ids(), Ids()
        self.entries = {str(mapping(entry).get("id")): mapping(entry) for entry in items(plain.get("components"))}

    def run(self) -> Imported:
        project = mapping(self.plain.get("project"))
        document: dict[str, Any] = {
            "bartizan": 1,
            "id": Ids().new(text(project.get("id")), text(project.get("name"))),
            "name": text(project.get("name")),
            "description": text(project.get("description")),
            "owner": text(project.get("owner")),
            **{key: value for key, value in _own(project).items() if key not in _OWN},
            "zones": self._zones(),
            "data": self._data(),
            "identities": mapping(_own(project).get("identities")),
        }
        document["components"] = self._components()
        document["flows"] = self._flows()
        for key in ("controls", "losses", "attempts", "assumptions", "decisions"):
            document[key] = items(_own(project).get(key))
        self._left_out()
        return Imported(document={key: value for key, value in document.items() if value}, notes=self.notes)

    def _zones(self) -> dict[str, Any]:
        entries = [mapping(entry) for entry in items(self.plain.get("trustZones"))]
        ours = {text(e.get("id")): self.zone_ids.new(text(e.get("id")), text(e.get("name"))) for e in entries}
        out: dict[str, Any] = {}
        for entry in entries:
            name = text(entry.get("name"))
            parent = self.zone_ids.get(mapping(entry.get("parent")).get("trustZone"))
            out[ours[text(entry.get("id"))]] = filled(
                kind=self._zone_kind(entry), name=name, description=text(entry.get("description")), parent=parent
            ) | _own(entry)
        return out

    def _zone_kind(self, entry: dict[str, Any]) -> str:
        described = f"{text(entry.get('type'))} {text(entry.get('name'))}".lower()
        for pattern, kind in _ZONES:
            if re.search(rf"\b({pattern})", described):
                return kind
        rating = mapping(entry.get("risk")).get("trustRating")
        trust = rating if isinstance(rating, int | float) else 50
        kind = "internet" if trust <= 10 else "dmz" if trust <= 40 else "restricted" if trust >= 90 else "corporate"
        if "kind" not in _own(entry):
            self.notes.append(f"trust zone `{text(entry.get('name'))}` taken as {kind}, by its rating of {trust:g}")
        return kind

    def _data(self) -> dict[str, Any]:
        out = {}
        for raw in items(self.plain.get("assets")):
            asset = mapping(raw)
            name, secret = text(asset.get("name")), mapping(asset.get("risk")).get("confidentiality")
            level = secret if isinstance(secret, int | float) else 50
            grade = (
                "public"
                if level <= 10
                else "internal"
                if level <= 40
                else "confidential"
                if level <= 80
                else "restricted"
            )
            out[self.data_ids.new(text(asset.get("id")), name)] = (
                filled(name=name, description=text(asset.get("description"))) | {"class": grade} | _own(asset)
            )
        if out and not all(_own(mapping(raw)) for raw in items(self.plain.get("assets"))):
            self.notes.append("classes of data are taken from the confidentiality ratings; add `categories` to `data`")
        return out

    def _components(self) -> dict[str, Any]:
        out = {}
        for foreign, entry in self.entries.items():
            name, type_ = text(entry.get("name")), text(entry.get("type"))
            own = _own(entry)
            guessed = (
                None if "kind" in own else guess_kind(type_, name, *(text(tag) for tag in items(entry.get("tags"))))
            )
            kind, keys = guessed or ("application", {})
            if not own and guessed is None:
                self.notes.append(f"component `{name}` of type `{type_}` taken as `application`")
            elif not own and kind in ("model", "agent", "mcp-server", "retriever", "saas"):
                self.notes.append(f"component `{name}` taken as `{kind}`: check its keys, OTM has none for it")
            stored = (self.data_ids.get(asset) for asset in items(mapping(entry.get("assets")).get("stored")))
            out[self.ids.new(foreign, name)] = (
                filled(
                    kind=kind,
                    **keys,
                    name=name,
                    description=text(entry.get("description")),
                    zone=self._zone_of(entry),
                    technology=type_ if not own else "",
                    tags=[text(tag) for tag in items(entry.get("tags")) if text(tag)],
                    holds=[asset for asset in stored if asset],
                )
                | own
            )
        return out

    def _zone_of(self, entry: dict[str, Any]) -> str | None:
        """Follow parents up to a trust zone."""
        seen: set[str] = set()
        while True:
            parent = mapping(entry.get("parent"))
            if "trustZone" in parent:
                return self.zone_ids.get(parent["trustZone"])
            above = str(parent.get("component"))
            if above in seen or above not in self.entries:
                return None
            seen.add(above)
            entry = self.entries[above]

    def _flows(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        seen: set[tuple[str, str]] = set()
        flow_ids = Ids()
        for raw in items(self.plain.get("dataflows")):
            entry = mapping(raw)
            name, own = text(entry.get("name")) or text(entry.get("id")), _own(entry)
            source, target = self.ids.get(entry.get("source")), self.ids.get(entry.get("destination"))
            if source is None or target is None:
                self.notes.append(f"data flow `{name}` has an end that is no component; left out")
                continue
            repeated = (source, target) in seen
            seen.add((source, target))
            assets = [asset for asset in (self.data_ids.get(a) for a in items(entry.get("assets"))) if asset]
            both = entry.get("bidirectional") is True
            guessed = filled(
                description=text(entry.get("description")) or name, carries=assets, returns=assets if both else None
            )
            out.append(
                {"from": source, "to": target}
                | filled(id=flow_ids.new(text(entry.get("id")), name) if repeated and "id" not in own else None)
                | (own or guessed)
            )
        return out

    def _left_out(self) -> None:
        foreign = not _own(mapping(self.plain.get("project")))
        for key, words in (
            ("threats", "threats"),
            ("mitigations", "mitigations"),
            ("representations", "representations"),
        ):
            number = len(items(self.plain.get(key)))
            if number and (foreign or key == "representations"):
                why = "" if key == "representations" else ": Bartizan derives its own"
                self.notes.append(f"{number} {words} are not carried over{why}")


def _own(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what Bartizan itself put into `attributes.bartizan`."""
    return mapping(mapping(entry.get("attributes")).get("bartizan"))
