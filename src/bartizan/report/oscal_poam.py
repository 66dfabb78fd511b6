"""OSCAL 1.2.1, the plan of action and milestones of a registered system: what is required and not proven, and who
accepted which risk until when.

An item is a control at a place that is required and not proven, planned, failing, or of which the evidence has ended;
or a threat that somebody accepts or mitigates. An exception is a deviation with a deadline, what stands in for the
control a mitigating factor. Source: NIST OSCAL 1.2.1, plan-of-action-and-milestones model.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bartizan.analysis.result import Placement, ThreatView
from bartizan.model import Level, Verdict
from bartizan.model.assurance import ControlState, ControlView
from bartizan.model.documents import ExceptionSpec
from bartizan.report.oscal_assessment import observation
from bartizan.report.oscal_common import NAMESPACE, Parties, instant, line, metadata, prop, prose, written
from bartizan.report.oscal_dossier import SAID, Dossier
from bartizan.report.oscal_threats import Threats, framework_props

__all__ = ["render_poam"]

_DECIDED = (Verdict.ACCEPT, Verdict.MITIGATE)


def render_poam(dossier: Dossier) -> str:
    """Return the plan as JSON."""
    return _Plan(dossier).text()


class _Plan:
    def __init__(self, dossier: Dossier) -> None:
        self.dossier, self.ids, self.parties = dossier, dossier.ids, Parties()
        review = dossier.review
        self.threats = Threats(review, dossier.proven, dossier.catalog)
        self.by_id = {threat.id: threat for threat in (*review.threats, *review.appendix)}
        self.places = {
            (one.control, one.placement): one for one in (*review.controls.in_place, *review.controls.minimum)
        }
        self.open = [view for views in dossier.controls.values() for view in views if _calls_for_action(view)]
        self.decided = [
            threat for threat in self.by_id.values() if threat.decision and threat.decision.verdict in _DECIDED
        ]

    def text(self) -> str:
        """Return the whole document."""
        day = self.dossier.as_of
        evidence = dict.fromkeys(proof for view in self.open for proof in self.dossier.about(view))
        shown = [observation(self.dossier, proof) for proof in evidence]
        shown += [self.threats.observation(threat) for threat in self.decided]
        risks = [self._risk(view) for view in self.open] + [self.threats.risk(threat) for threat in self.decided]
        items = [self._item(view) for view in self.open] + [self.threats.item(threat) for threat in self.decided]
        owner = self.parties.responsible("system-owner", [self.dossier.system.owner])
        head = metadata(f"Plan of action and milestones: {self.dossier.title}", day, day.isoformat())
        return written(
            "plan-of-action-and-milestones",
            {
                "uuid": self.ids.of("poam"),
                "metadata": {**head, **self.parties.listed(), **({"responsible-parties": owner} if owner else {})},
                "import-ssp": {"href": self.dossier.file("ssp")},
                "system-id": {"identifier-type": f"{NAMESPACE}:system", "id": self.dossier.name},
                "local-definitions": {
                    "assessment-assets": self.ids.assets("Keeps evidence about controls and tells how they stand.")
                },
                **({"observations": shown} if shown else {}),
                **({"risks": risks} if risks else {}),
                "poam-items": items or [self._nothing()],
            },
        )

    def _risk(self, view: ControlView) -> dict[str, Any]:
        said = [SAID[view.state]] + (["It was proven until its evidence ended."] if view.expired else [])
        threats = self._threats(view)
        named = "; ".join(prose(f"{one.title}, at {self.dossier.place(one.at)}") for one in threats)
        out: dict[str, Any] = {
            "uuid": self.ids.of("control-risk", view.control, view.place),
            "title": self._title(view),
            "description": " ".join(said),
            "statement": f"Without it these stay open: {named}." if named else "No threat is cut by it alone.",
            "props": self._props(view),
            "status": self._status(view),
            "origins": [self.ids.origin()],
        }
        if threats:
            worst = max((one.severity for one in threats), key=lambda level: list(Level).index(level))
            facet = {"name": "severity", "system": NAMESPACE, "value": worst.value}
            out["characterizations"] = [{"origin": self.ids.origin(), "facets": [facet]}]
        if factors := list(self._factors(view)):
            out["mitigating-factors"] = factors
        exception = self.dossier.exceptions.get(view.excepted)
        if deadline := exception.ends if exception is not None else view.planned:
            out["deadline"] = instant(deadline)
        out["remediations"] = [self._remediation(view)]
        if related := self._related(view):
            out["related-observations"] = related
        return out

    def _status(self, view: ControlView) -> str:
        if view.excepted:
            return "deviation-approved"
        if self._asked(view) is not None:
            return "deviation-requested"
        return "remediating" if view.state is ControlState.PLANNED else "open"

    def _asked(self, view: ControlView) -> tuple[str, ExceptionSpec] | None:
        """Return the exception that somebody has asked for and nobody has decided about."""
        for name, one in sorted(self.dossier.exceptions.items()):
            undecided = not one.approved_by and not one.refused_by
            if one.control == view.control and undecided and one.ends >= self.dossier.as_of:
                return name, one
        return None

    def _factors(self, view: ControlView) -> Iterator[dict[str, Any]]:
        """Return the controls that stand in for one."""
        for name in view.compensating:
            known = self.dossier.catalog.controls.get(name)
            stands = self.dossier.controls.get(name, [])
            said = ", ".join(dict.fromkeys(f"{one.state} at {self.dossier.place(one.place)}" for one in stands))
            out: dict[str, Any] = {
                "uuid": self.ids.of("control-factor", view.control, view.place, name),
                "description": f"In its place: {prose(known.title if known else name)} ({prose(said) or 'not there'}).",
                "props": [prop("control", name)],
            }
            if len(stands) == 1:
                out["implementation-uuid"] = self.dossier.by_component(stands[0])
            yield out

    def _remediation(self, view: ControlView) -> dict[str, Any]:
        control, place = self.dossier.catalog.controls[view.control], self._place(view)
        cost = f"{place.cost:g} person-days in the first year. " if place is not None and place.cost else ""
        verify = " ".join(f"By {one.by}: {one.how.strip()}" for one in control.verification)
        planned = view.planned is not None
        out: dict[str, Any] = {
            "uuid": self.ids.of("control-response", view.control, view.place),
            "lifecycle": "planned" if planned else "recommendation",
            "title": self._title(view),
            "description": f"{control.description.strip()} {cost}Proven {verify[:1].lower()}{verify[1:]}",
            "props": [prop("placement", view.place or "system"), *framework_props(view.control, self.dossier.catalog)],
        }
        if view.planned is not None:
            task: dict[str, Any] = {
                "uuid": self.ids.of("milestone", view.control, view.place),
                "type": "milestone",
                "title": line(f"In place: {control.title}"),
                "timing": {"on-date": {"date": instant(view.planned)}},
            }
            roles = self.parties.responsible("asset-owner", [self.dossier.owner(view.place)])
            out["tasks"] = [task | ({"responsible-roles": roles} if roles else {})]
        return out

    def _item(self, view: ControlView) -> dict[str, Any]:
        out: dict[str, Any] = {
            "uuid": self.ids.of("control-item", view.control, view.place),
            "title": self._title(view),
            "description": SAID[view.state],
            "props": self._props(view),
            "origins": [self.ids.origin()],
        }
        if related := self._related(view):
            out["related-observations"] = related
        out["related-risks"] = [{"risk-uuid": self.ids.of("control-risk", view.control, view.place)}]
        if remarks := self._remarks(view):
            out["remarks"] = remarks
        return out

    def _remarks(self, view: ControlView) -> str:
        exception, asked = self.dossier.exceptions.get(view.excepted), self._asked(view)
        if exception is not None:
            return (
                f"Exception `{view.excepted}` of {prose(exception.owner)}, approved by {prose(exception.approved_by)}, "
                f"from {exception.starts} to {exception.ends}: {prose(exception.why)}"
            )
        if asked is not None:
            name, one = asked
            return (
                f"Exception `{name}` asked for by {prose(one.owner)}, from {one.starts} to {one.ends}: {prose(one.why)}"
            )
        return ""

    def _props(self, view: ControlView) -> list[dict[str, str]]:
        props = [prop("control", view.control), prop("place", view.place or "system"), prop("state", view.state.value)]
        props.append(prop("required", "yes" if view.required else "no"))
        if view.expired:
            props.append(prop("expired", "yes"))
        if view.excepted:
            props.append(prop("exception", view.excepted))
        return props

    def _related(self, view: ControlView) -> list[dict[str, str]]:
        return [{"observation-uuid": self.ids.proof(proof)} for proof in self.dossier.about(view)]

    def _place(self, view: ControlView) -> Placement | None:
        """Return the review's own placement of a control at a place."""
        return self.places.get((view.control, view.place.replace(" -> ", "->") or "system"))

    def _threats(self, view: ControlView) -> list[ThreatView]:
        place = self._place(view)
        return [self.by_id[name] for name in place.cuts if name in self.by_id] if place is not None else []

    def _title(self, view: ControlView) -> str:
        return line(f"{view.title or view.control}, at {self.dossier.place(view.place)}")

    def _nothing(self) -> dict[str, Any]:
        """The model asks for at least one item, so that nothing is open is said as one."""
        return {
            "uuid": self.ids.of("item", "nothing"),
            "title": "Nothing is open",
            "description": f"On {self.dossier.as_of} every required control is proven, and no risk is accepted.",
            "origins": [self.ids.origin()],
        }


def _calls_for_action(view: ControlView) -> bool:
    if view.state in (ControlState.FAILING, ControlState.PLANNED):
        return True
    return view.expired or (view.required and view.state is not ControlState.PROVEN)
