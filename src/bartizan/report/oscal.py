"""OSCAL 1.2.1, a plan of action and milestones: each weakness, the risk it is, what mitigates it and what is planned.

That model is chosen because it holds what a review says: observations, risks with deviations, and remediation. A
component definition would claim how controls are implemented, which a review doesn't know.
Source: NIST OSCAL 1.2.1, plan-of-action-and-milestones model.
"""

from __future__ import annotations

from typing import Any

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System, kind_of
from bartizan.report.oscal_common import component_type, line, metadata, prop, status_of, written
from bartizan.report.oscal_threats import Threats

__all__ = ["render"]


def render(review: Review, system: System, catalog: Catalog) -> str:
    """Return the plan as JSON: the ranked threats, and all that somebody decided about."""
    made = Threats(review, system, catalog)
    threats = [*review.threats, *(threat for threat in review.appendix if threat.decision)]
    title, day = f"Plan of action and milestones: {line(system.name or system.id)}", review.as_of
    plan: dict[str, Any] = {
        "uuid": made.ids.of("plan"),
        "metadata": metadata(title, day, day.isoformat()),
        "system-id": {"id": system.id},
        "local-definitions": _definitions(made),
    }
    if threats:
        plan["observations"] = [made.observation(threat) for threat in threats]
        plan["risks"] = [made.risk(threat) for threat in threats]
    plan["poam-items"] = [made.item(threat) for threat in threats] or [_nothing(made)]
    return written("plan-of-action-and-milestones", plan)


def _definitions(made: Threats) -> dict[str, Any]:
    system = made.system
    components = [
        {
            "uuid": made.ids.of("component", name),
            "type": component_type(kind_of(component)),
            "title": line(component.name or name),
            "description": component.description or f"{kind_of(component)} `{name}`",
            "props": [prop("id", name), prop("kind", kind_of(component))],
            "status": {"state": status_of(system.stage)},
        }
        for name, component in system.components.items()
    ]
    assets = made.ids.assets("Derives attack paths and controls from the description of a system.")
    return {"components": components, "assessment-assets": assets}


def _nothing(made: Threats) -> dict[str, Any]:
    """The model asks for at least one item, so that nothing is open is said as one."""
    return {
        "uuid": made.ids.of("item", "nothing"),
        "title": "Nothing is open",
        "description": f"The review of {made.review.as_of} found no threat that calls for action.",
        "origins": [made.ids.origin()],
    }
