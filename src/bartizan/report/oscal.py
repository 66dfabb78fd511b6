"""OSCAL 1.2.1, a plan of action and milestones: each weakness, the risk it is, what mitigates it and what is planned.

That model is chosen because it holds what a review says: observations, risks with deviations, and remediation. A
component definition would claim how controls are implemented, which a review doesn't know.
Source: NIST OSCAL 1.2.1, plan-of-action-and-milestones model.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from bartizan import __version__
from bartizan.analysis.result import Placement, Review, ThreatView
from bartizan.catalog import Catalog
from bartizan.model import Stage, Status, System, Verdict, kind_of
from bartizan.report.phrases import component_name, loss_phrase
from bartizan.report.plain import stable_uuid

__all__ = ["render"]

_VERSION = "1.2.1"
_NAMESPACE = "urn:bartizan:oscal"
_ATLAS = "https://atlas.mitre.org"
_FRAMEWORKS = ("nist-800-53", "nist-ai-rmf", "nist-ai-600-1", "iso-27001", "iso-42001", "csa-aicm", "eu-ai-act")
_TYPES = {"device": "hardware", "saas": "service", "web": "service", "identity-provider": "service", "person": "user"}
_STATES = {Stage.OPERATION: "operational", Stage.RETIREMENT: "disposition"}


def render(review: Review, system: System, catalog: Catalog) -> str:
    """Return the plan as JSON: the ranked threats, and all that somebody decided about."""
    return _Plan(review, system, catalog).text()


class _Plan:
    def __init__(self, review: Review, system: System, catalog: Catalog) -> None:
        self.review, self.system, self.catalog = review, system, catalog
        self.threats = [*review.threats, *(threat for threat in review.appendix if threat.decision)]
        self.standing, self.planned = _by_threat(review.controls.in_place), _by_threat(review.controls.minimum)

    def uuid(self, *parts: str) -> str:
        """A UUID that is the same for the same thing of the same system, whenever it is reviewed."""
        return stable_uuid("oscal", self.system.id, *parts)

    def text(self) -> str:
        plan: dict[str, Any] = {
            "uuid": self.uuid("plan"),
            "metadata": {
                "title": f"Plan of action and milestones: {_line(self.system.name or self.system.id)}",
                "last-modified": _instant(self.review.as_of),
                "version": self.review.as_of.isoformat(),
                "oscal-version": _VERSION,
            },
            "system-id": {"id": self.system.id},
            "local-definitions": self._definitions(),
        }
        if self.threats:
            plan["observations"] = [self._observation(threat) for threat in self.threats]
            plan["risks"] = [self._risk(threat) for threat in self.threats]
        plan["poam-items"] = [self._item(threat) for threat in self.threats] or [self._nothing()]
        document = {"plan-of-action-and-milestones": plan}
        return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"

    def _definitions(self) -> dict[str, Any]:
        state = _STATES.get(self.system.stage, "under-development")
        components = [
            {
                "uuid": self.uuid("component", name),
                "type": _TYPES.get(kind_of(component), "software"),
                "title": _line(component.name or name),
                "description": component.description or f"{kind_of(component)} `{name}`",
                "props": [_prop("id", name), _prop("kind", kind_of(component))],
                "status": {"state": state},
            }
            for name, component in self.system.components.items()
        ]
        tool = {
            "uuid": self.uuid("tool"),
            "type": "software",
            "title": "Bartizan",
            "description": "Derives attack paths and controls from the description of a system.",
            "props": [{"name": "version", "value": __version__}],
            "status": {"state": "operational"},
        }
        platform = {
            "uuid": self.uuid("platform"),
            "title": "Bartizan",
            "uses-components": [{"component-uuid": self.uuid("tool")}],
        }
        return {
            "components": components,
            "assessment-assets": {"components": [tool], "assessment-platforms": [platform]},
        }

    def _origin(self) -> dict[str, Any]:
        return {"actors": [{"type": "tool", "actor-uuid": self.uuid("tool")}]}

    def _observation(self, threat: ThreatView) -> dict[str, Any]:
        why = "; ".join(threat.why)
        return {
            "uuid": self.uuid("observation", threat.id),
            "title": _line(threat.title),
            "description": f"The system's description shows: {why}."
            if why
            else "Derived from the system's description.",
            "methods": ["EXAMINE"],
            "types": ["discovery"],
            "origins": [self._origin()],
            "subjects": [
                {"subject-uuid": self.uuid("component", name), "type": "component", "title": self._name(name)}
                for name in threat.components
                if name in self.system.components
            ]
            or [{"subject-uuid": self.uuid("tool"), "type": "component"}],
            "collected": _instant(self.review.as_of),
        }

    def _risk(self, threat: ThreatView) -> dict[str, Any]:
        losses = {loss.id: loss for loss in self.review.losses}
        leads = [loss_phrase(losses[name], self.system) for name in threat.leads_to if name in losses]
        out: dict[str, Any] = {
            "uuid": self.uuid("risk", threat.id),
            "title": _line(f"{threat.title}, at {self._name(threat.at)}"),
            "description": threat.description.strip(),
            "statement": f"It leads to: {', '.join(leads)}." if leads else "It helps attackers on the way to a loss.",
            "props": [_prop("threat-id", threat.id), _prop("rule", threat.rule)],
            "status": _status(threat),
            "origins": [self._origin()],
        }
        if threat.atlas:
            out["threat-ids"] = [{"system": _ATLAS, "id": f"{_ATLAS}/techniques/{name}"} for name in threat.atlas]
        facets = {"severity": threat.severity.value, "score": f"{threat.score:g}"}
        out["characterizations"] = [
            {
                "origin": self._origin(),
                "facets": [{"name": name, "system": _NAMESPACE, "value": value} for name, value in facets.items()],
            }
        ]
        factors = list(self._factors(threat))
        if factors:
            out["mitigating-factors"] = factors
        if threat.decision is not None:
            out["deadline"] = _instant(threat.decision.until)
        remediations = list(self._remediations(threat))
        if remediations:
            out["remediations"] = remediations
        out["related-observations"] = [{"observation-uuid": self.uuid("observation", threat.id)}]
        return out

    def _factors(self, threat: ThreatView) -> Iterable[dict[str, Any]]:
        for place in self.standing.get(threat.id, []):
            yield {
                "uuid": self.uuid("factor", threat.id, place.control, place.placement),
                "description": f"{place.title}, at {self._name(place.placement)} ({place.status or 'claimed'})",
                "props": list(self._control_props(place.control)),
            }

    def _remediations(self, threat: ThreatView) -> Iterable[dict[str, Any]]:
        planned = self.planned.get(threat.id, [])
        for place in planned:
            yield {
                "uuid": self.uuid("response", threat.id, place.control, place.placement),
                "lifecycle": "planned",
                "title": _line(f"{place.title}, at {self._name(place.placement)}"),
                "description": f"{place.cost:g} person-days in the first year. {threat.remedy.strip()}",
                "props": [_prop("placement", place.placement), *self._control_props(place.control)],
            }
        done = {(place.control, place.placement) for place in planned}
        for change in threat.removed_by:
            if (change.control, change.placement) not in done:
                props = [_prop("placement", change.placement)] if change.placement else []
                out: dict[str, Any] = {
                    "uuid": self.uuid("response", threat.id, change.text),
                    "lifecycle": "recommendation",
                    "title": _line(change.text),
                    "description": f"This single change removes the weakness. {threat.remedy.strip()}",
                }
                props += self._control_props(change.control)
                yield out | ({"props": props} if props else {})

    def _control_props(self, control: str) -> Iterable[dict[str, str]]:
        """The control's id and the framework items that it serves."""
        if control:
            yield _prop("control", control)
        maps = self.catalog.controls[control].maps if control in self.catalog.controls else {}
        for framework in _FRAMEWORKS:
            for name in maps.get(framework, []):
                yield _prop(framework, name)

    def _item(self, threat: ThreatView) -> dict[str, Any]:
        decision = threat.decision
        out: dict[str, Any] = {
            "uuid": self.uuid("item", threat.id),
            "title": _line(f"{threat.title}, at {self._name(threat.at)}"),
            "description": f"{threat.remedy.strip()} Verify: {threat.verify.strip()}",
            "props": [_prop("threat-id", threat.id), _prop("status", threat.status)],
            "origins": [self._origin()],
            "related-observations": [{"observation-uuid": self.uuid("observation", threat.id)}],
            "related-risks": [{"risk-uuid": self.uuid("risk", threat.id)}],
        }
        if decision is not None:
            ticket = f" Ticket: {decision.ticket}." if decision.ticket else ""
            out["remarks"] = f"{decision.verdict} by {decision.by} until {decision.until}: {decision.why}{ticket}"
        return out

    def _nothing(self) -> dict[str, Any]:
        """The model asks for at least one item, so that nothing is open is said as one."""
        return {
            "uuid": self.uuid("item", "nothing"),
            "title": "Nothing is open",
            "description": f"The review of {self.review.as_of} found no threat that calls for action.",
            "origins": [self._origin()],
        }

    def _name(self, name: str) -> str:
        return _line(component_name(name, self.system))


def _by_threat(places: Iterable[Placement]) -> dict[str, list[Placement]]:
    out: dict[str, list[Placement]] = {}
    for place in places:
        for threat in place.cuts:
            out.setdefault(threat, []).append(place)
    return out


def _status(threat: ThreatView) -> str:
    if threat.decision is not None:
        return {
            Verdict.ACCEPT: "deviation-approved",
            Verdict.MITIGATE: "remediating",
            Verdict.FALSE_POSITIVE: "closed",
        }[threat.decision.verdict]
    return "open" if threat.status is Status.OPEN else "closed"


def _prop(name: str, value: str) -> dict[str, str]:
    return {"name": name, "ns": _NAMESPACE, "value": _line(value)}


def _line(text: str) -> str:
    """OSCAL's one-line strings: not empty, no spaces around, no line ends."""
    return " ".join(text.split()) or "-"


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
