"""Threagile models (versions 1.0 and later): technical assets, boundaries, data assets, links.

Threagile's words are those of its documented model format. Its five classes are kept as the system's own scheme.
"""

from __future__ import annotations

from typing import Any

from bartizan.store.importers.common import Ids, Imported, filled, guess_kind, items, mapping, read_document, text

__all__ = ["read"]

_CLASSES = ["public", "internal", "restricted", "confidential", "strictly-confidential"]
_CRITICALITY = {
    "archive": "low",
    "operational": "medium",
    "important": "high",
    "critical": "critical",
    "mission-critical": "critical",
}
_ZONES = {
    "network-on-prem": "corporate",
    "network-dedicated-hoster": "vendor",
    "network-virtual-lan": "corporate",
    "network-cloud-provider": "cloud",
    "network-cloud-security-group": "cloud",
    "network-policy-namespace-isolation": "cloud",
    "execution-environment": "restricted",
}
_AUTHENTICATION = {
    "none": "none",
    "credentials": "password",
    "session-id": "session",
    "token": "oauth",
    "client-certificate": "mtls",
    "two-factor": "mfa",
    "externalized": "oidc",
}
_AUTHORITY = {
    "technical-user": "service",
    "enduser-identity-propagation": "user",
    "end-user-identity-propagation": "user",
}
_LOCAL = ("in-process-library-call", "inter-process-communication", "local-file-access", "container-spawning")
_TLS = ("https", "wss", "ssh", "sftp", "scp", "ftps", "ldaps")
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "ai": ("model", {}),
    "build-pipeline": ("pipeline", {}),
    "sourcecode-repository": ("repository", {}),
    "artifact-registry": ("repository", {}),
    "container-platform": ("application", {}),
    "tool": ("tool", {}),
    "library": ("application", {}),
    "mainframe": ("application", {}),
}
_TENANTS = (
    "application",
    "agent",
    "retriever",
    "vector-store",
    "data-store",
    "file-share",
    "memory",
    "data-set",
    "saas",
)
_LEFT_OUT = {
    "risk_tracking": "tracked risks",
    "individual_risk_categories": "own risk categories",
    "custom_risk_categories": "own risk categories",
    "abuse_cases": "abuse cases",
    "security_requirements": "security requirements",
    "questions": "questions",
    "shared_runtimes": "shared runtimes",
}


def read(content: bytes, file: str) -> Imported:
    """Read a Threagile model. Raises InputError when the file isn't one."""
    plain = read_document(content, file, ("threagile_version", "technical_assets"))
    return _Reader(plain).run()


