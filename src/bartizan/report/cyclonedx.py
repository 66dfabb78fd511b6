"""CycloneDX 1.6, an AI bill of materials: models with their cards, data sets, services and what flows between them.

It holds what the description says and nothing that would have to be guessed: no licences, no hashes, no versions.
Source: CycloneDX specification 1.6 (ECMA-424).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from bartizan import __version__
from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import ComponentBase, System, kind_of
from bartizan.model.component import DataSet, Model, Person
from bartizan.model.words import Answer, Hosting
from bartizan.report.plain import stable_uuid, without_defaults

__all__ = ["render"]

# Kinds that are things rather than running services.
_THINGS = {"model": "machine-learning-model", "data-set": "data", "device": "device", "notebook": "application"}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[!-~]+")
_COMMON = ("name", "description", "vendor", "zone", "holds", "controls")


def render(review: Review, system: System, catalog: Catalog) -> str:  # noqa: ARG001 - every format takes the three
    """Return the bill of materials as JSON; people are not part of it."""
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{stable_uuid('cyclonedx', system.id)}",
        "version": 1,
        "metadata": _metadata(review, system),
        "components": [_component(name, entry, system) for name, entry in _parts(system) if kind_of(entry) in _THINGS],
        "services": [_service(name, entry, system) for name, entry in _parts(system) if _serves(entry)],
        "dependencies": list(_dependencies(system)),
        "compositions": [{"aggregate": "incomplete", "assemblies": [f"system:{system.id}"]}],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _parts(system: System) -> Iterable[tuple[str, ComponentBase]]:
    return ((name, entry) for name, entry in system.components.items() if not isinstance(entry, Person))


def _serves(entry: ComponentBase) -> bool:
    """A model that a provider runs is both: the model, and the service that answers for it."""
    return kind_of(entry) not in _THINGS or (isinstance(entry, Model) and entry.hosting is Hosting.PROVIDER)


def _metadata(review: Review, system: System) -> dict[str, Any]:
    whole = {
        "type": "application",
        "bom-ref": f"system:{system.id}",
        "name": system.name or system.id,
        "description": system.description,
        "properties": list(_properties({"stage": system.stage, "criticality": system.criticality})),
    }
    return {
        "timestamp": f"{review.as_of.isoformat()}T00:00:00Z",
        "lifecycles": [{"phase": "operations" if system.stage == "operation" else "design"}],
        "tools": {"components": [{"type": "application", "name": "Bartizan", "version": __version__}]},
        "component": whole,
    }


def _component(name: str, entry: ComponentBase, system: System) -> dict[str, Any]:
    out: dict[str, Any] = {
        "type": _THINGS[kind_of(entry)],
        "bom-ref": f"component:{name}",
        "name": entry.name or name,
    }
    if entry.description:
        out["description"] = entry.description
    supplier = entry.provider if isinstance(entry, Model) and entry.provider else entry.vendor
    if supplier:
        out["supplier"] = {"name": supplier}
    if isinstance(entry, Model):
        out["modelCard"] = _card(name, entry, system)
    if isinstance(entry, DataSet):
        held = [_data(name, asset, system) for asset in entry.holds]
        out["data"] = held or [{"type": "dataset", "name": entry.name or name}]
    out["properties"] = [*_own(name, entry), {"name": "bartizan:licence", "value": "unknown"}]
    return out


def _card(name: str, model: Model, system: System) -> dict[str, Any]:
    parameters: dict[str, Any] = {"task": model.type.value}
    sets = [{"ref": f"component:{found}"} for found in _trained_on(name, system)]
    if sets:
        parameters["datasets"] = sets
    if model.outputs is not None:
        parameters["outputs"] = [{"format": model.outputs.value}]
    terms = {}
    if model.retention_days is not None:
        terms["retention_days"] = str(model.retention_days)
    if model.trains_on_input is not Answer.UNKNOWN:
        terms["trains_on_input"] = model.trains_on_input.value
    card: dict[str, Any] = {"bom-ref": f"card:{name}", "modelParameters": parameters}
    return card | ({"properties": list(_properties(terms))} if terms else {})


def _trained_on(model: str, system: System) -> list[str]:
    """The data sets of jobs that call the model, or that it is loaded from, as far as flows say so."""
    jobs = {name for name, entry in system.components.items() if kind_of(entry) == "training-job"}
    ends = {(flow.source, flow.target) for flow in system.flows}
    mine = {job for job in jobs if (job, model) in ends or (model, job) in ends}
    return sorted(
        {target for source, target in ends if source in mine and kind_of(system.components[target]) == "data-set"}
    )


def _data(holder: str, asset: str, system: System) -> dict[str, Any]:
    data = system.data[asset]
    out: dict[str, Any] = {
        "type": "dataset",
        "bom-ref": f"data:{holder}:{asset}",
        "name": data.name or asset,
        "classification": data.class_,
    }
    if data.categories:
        out["sensitiveData"] = [category.value for category in data.categories]
    return out | ({"description": data.description} if data.description else {})


def _service(name: str, entry: ComponentBase, system: System) -> dict[str, Any]:
    out: dict[str, Any] = {"bom-ref": f"service:{name}", "name": entry.name or name}
    if entry.description:
        out["description"] = entry.description
    provider = entry.provider if isinstance(entry, Model) and entry.provider else entry.vendor
    if provider:
        out["provider"] = {"name": provider}
    if isinstance(entry, Model) and _ADDRESS.fullmatch(entry.endpoint):
        out["endpoints"] = [entry.endpoint]
    calls = [flow for flow in system.flows if flow.target == name]
    known = [flow.authentication for flow in calls if flow.authentication != "unknown"]
    if known and len(known) == len(calls):
        out["authenticated"] = all(word != "none" for word in known)
    zones = [system.components[flow.source].zone for flow in calls]
    if calls and entry.zone and all(zones):
        out["x-trust-boundary"] = any(zone != entry.zone for zone in zones)
    if entry.zone:
        out["trustZone"] = system.zones[entry.zone].name or entry.zone
    data = list(_flows(name, system))
    if data:
        out["data"] = data
    return out | {"properties": list(_own(name, entry))}


def _flows(name: str, system: System) -> Iterable[dict[str, Any]]:
    """What goes into a service and comes out of it: one entry per direction and asset, with the other ends."""
    ends: dict[tuple[str, str], list[str]] = {}
    for flow in system.flows:
        if name not in (flow.source, flow.target):
            continue
        inward = flow.target == name
        other = flow.source if inward else flow.target
        reference = _ref(system.components[other], other)
        for assets, comes in ((flow.carries, inward), (flow.returns or [], not inward)):
            for asset in assets:
                known = ends.setdefault(("inbound" if comes else "outbound", asset), [])
                if reference not in known:
                    known.append(reference)
    for (way, asset), references in ends.items():
        data = system.data[asset]
        yield {
            "flow": way,
            "classification": data.class_,
            "name": data.name or asset,
            "source" if way == "inbound" else "destination": references,
        }


def _dependencies(system: System) -> Iterable[dict[str, Any]]:
    """Who calls whom; a provider's service depends on its model."""
    refs = {name: _ref(entry, name) for name, entry in _parts(system)}
    calls: dict[str, set[str]] = {ref: set() for ref in refs.values()}
    for flow in system.flows:
        if flow.source in refs and flow.target in refs and flow.source != flow.target:
            calls[refs[flow.source]].add(refs[flow.target])
    for name, entry in _parts(system):
        if isinstance(entry, Model) and entry.hosting is Hosting.PROVIDER:
            calls[f"service:{name}"].add(f"component:{name}")
    yield {"ref": f"system:{system.id}", "dependsOn": sorted(refs.values())}
    for ref, targets in calls.items():
        yield {"ref": ref, "dependsOn": sorted(targets)}


def _ref(entry: ComponentBase, name: str) -> str:
    if isinstance(entry, Person):
        return f"person:{name}"
    return f"service:{name}" if _serves(entry) else f"component:{name}"


def _own(name: str, entry: ComponentBase) -> Iterable[dict[str, str]]:
    """The words of the description that CycloneDX has no place for."""
    rest = {key: value for key, value in without_defaults(entry).items() if key not in _COMMON}
    yield {"name": "bartizan:id", "value": name}
    yield from _properties(rest)


def _properties(values: dict[str, Any]) -> Iterable[dict[str, str]]:
    for key, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            text = str(item).lower() if isinstance(item, bool) else str(item)
            yield {"name": f"bartizan:{key}", "value": text}
