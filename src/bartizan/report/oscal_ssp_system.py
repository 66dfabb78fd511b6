"""What a system security plan says of the system: what it is, how sensitive, where it ends, who uses it, its parts.

Impact levels follow from the classes of data and from the losses of the review; where no loss of a kind can be told,
the impact is low. Words of NIST's are used where NIST has one (FIPS 199, privacy, users); the rest are our properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bartizan.model import Level, LossKind, System, kind_of
from bartizan.model.component import Agent, Base, Model, Store
from bartizan.model.component import Person as PersonComponent
from bartizan.model.label import Scheme
from bartizan.model.system import Data, Flow
from bartizan.model.words import Category, Party, ZoneKind
from bartizan.report.oscal_common import NAMESPACE, Parties, component_type, line, nist, prop, prose, status_of
from bartizan.report.oscal_dossier import Dossier

__all__ = ["characteristics", "implementation"]

_FIPS = ("fips-199-low", "fips-199-moderate", "fips-199-high")
_LEVELS = {Level.LOW: 0, Level.MEDIUM: 1, Level.HIGH: 2, Level.CRITICAL: 2}
_CONFIDENTIALITY = frozenset({LossKind.DISCLOSURE, LossKind.THEFT})
_AVAILABILITY = frozenset({LossKind.OUTAGE, LossKind.COST})
_INTEGRITY = frozenset(LossKind) - _CONFIDENTIALITY - _AVAILABILITY - {LossKind.DUTY}
_PERSONAL = frozenset(
    {Category.PERSONAL, Category.SENSITIVE_PERSONAL, Category.HEALTH, Category.BIOMETRIC, Category.CHILDREN}
)
_OUTSIDE = frozenset({ZoneKind.INTERNET, ZoneKind.PARTNER, ZoneKind.VENDOR})
_EXTERNAL = frozenset({Party.CUSTOMERS, Party.PARTNERS, Party.VENDOR})
_PRIVILEGED = frozenset({Party.TEAM, Party.ADMINS})
_VENDORS = frozenset({"hardware", "service", "software"})
"""Types of components that may name their vendor in OSCAL's own property."""


def characteristics(dossier: Dossier, parties: Parties, diagram: str) -> dict[str, Any]:
    """Return the system's characteristics. `diagram` is the UUID of the resource that is its picture."""
    system, ids = dossier.system, dossier.ids
    confidentiality, integrity, availability = _impacts(dossier)
    owner = parties.responsible("system-owner", [system.owner])
    return {
        "system-ids": [
            {"identifier-type": f"{NAMESPACE}:system", "id": dossier.name},
            {"identifier-type": "https://ietf.org/rfc/rfc4122", "id": ids.of("system")},
        ],
        "system-name": line(dossier.title),
        "system-name-short": line(system.id),
        "description": prose(system.description) or prose(dossier.title) or "-",
        "props": list(_props(dossier)),
        "security-sensitivity-level": _FIPS[max(confidentiality, integrity, availability)],
        "system-information": _information(dossier),
        "security-impact-level": {
            "security-objective-confidentiality": _FIPS[confidentiality],
            "security-objective-integrity": _FIPS[integrity],
            "security-objective-availability": _FIPS[availability],
        },
        "status": {"state": status_of(system.stage), "remarks": f"Stage: {system.stage}."},
        "authorization-boundary": {
            "description": _boundary(system),
            "diagrams": [_diagram(ids.of("diagram", "boundary"), "Trust zones and what is in them", diagram)],
        },
        "data-flow": {
            "description": _flows(system),
            "diagrams": [_diagram(ids.of("diagram", "flow"), "What calls what, with which data", diagram)],
        },
        **({"responsible-parties": owner} if owner else {}),
        "remarks": "The impact on confidentiality is that of the highest class of data or of the worst disclosure or "
        "theft among the losses of the review; on availability that of the worst outage or cost; on integrity that of "
        "the other losses. Without such a loss it is low.",
    }


def _props(dossier: Dossier) -> Iterator[dict[str, str]]:
    system = dossier.system
    yield prop("criticality", system.criticality.value)
    yield prop("stage", system.stage.value)
    yield prop("tier", dossier.tier.title or dossier.tier.id)
    yield prop("appetite", f"{dossier.review.appetite}")
    if dossier.unit:
        yield prop("business-unit", dossier.unit)
    for duty in system.duties:
        yield prop("duty", duty)


def _impacts(dossier: Dossier) -> tuple[int, int, int]:
    """Return the impact on confidentiality, integrity and availability: 0 for low to 2 for high."""
    scheme = dossier.system.scheme
    classes = [_of_class(data.class_, scheme) for data in dossier.system.data.values()]
    found = [_of_class(view.found, scheme) for view in dossier.review.data_evidence if view.found]
    secrecy = max([*classes, *found, _worst(dossier, _CONFIDENTIALITY)])
    return secrecy, _worst(dossier, _INTEGRITY), _worst(dossier, _AVAILABILITY)