class _Reader:
    def __init__(self, plain: dict[str, Any]) -> None:
        self.plain = plain
        self.notes: list[str] = []
        self.ids, self.data_ids, self.zone_ids = Ids(), Ids(), Ids()
        self.zone_of: dict[str, str] = {}

    def run(self) -> Imported:
        plain = self.plain
        title = text(plain.get("title")) or "imported"
        overview = text(mapping(plain.get("business_overview")).get("description"))
        document: dict[str, Any] = {
            "bartizan": 1,
            "id": Ids().new(title),
            "name": title,
            "description": overview,
            "owner": text(mapping(plain.get("author")).get("name")),
            "criticality": _CRITICALITY.get(text(plain.get("business_criticality")), "medium"),
            "classes": _CLASSES,
            "data": self._data(),
            "zones": self._zones(),
        }
        document["components"] = self._components(document["zones"])
        document["flows"] = self._flows()
        self._left_out()
        return Imported(document={k: v for k, v in document.items() if v not in ("", [], {})}, notes=self.notes)

    def _data(self) -> dict[str, Any]:
        out = {}
        for title, entry in mapping(self.plain.get("data_assets")).items():
            asset = mapping(entry)
            out[self.data_ids.new(text(asset.get("id")) or title, title)] = filled(
                name=title,
                description=text(asset.get("description")),
                **{"class": self._class(asset, title)},
            )
        if out:
            self.notes.append(
                "Threagile knows no categories of data: add `categories` (personal, health, ...) to `data`"
            )
        return out

    def _class(self, asset: dict[str, Any], title: str) -> str:
        word = text(asset.get("confidentiality"))
        if word not in _CLASSES:
            self.notes.append(f"data asset `{title}`: `{word}` is no confidentiality; taken as internal")
            return "internal"
        return word

    def _zones(self) -> dict[str, Any]:
        boundaries = mapping(self.plain.get("trust_boundaries"))
        out: dict[str, Any] = {}
        for title, entry in boundaries.items():
            boundary = mapping(entry)
            kind = _ZONES.get(text(boundary.get("type")))
            if kind is None:
                self.notes.append(f"trust boundary `{title}`: `{text(boundary.get('type'))}` taken as corporate")
            zone = self.zone_ids.new(text(boundary.get("id")) or title, title)
            out[zone] = filled(kind=kind or "corporate", name=title, description=text(boundary.get("description")))
            for inside in items(boundary.get("technical_assets_inside")):
                self.zone_of[str(inside)] = zone
        for title, entry in boundaries.items():
            parent = self.zone_ids.get(text(mapping(entry).get("id")) or title)
            for nested in items(mapping(entry).get("trust_boundaries_nested")):
                inner = self.zone_ids.get(nested)
                if inner is None:
                    self.notes.append(f"trust boundary `{title}` nests `{nested}`, which there isn't; left out")
                else:
                    out[inner]["parent"] = parent
        return out

    def _components(self, zones: dict[str, Any]) -> dict[str, Any]:
        out = {}
        for title, entry in mapping(self.plain.get("technical_assets")).items():
            asset = mapping(entry)
            foreign = text(asset.get("id")) or title
            kind, keys = self._kind(title, asset)
            zone = self.zone_of.get(foreign)
            if zone is None and asset.get("internet") is True:
                zones.setdefault("internet", {"kind": "internet"})
                zone = "internet"
            stored = (self.data_ids.get(name) for name in items(asset.get("data_assets_stored")))
            encrypted = text(asset.get("encryption")) not in ("", "none")
            out[self.ids.new(foreign, title)] = filled(
                kind=kind,
                **keys,
                name=title,
                description=text(asset.get("description")),
                zone=zone,
                owner=text(asset.get("owner")),
                technology=", ".join(_technologies(asset)),
                tags=[text(tag) for tag in items(asset.get("tags"))],
                tenancy="shared" if asset.get("multi_tenant") is True and kind in _TENANTS else None,
                holds=[name for name in stored if name],
                controls=["encrypt-at-rest"] if encrypted else None,
            )
        return out

    def _kind(self, title: str, asset: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        technologies = _technologies(asset)
        described = (*technologies, title, *(text(tag) for tag in items(asset.get("tags"))))
        found = guess_kind(*described)
        for technology in technologies:
            if technology in _KINDS and (
                found is None or found[0] not in ("model", "agent", "retriever", "mcp-server")
            ):
                found = _KINDS[technology]
        kind, keys = found or ("", {})
        store = text(asset.get("type")) == "datastore"
        if not kind or (store and kind in ("client", "person", "application", "gateway")):
            kind, keys = ("data-store" if store else "application"), {}
        if text(asset.get("type")) == "external-entity" and kind in ("application", "data-store"):
            kind = "saas"
        if kind == "model" and "type" not in keys:
            keys = {"type": "llm"}
        if kind in ("model", "agent", "mcp-server", "retriever", "saas"):
            self.notes.append(f"technical asset `{title}` taken as `{kind}`: check its keys, Threagile has none for it")
        return kind, dict(keys)

    def _flows(self) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = []
        seen: set[tuple[str, str]] = set()
        flow_ids = Ids()
        for title, entry in mapping(self.plain.get("technical_assets")).items():
            source = self.ids.get(text(mapping(entry).get("id")) or title)
            for name, raw in mapping(mapping(entry).get("communication_links")).items():
                link = mapping(raw)
                target = self.ids.get(link.get("target"))
                if source is None or target is None:
                    self.notes.append(f"link `{name}` of `{title}` has no known target; left out")
                    continue
                repeated = (source, target) in seen
                seen.add((source, target))
                out.append(
                    filled(**{"from": source, "to": target}, id=flow_ids.new(name) if repeated else None)
                    | self._link(name, link)
                )
        return out

    def _link(self, name: str, link: dict[str, Any]) -> dict[str, Any]:
        authentication = _AUTHENTICATION.get(text(link.get("authentication")))
        authority = _AUTHORITY.get(text(link.get("authorization")))
        if authority is None and authentication == "none":
            authority = "none"
        received = self._known(name, link.get("data_assets_received"))
        return filled(
            description=text(link.get("description")) or name,
            carries=self._known(name, link.get("data_assets_sent")),
            authority=authority,
            authentication=authentication,
            encryption=_encryption(link),
        ) | {"returns": received}

    def _known(self, link: str, names: object) -> list[str]:
        out = []
        for name in items(names):
            ours = self.data_ids.get(name)
            if ours is None:
                self.notes.append(f"link `{link}` names the data asset `{name}`, which there isn't; left out")
            else:
                out.append(ours)
        return out

    def _left_out(self) -> None:
        for key, words in _LEFT_OUT.items():
            held = self.plain.get(key)
            number = len(held) if isinstance(held, dict | list | str) else 0
            if number:
                self.notes.append(f"{number} {words} (`{key}`) are not carried over")


def _technologies(asset: dict[str, Any]) -> list[str]:
    return [text(name) for key in ("technology", "technologies") for name in items(asset.get(key)) if text(name)]


def _encryption(link: dict[str, Any]) -> str | None:
    protocol = text(link.get("protocol"))
    if protocol in _LOCAL:
        return "local"
    if protocol in _TLS or protocol.endswith("-encrypted"):
        return "mtls" if text(link.get("authentication")) == "client-certificate" else "tls"
    if link.get("vpn") is True:
        return "vpn"
    return None if protocol in ("", "unknown-protocol") else "none"
