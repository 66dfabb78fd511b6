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
_LATER = ("controls", "losses", "attempts", "assumptions", "decisions")


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
        own = _own(project)
        told = {key: text(project.get(key)) for key in ("name", "description", "owner")} if own is None else own
        own = own or {}
        document: dict[str, Any] = {
            "bartizan": 1,
            "id": Ids().new(text(project.get("id")), text(project.get("name"))),
            **{key: value for key, value in told.items() if key not in _LATER},
            "zones": self._zones(),
            "data": self._data(),
            "identities": mapping(own.get("identities")),
        }
        document["components"] = self._components()
        document["flows"] = self._flows()
        document |= {key: items(own.get(key)) for key in _LATER}
        self._left_out(foreign=_own(project) is None)
        return Imported(document={k: v for k, v in document.items() if v not in ("", [], {})}, notes=self.notes)

    def _zones(self) -> dict[str, Any]:
        entries = [mapping(entry) for entry in items(self.plain.get("trustZones"))]
        entries = [entry for entry in entries if (_own(entry) or {}).get("stated", True)]
        ours = {text(e.get("id")): self.zone_ids.new(text(e.get("id")), text(e.get("name"))) for e in entries}
        out: dict[str, Any] = {}
        for entry in entries:
            parent = self.zone_ids.get(mapping(entry.get("parent")).get("trustZone"))
            own = _own(entry)
            out[ours[text(entry.get("id"))]] = (
                own
                if own is not None
                else filled(
                    kind=self._zone_kind(entry),
                    name=text(entry.get("name")),
                    description=text(entry.get("description")),
                    parent=parent,
                )
            )
        return out

    def _zone_kind(self, entry: dict[str, Any]) -> str:
        described = f"{text(entry.get('type'))} {text(entry.get('name'))}".lower()
        for pattern, kind in _ZONES:
            if re.search(rf"\b({pattern})", described):
                return kind
        rating = mapping(entry.get("risk")).get("trustRating")
        trust = rating if isinstance(rating, int | float) else 50
        kind = "internet" if trust <= 10 else "dmz" if trust <= 40 else "restricted" if trust >= 90 else "corporate"
        self.notes.append(f"trust zone `{text(entry.get('name'))}` taken as {kind}, by its rating of {trust:g}")
        return kind

    def _data(self) -> dict[str, Any]:
        out, guessed = {}, False
        for raw in items(self.plain.get("assets")):
            asset = mapping(raw)
            own, name = _own(asset), text(asset.get("name"))
            guessed = guessed or own is None
            guess = filled(name=name, description=text(asset.get("description")), **{"class": _class(asset)})
            out[self.data_ids.new(text(asset.get("id")), name)] = guess if own is None else own
        if guessed:
            self.notes.append("classes of data are taken from the confidentiality ratings; add `categories` to `data`")
        return out

    def _components(self) -> dict[str, Any]:
        out = {}
        for foreign, entry in self.entries.items():
            own = _own(entry)
            out[self.ids.new(foreign, text(entry.get("name")))] = self._component(entry) if own is None else own
        return out

    def _component(self, entry: dict[str, Any]) -> dict[str, Any]:
        name, type_ = text(entry.get("name")), text(entry.get("type"))
        tags = [text(tag) for tag in items(entry.get("tags")) if text(tag)]
        guessed = guess_kind(type_, name, *tags)
        kind, keys = guessed or ("application", {})
        if guessed is None:
            self.notes.append(f"component `{name}` of type `{type_}` taken as `application`")
        elif kind in ("model", "agent", "mcp-server", "retriever", "saas"):
            self.notes.append(f"component `{name}` taken as `{kind}`: check its keys, OTM has none for it")
        stored = (self.data_ids.get(asset) for asset in items(mapping(entry.get("assets")).get("stored")))
        return filled(
            kind=kind,
            **keys,
            name=name,
            description=text(entry.get("description")),
            zone=self._zone_of(entry),
            technology=type_,
            tags=tags,
            holds=[asset for asset in stored if asset],
        )

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
            ends = {"from": source, "to": target}
            if own is not None:
                out.append(ends | own)
                continue
            assets = [asset for asset in (self.data_ids.get(a) for a in items(entry.get("assets"))) if asset]
            out.append(
                ends
                | filled(
                    id=flow_ids.new(text(entry.get("id")), name) if (source, target) in seen else None,
                    description=text(entry.get("description")) or name,
                    carries=assets,
                    returns=assets if entry.get("bidirectional") is True else None,
                )
            )
            seen.add((source, target))
        return out

    def _left_out(self, *, foreign: bool) -> None:
        for key in ("threats", "mitigations", "representations"):
            number = len(items(self.plain.get(key)))
            if number and (foreign or key == "representations"):
                why = "" if key == "representations" else ": Bartizan derives its own"
                self.notes.append(f"{number} {key} are not carried over{why}")


def _class(asset: dict[str, Any]) -> str:
    rating = mapping(asset.get("risk")).get("confidentiality")
    level = rating if isinstance(rating, int | float) else 50
    return "public" if level <= 10 else "internal" if level <= 40 else "confidential" if level <= 80 else "restricted"


def _own(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return what Bartizan itself put into `attributes.bartizan`; None when it did not write the file."""
    attributes = mapping(entry.get("attributes"))
    return mapping(attributes["bartizan"]) if "bartizan" in attributes else None
