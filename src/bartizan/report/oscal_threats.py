"""Threats in plans of action and milestones: what shows a weakness, which risk it is, what is to be done about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bartizan.analysis.result import Placement, Review, ThreatView
from bartizan.catalog import Catalog
from bartizan.model import Status, System, Verdict
from bartizan.report.oscal_common import NAMESPACE, Ids, instant, line, prop, prose
from bartizan.report.phrases import component_name, loss_phrase

__all__ = ["Threats", "framework_props"]

_ATLAS = "https://atlas.mitre.org"
_FRAMEWORKS = ("nist-800-53", "nist-ai-rmf", "nist-ai-600-1", "iso-27001", "iso-42001", "csa-aicm", "eu-ai-act")


class Threats:
    """The threats of a review as observations, risks and items of a plan."""

    def __init__(self, review: Review, system: System, catalog: Catalog) -> None:
        self.review, self.system, self.catalog = review, system, catalog
        self.ids = Ids(system.id)
        self.standing, self.planned = _by_threat(review.controls.in_place), _by_threat(review.controls.minimum)

    def observation(self, threat: ThreatView) -> dict[str, Any]:
        """Return what shows the weakness."""
        why = "; ".join(threat.why)
        return {
            "uuid": self.ids.of("observation", threat.id),
            "title": line(threat.title),
            "description": f"The system's description shows: {why}."
            if why
            else "Derived from the system's description.",
            "methods": ["EXAMINE"],
            "types": ["discovery"],
            "origins": [self.ids.origin()],
            "subjects": [
                {"subject-uuid": self.ids.of("component", name), "type": "component", "title": self._name(name)}
                for name in threat.components
                if name in self.system.components
            ]
            or [{"subject-uuid": self.ids.tool, "type": "component"}],
            "collected": instant(self.review.as_of),
        }

    def risk(self, threat: ThreatView) -> dict[str, Any]:
        """Return what it leads to, what mitigates it, and what is planned."""
        losses = {loss.id: loss for loss in self.review.losses}
        leads = [loss_phrase(losses[name], self.system) for name in threat.leads_to if name in losses]
        out: dict[str, Any] = {
            "uuid": self.ids.of("risk", threat.id),
            "title": line(f"{threat.title}, at {self._name(threat.at)}"),
            "description": threat.description.strip(),
            "statement": f"It leads to: {', '.join(leads)}." if leads else "It helps attackers on the way to a loss.",
            "props": [prop("threat-id", threat.id), prop("rule", threat.rule)],
            "status": _status(threat),
            "origins": [self.ids.origin()],
        }
        if threat.atlas:
            out["threat-ids"] = [{"system": _ATLAS, "id": f"{_ATLAS}/techniques/{name}"} for name in threat.atlas]
        facets = {"severity": threat.severity.value, "score": f"{threat.score:g}"}
        out["characterizations"] = [
            {
                "origin": self.ids.origin(),
                "facets": [{"name": name, "system": NAMESPACE, "value": value} for name, value in facets.items()],
            }
        ]
        factors = list(self._factors(threat))
        if factors:
            out["mitigating-factors"] = factors
        if threat.decision is not None:
            out["deadline"] = instant(threat.decision.until)
        remediations = list(self._remediations(threat))
        if remediations:
            out["remediations"] = remediations
        out["related-observations"] = [{"observation-uuid": self.ids.of("observation", threat.id)}]
        return out

    def _factors(self, threat: ThreatView) -> Iterable[dict[str, Any]]:
        for place in self.standing.get(threat.id, []):
            yield {
                "uuid": self.ids.of("factor", threat.id, place.control, place.placement),
                "description": f"{place.title}, at {self._name(place.placement)} ({place.status or 'claimed'})",
                "props": list(framework_props(place.control, self.catalog)),
            }

    def _remediations(self, threat: ThreatView) -> Iterable[dict[str, Any]]:
        planned = self.planned.get(threat.id, [])
        for place in planned:
            yield {
                "uuid": self.ids.of("response", threat.id, place.control, place.placement),
                "lifecycle": "planned",
                "title": line(f"{place.title}, at {self._name(place.placement)}"),
                "description": f"{place.cost:g} person-days in the first year. {threat.remedy.strip()}",
                "props": [prop("placement", place.placement), *framework_props(place.control, self.catalog)],
            }
        done = {(place.control, place.placement) for place in planned}
        # A review can name one change twice, where two facts of a threat go by it.
        for change in {one.text: one for one in threat.removed_by}.values():
            if (change.control, change.placement) not in done:
                props = [prop("placement", change.placement)] if change.placement else []
                out: dict[str, Any] = {
                    "uuid": self.ids.of("response", threat.id, change.text),
                    "lifecycle": "recommendation",
                    "title": line(change.text),
                    "description": f"This single change removes the weakness. {threat.remedy.strip()}",
                }
                props += framework_props(change.control, self.catalog)
                yield out | ({"props": props} if props else {})

    def item(self, threat: ThreatView) -> dict[str, Any]:
        """Return what has to be done, and what was decided."""
        decision = threat.decision
        out: dict[str, Any] = {
            "uuid": self.ids.of("item", threat.id),
            "title": line(f"{threat.title}, at {self._name(threat.at)}"),
            "description": f"{threat.remedy.strip()} Verify: {threat.verify.strip()}",
            "props": [prop("threat-id", threat.id), prop("status", threat.status)],
            "origins": [self.ids.origin()],
            "related-observations": [{"observation-uuid": self.ids.of("observation", threat.id)}],
            "related-risks": [{"risk-uuid": self.ids.of("risk", threat.id)}],
        }
        if decision is not None:
            ticket = f" Ticket: {prose(decision.ticket)}." if decision.ticket else ""
            out["remarks"] = (
                f"{decision.verdict} by {prose(decision.by)} until {decision.until}: {prose(decision.why)}{ticket}"
            )
        return out

    def _name(self, name: str) -> str:
        return line(component_name(name, self.system))


def framework_props(control: str, catalog: Catalog) -> Iterable[dict[str, str]]:
    """Return a control's id and the framework items that it serves, as properties."""
    if control:
        yield prop("control", control)
    maps = catalog.controls[control].maps if control in catalog.controls else {}
    for framework in _FRAMEWORKS:
        for name in maps.get(framework, []):
            yield prop(framework, name)


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
