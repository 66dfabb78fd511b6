"""Open Threat Model 0.2.0: the system, its threats and mitigations, for tools that exchange threat models.

What OTM has no word for rides along in `attributes.bartizan`, so that `bartizan import otm` gives the system back.
Source: Open Threat Model specification 0.2.0, IriusRisk.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from bartizan.analysis.result import Review, ThreatView
from bartizan.catalog import Catalog, Control
from bartizan.model import Level, Status, System, kind_of
from bartizan.report.phrases import component_name
from bartizan.report.plain import without_defaults

__all__ = ["render"]

NO_ZONE = "no-zone"
_TRUST = {
    "internet": 0,
    "partner": 30,
    "vendor": 30,
    "device": 40,
    "dmz": 40,
    "cloud": 60,
    "corporate": 70,
    "restricted": 90,
}
_IMPACT = {Level.LOW: 25, Level.MEDIUM: 50, Level.HIGH: 75, Level.CRITICAL: 100}
_STATES = {
    Status.OPEN: "exposed",
    Status.MITIGATED: "mitigated",
    Status.ACCEPTED: "accepted",
    Status.FALSE_POSITIVE: "not-applicable",
}


def render(review: Review, system: System, catalog: Catalog) -> str:
    """Return the model as JSON."""
    threats = [*review.threats, *review.appendix]
    document = {
        "otmVersion": "0.2.0",
        "project": _project(system),
        "trustZones": list(_zones(system)),
        "assets": list(_assets(system)),
        "components": list(_components(review, system, threats)),
        "dataflows": list(_flows(system)),
        "threats": list(_threats(threats, catalog)),
        "mitigations": list(_mitigations(review, catalog)),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _project(system: System) -> dict[str, Any]:
    own = without_defaults(system)
    for key in ("id", "zones", "data", "components", "flows"):
        own.pop(key, None)
    if "identities" in own:
        own["identities"] = {name: without_defaults(entry) for name, entry in system.identities.items()}
    return {
        "id": system.id,
        "name": system.name or system.id,
        "description": system.description,
        "owner": system.owner,
        "attributes": {"bartizan": own},
    }


def _zones(system: System) -> Iterable[dict[str, Any]]:
    for name, zone in system.zones.items():
        out: dict[str, Any] = {
            "id": name,
            "name": zone.name or name,
            "type": zone.kind,
            "description": zone.description,
            "risk": {"trustRating": _TRUST[zone.kind]},
        }
        if zone.parent:
            out["parent"] = {"trustZone": zone.parent}
        yield {**out, "attributes": {"bartizan": without_defaults(zone)}}
    if any(component.zone is None for component in system.components.values()):
        yield {
            "id": NO_ZONE,
            "name": "No zone stated",
            "type": NO_ZONE,
            "risk": {"trustRating": 0},
            "attributes": {"bartizan": {"stated": False}},
        }


def _assets(system: System) -> Iterable[dict[str, Any]]:
    top = len(system.classes) - 1
    for name, data in system.data.items():
        yield {
            "id": name,
            "name": data.name or name,
            "description": data.description,
            "risk": {
                "confidentiality": round(100 * system.scheme.level(data.class_) / top),
                "integrity": 50,
                "availability": 50,
                "comment": f"class {data.class_}; integrity and availability are not rated",
            },
            "attributes": {"bartizan": without_defaults(data)},
        }


def _components(review: Review, system: System, threats: list[ThreatView]) -> Iterable[dict[str, Any]]:
    here: dict[str, list[ThreatView]] = {}
    for threat in threats:
        here.setdefault(threat.at, []).append(threat)
    placed = {(place.control, place.placement): "implemented" for place in review.controls.in_place}
    placed |= {(place.control, place.placement): "required" for place in review.controls.minimum}
    for name, component in system.components.items():
        passing = {
            asset
            for flow in system.flows
            if name in (flow.source, flow.target)
            for asset in (*flow.carries, *(flow.returns or []))
        }
        yield {
            "id": name,
            "name": component.name or name,
            "type": kind_of(component),
            "description": component.description,
            "parent": {"trustZone": component.zone or NO_ZONE},
            "assets": {"processed": sorted(passing), "stored": component.holds},
            "threats": [_instance(threat, placed) for threat in here.get(name, [])],
            "tags": component.tags,
            "attributes": {"bartizan": without_defaults(component)},
        }


def _instance(threat: ThreatView, placed: dict[tuple[str, str], str]) -> dict[str, Any]:
    changes = [change for change in threat.removed_by if change.control]
    return {
        "threat": threat.rule,
        "state": _STATES[threat.status],
        "mitigations": [
            {
                "mitigation": change.control,
                "state": placed.get((change.control, change.placement), "recommended"),
            }
            for change in changes
        ],
    }


def _flows(system: System) -> Iterable[dict[str, Any]]:
    for flow in system.flows:
        ends = component_name(flow.source, system), component_name(flow.target, system)
        own = without_defaults(flow)
        own.pop("from"), own.pop("to")
        yield {
            "id": flow.key,
            "name": f"{ends[0]} to {ends[1]}",
            "description": flow.description,
            "source": flow.source,
            "destination": flow.target,
            "bidirectional": flow.returns != [],
            "assets": sorted({*flow.carries, *(flow.returns or [])}),
            "attributes": {"bartizan": own},
        }


def _threats(threats: list[ThreatView], catalog: Catalog) -> Iterable[dict[str, Any]]:
    worst: dict[str, ThreatView] = {}
    for threat in threats:
        if threat.rule not in worst or threat.severity.rank > worst[threat.rule].severity.rank:
            worst[threat.rule] = threat
    for rule, threat in worst.items():
        likelihood = catalog.threats[rule].likelihood if rule in catalog.threats else [0.5]
        yield {
            "id": rule,
            "name": threat.title,
            "description": threat.description.strip(),
            "categories": threat.stride,
            "risk": {"likelihood": round(100 * likelihood[len(likelihood) // 2]), "impact": _IMPACT[threat.severity]},
            "tags": [*threat.atlas, *threat.owasp_llm, *threat.owasp_agentic, *threat.owasp_ml],
        }


def _mitigations(review: Review, catalog: Catalog) -> Iterable[dict[str, Any]]:
    plan = review.controls
    named = {place.control: place.title for place in (*plan.in_place, *plan.minimum)}
    for threat in (*review.threats, *review.appendix):
        for change in threat.removed_by:
            if change.control and change.control not in named:
                named[change.control] = change.text
    for name in sorted(named):
        control: Control | None = catalog.controls.get(name)
        effect = sum(control.effectiveness) / len(control.effectiveness) if control else 0.0
        yield {
            "id": name,
            "name": control.title if control else named[name],
            "description": control.description.strip() if control else "",
            "riskReduction": round(100 * effect),
        }