def _worst(dossier: Dossier, kinds: Iterable[LossKind], asset: str = "") -> int:
    losses = [one for one in dossier.review.losses if one.kind in kinds and asset in ("", one.asset)]
    return max((_LEVELS[one.severity] for one in losses), default=0)


def _of_class(name: str, scheme: Scheme) -> int:
    weight = scheme.weight(scheme.level(name)) if name in scheme.classes else 3
    return max(weight - 1, 0)


def _information(dossier: Dossier) -> dict[str, Any]:
    data = dossier.system.data
    personal = any(not _PERSONAL.isdisjoint(one.categories) for one in data.values())
    types = [_type(dossier, name, one) for name, one in data.items()]
    nothing = {
        "uuid": dossier.ids.of("data"),
        "title": "No data is described",
        "description": "The description of the system names no data.",
    }
    return {
        "props": [nist("privacy-designation", "yes" if personal else "no")],
        "information-types": types or [nothing],
    }


def _type(dossier: Dossier, name: str, data: Data) -> dict[str, Any]:
    said = prose(data.description) or f"Data of the class {prose(data.class_)}."
    secrecy = _of_class(data.class_, dossier.system.scheme)
    impact: dict[str, Any] = {"base": _FIPS[secrecy]}
    props = [prop("id", name)]
    for view in dossier.review.data_evidence:
        if view.asset == name and view.raised and view.found:
            found = _of_class(view.found, dossier.system.scheme)
            impact["selected"] = _FIPS[max(secrecy, found)]
            impact["adjustment-justification"] = f"Found there: {prose(view.found)}."
    if data.records is not None:
        props.append(prop("records", str(data.records)))
    props += [prop("region", region) for region in data.regions]
    categories = [{"system": f"{NAMESPACE}:class", "information-type-ids": [line(data.class_)]}]
    if data.categories:
        names = [one.value for one in data.categories]
        categories.append({"system": f"{NAMESPACE}:category", "information-type-ids": names})
    out: dict[str, Any] = {
        "uuid": dossier.ids.of("data", name),
        "title": line(data.name or name),
        "description": said,
        "categorizations": categories,
        "props": props,
        "confidentiality-impact": impact,
    }
    for key, kinds in (("integrity-impact", _INTEGRITY), ("availability-impact", _AVAILABILITY)):
        if any(one.kind in kinds and one.asset == name for one in dossier.review.losses):
            out[key] = {"base": _FIPS[_worst(dossier, kinds, name)]}
    return out


def _diagram(uuid: str, caption: str, resource: str) -> dict[str, Any]:
    return {"uuid": uuid, "caption": caption, "links": [{"href": f"#{resource}", "rel": "diagram"}]}


def _named(items: Iterable[str], system: System) -> str:
    names = {**system.components, **system.data}
    return ", ".join(prose(line(names[one].name or one)) if one in names else prose(one) for one in items)


def _boundary(system: System) -> str:
    """Return the zones as a list, each with what is in it."""
    said = ["The system has the parts below. Trust ends where a zone does."]
    for name, zone in system.zones.items():
        inside = _named((key for key, one in system.components.items() if one.zone == name), system)
        within = f", within {prose(zone.parent)}" if zone.parent else ""
        said.append(f"- {prose(line(zone.name or name))} ({zone.kind}{within}): {inside or 'nothing of its own'}")
    if rest := _named((key for key, one in system.components.items() if one.zone not in system.zones), system):
        said.append(f"- in no zone: {rest}")
    return "\n".join(said)


def _flows(system: System) -> str:
    """Return the calls as a list."""
    if not system.flows:
        return "No call between its parts is described."
    return "\n".join(f"- {_flow(flow, system)}" for flow in system.flows)


def _flow(flow: Flow, system: System) -> str:
    said = [f"{_named([flow.source], system)} calls {_named([flow.target], system)}"]
    if flow.carries:
        said.append(f"sends {_named(flow.carries, system)}")
    if flow.returns:
        said.append(f"gets {_named(flow.returns, system)}")
    if flow.authority:
        said.append(f"rights: {flow.authority}")
    said += [f"authentication: {flow.authentication}", f"encryption: {flow.encryption}"]
    return "; ".join(said)


def implementation(dossier: Dossier, parties: Parties) -> dict[str, Any]:
    """Return who uses the system and what it is made of: itself, its components, and calls at which controls stand."""
    users = list(_users(dossier, parties))
    system = dossier.system
    parts = [_component(dossier, name, part, parties) for name, part in system.components.items()]
    known = {"", *system.components}
    places = {view.place for views in dossier.controls.values() for view in views} - known
    calls = [_call(dossier, place) for place in sorted(places)]
    return {**({"users": users} if users else {}), "components": [_itself(dossier, parties), *parts, *calls]}


