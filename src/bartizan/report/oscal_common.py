"""What OSCAL documents of every model share: metadata, properties, strings as OSCAL wants them, times and ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from bartizan import __version__
from bartizan.model import Stage
from bartizan.model.assurance import Proof
from bartizan.report.plain import stable_uuid

__all__ = [
    "NAMESPACE",
    "VERSION",
    "Ids",
    "Parties",
    "component_type",
    "instant",
    "line",
    "metadata",
    "nist",
    "prop",
    "prose",
    "status_of",
    "token",
    "written",
]

VERSION = "1.2.1"
NAMESPACE = "urn:bartizan:oscal"
_TYPES = {"device": "hardware", "saas": "service", "web": "service", "identity-provider": "service", "person": "user"}
_STATES = {Stage.OPERATION: "operational", Stage.RETIREMENT: "disposition"}
_ROLES = {
    "asset-owner": "Owner of a component",
    "authorizing-official": "Approves exceptions and accepts risk",
    "exception-owner": "Answers for an exception",
    "prepared-for": "Whom the document is for",
    "provider": "Vendor or provider of a component",
    "system-owner": "Owner of the system",
}


def metadata(title: str, day: date, version: str) -> dict[str, Any]:
    """Return what every document begins with. `day` is when what it says was so."""
    return {"title": line(title), "last-modified": instant(day), "version": line(version), "oscal-version": VERSION}


def prop(name: str, value: str) -> dict[str, str]:
    """Return a property in our own namespace."""
    return {"name": name, "ns": NAMESPACE, "value": line(value)}


def nist(name: str, value: str) -> dict[str, str]:
    """Return a property of OSCAL's own, whose names and values NIST lists."""
    return {"name": name, "value": line(value)}


def line(text: str) -> str:
    """Return a text as OSCAL's one-line strings are: not empty, no spaces around, no line ends."""
    return " ".join(text.split()) or "-"


def prose(text: str) -> str:
    """Return what somebody wrote as OSCAL's Markdown, in which it stays what it is and marks nothing up."""
    return re.sub(r"([\\`*<\[]|\{(?=\{))", r"\\\1", text.strip())


def token(text: str) -> str:
    """Return a text as OSCAL's tokens are: letters, digits, `-`, `_` and `.`, and no digit first."""
    made = re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-") or "x"
    return made if made[0].isalpha() or made[0] == "_" else f"_{made}"


def instant(day: date) -> str:
    """Return the beginning of a day in UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def component_type(kind: str) -> str:
    """Return what OSCAL calls a component of a kind."""
    return _TYPES.get(kind, "software")


def status_of(stage: Stage) -> str:
    """Return what OSCAL calls the status of a system, and of its parts, in a stage."""
    return _STATES.get(stage, "under-development")


def written(model: str, document: dict[str, Any]) -> str:
    """Return a document as JSON that people can read too."""
    return msgspec.json.format(msgspec.json.encode({model: document}), indent=2).decode() + "\n"


class Ids:
    """The UUIDs of the parts of one system. They are the same in all documents about it, whenever they are made."""

    def __init__(self, system: str) -> None:
        self._system = system
        self.tool = self.of("tool")

    def of(self, *parts: str) -> str:
        """Return the UUID of a part."""
        return stable_uuid("oscal", self._system, *parts)

    def proof(self, proof: Proof) -> str:
        """Return the UUID of the observation that a piece of evidence is."""
        day, source = proof.observed_at.isoformat(), proof.source.value
        return self.of("proof", proof.control, proof.place, source, day, proof.outcome, proof.detail, proof.digest)

    def origin(self) -> dict[str, Any]:
        """Return that this program says so."""
        return {"actors": [{"type": "tool", "actor-uuid": self.tool}]}

    def assets(self, does: str) -> dict[str, Any]:
        """Return this program as what an assessment is made with."""
        tool = {
            "uuid": self.tool,
            "type": "software",
            "title": "Bartizan",
            "description": does,
            "props": [{"name": "version", "value": __version__}],
            "status": {"state": "operational"},
        }
        platform = {
            "uuid": self.of("platform"),
            "title": "Bartizan",
            "uses-components": [{"component-uuid": self.tool}],
        }
        return {"components": [tool], "assessment-platforms": [platform]}


class Parties:
    """The people and organisations that a document names, and in which roles: its metadata has to list them all."""

    def __init__(self) -> None:
        self._parties: dict[str, dict[str, Any]] = {}
        self._roles: dict[str, str] = {}

    def responsible(self, role: str, names: Iterable[str], kind: str = "person") -> list[dict[str, Any]]:
        """Return who has a role, as a list of one; empty without a name. `kind` is `person` or `organization`."""
        uuids = [self.party(name, kind) for name in dict.fromkeys(map(line, filter(str.strip, names)))]
        if not uuids:
            return []
        return [{"role-id": self.role(role), "party-uuids": uuids}]

    def role(self, name: str, title: str = "") -> str:
        """Note a role, and return its id."""
        self._roles.setdefault(name, title or _ROLES.get(name, name))
        return name

    def party(self, name: str, kind: str = "person") -> str:
        """Note somebody, and return their UUID, which is the same in the documents of all systems."""
        uuid = stable_uuid("oscal-party", kind, name)
        made: dict[str, Any] = {"uuid": uuid, "type": kind, "name": name}
        if re.fullmatch(r"[^\s@]+@[^\s@]+", name):
            made["email-addresses"] = [name]
        self._parties.setdefault(uuid, made)
        return uuid

    def listed(self) -> dict[str, Any]:
        """Return what stands of them in the metadata."""
        out: dict[str, Any] = {}
        if self._roles:
            out["roles"] = [{"id": name, "title": title} for name, title in sorted(self._roles.items())]
        if self._parties:
            out["parties"] = sorted(self._parties.values(), key=lambda one: (one["type"], one["name"]))
        return out