def _users(dossier: Dossier, parties: Parties) -> Iterator[dict[str, Any]]:
    """Return the kinds of people who touch the system, each with what they do there."""
    does: dict[Party, list[str]] = {}
    names: dict[Party, list[str]] = {}
    system = dossier.system
    for key, part in system.components.items():
        for party, what in _touches(key, part, system):
            does.setdefault(party, []).append(what)
        if isinstance(part, PersonComponent):
            names.setdefault(part.party, []).append(line(part.name or key))
    for party in Party:
        if party not in names and party not in does:
            continue
        word = party.value.title()
        kind = "general-public" if party is Party.PUBLIC else "external" if party in _EXTERNAL else "internal"
        privilege = "privileged" if party in _PRIVILEGED else "non-privileged"
        out: dict[str, Any] = {
            "uuid": dossier.ids.of("user", party.value),
            "title": word,
            "short-name": party.value,
            "description": f"In the system: {prose(', '.join(names[party]))}." if party in names else f"{word}.",
            "props": [nist("type", kind), nist("privilege-level", privilege)],
            "role-ids": [parties.role(f"user-{party.value}", f"User: {word.lower()}")],
        }
        if party in does:
            functions = list(dict.fromkeys(does[party]))
            out["authorized-privileges"] = [{"title": "What they do", "functions-performed": functions}]
        yield out


def _touches(key: str, part: Base, system: System) -> Iterator[tuple[Party, str]]:
    """Return what which people do with a component. The program itself is no people."""
    title = line(part.name or key)
    if isinstance(part, PersonComponent):
        for flow in system.flows:
            if flow.source == key:
                target = system.components[flow.target].name or flow.target
                yield part.party, line(f"uses {target}")
    told: dict[str, list[Party]] = {}
    if isinstance(part, Store):
        told = {"writes": part.writers, "reads": part.readers}
    if isinstance(part, Agent):
        told = {"configures": part.configured_by}
    for does, who in told.items():
        yield from ((party, f"{does} {title}") for party in who if party is not Party.SYSTEM)


def _itself(dossier: Dossier, parties: Parties) -> dict[str, Any]:
    owner = parties.responsible("system-owner", [dossier.system.owner])
    return {
        "uuid": dossier.ids.of("component"),
        "type": "this-system",
        "title": line(dossier.title),
        "description": "The whole system: for controls that stand at no single part of it.",
        "status": {"state": status_of(dossier.system.stage)},
        **({"responsible-roles": owner} if owner else {}),
    }


def _component(dossier: Dossier, name: str, part: Base, parties: Parties) -> dict[str, Any]:
    system, kind = dossier.system, kind_of(part)
    type = component_type(kind)
    maker = part.vendor or (part.provider if isinstance(part, Model) else "")
    props = [prop("id", name), prop("kind", kind)]
    if maker and type in _VENDORS:
        props.append(nist("vendor-name", maker))
    zone = system.zones.get(part.zone or "")
    if zone is not None:
        props.append(prop("zone", part.zone or ""))
        props.append(nist("implementation-point", "external" if zone.kind in _OUTSIDE else "internal"))
    props += [prop(key, value) for key in ("technology", "region") if (value := getattr(part, key))]
    props += [prop("holds", asset) for asset in part.holds]
    props += [prop("tag", tag) for tag in part.tags]
    calls = dict.fromkeys(flow.target for flow in system.flows if flow.source == name and flow.target != name)
    roles = parties.responsible("asset-owner", [dossier.owner(name)])
    roles += parties.responsible("provider", [maker], "organization")
    out: dict[str, Any] = {
        "uuid": dossier.ids.of("component", name),
        "type": type,
        "title": line(part.name or name),
        "description": prose(part.description) or f"{kind} `{name}`",
        "props": props,
        "status": {"state": status_of(system.stage)},
    }
    if calls:
        # Not `depends-on`: NIST's index of components compares such an href as a whole, `#` and all, with their UUIDs.
        out["links"] = [{"href": f"#{dossier.ids.of('component', one)}", "rel": "calls"} for one in calls]
    return out | ({"responsible-roles": roles} if roles else {})


def _call(dossier: Dossier, place: str) -> dict[str, Any]:
    return {
        "uuid": dossier.ids.of("component", place),
        "type": "flow",
        "title": line(dossier.place(place)),
        "description": f"The calls `{place}`, at which controls stand.",
        "props": [prop("id", place)],
        "status": {"state": status_of(dossier.system.stage)},
    }
