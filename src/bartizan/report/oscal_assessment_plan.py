"""OSCAL 1.2.1, an assessment plan: how each control of a system is proven, where, and how often again.

The methods are the catalog's verifications; the period is how long evidence counts in the system's tier. Results name
this plan, so that a reader knows what they are results of. Source: NIST OSCAL 1.2.1, assessment-plan model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bartizan.catalog import Control
from bartizan.model.assurance import ControlView
from bartizan.report.oscal_common import line, metadata, nist, prop, token, written
from bartizan.report.oscal_controls import METHODS
from bartizan.report.oscal_dossier import Dossier

__all__ = ["render_assessment_plan"]

_METHODOLOGY = (
    "Every control that the review asks for or the system names is assessed again whenever the system, its evidence or "
    "the organisation's rules change, and when evidence ends. Of each source the latest evidence counts. A failure "
    "counts until something newer that weighs as much shows otherwise; a person's word alone never ends what a "
    "machine has found."
)


def render_assessment_plan(dossier: Dossier) -> str:
    """Return the plan as JSON: an activity for each way to prove a control, and a task for each control."""
    ids = dossier.ids
    days, day = dossier.tier.evidence_days, dossier.as_of
    selected: dict[str, Any] = {"include-all": {}}
    if dossier.controls:
        selected = {"include-controls": [{"control-id": token(name)} for name in dossier.controls]}
    plan: dict[str, Any] = {
        "uuid": ids.of("assessment-plan"),
        "metadata": metadata(f"Assessment plan: {dossier.title}", day, day.isoformat()),
        "import-ssp": {"href": dossier.file("ssp")},
    }
    known = dossier.catalog.controls
    activities = [one for name in dossier.controls for one in _activities(dossier, known[name])]
    if activities:
        plan["local-definitions"] = {"activities": activities}
    # Not as a part of the terms: NIST's constraint asks every such part for what only objectives have.
    plan["reviewed-controls"] = {"description": _METHODOLOGY, "control-selections": [selected]}
    plan["assessment-subjects"] = [{"type": "component", "include-all": {}}]
    plan["assessment-assets"] = ids.assets("Keeps evidence about controls and tells how they stand.")
    tasks = [_task(dossier, name, views, days) for name, views in dossier.controls.items()]
    if tasks:
        plan["tasks"] = tasks
    return written("assessment-plan", plan)


def _activities(dossier: Dossier, control: Control) -> Iterator[dict[str, Any]]:
    for number, one in enumerate(control.verification, 1):
        yield {
            "uuid": dossier.ids.of("activity", control.id, str(number)),
            "title": line(f"{control.title}: by {one.by}"),
            "description": one.how.strip(),
            "props": [nist("method", METHODS[one.by]), prop("by", one.by), prop("control", control.id)],
            "related-controls": {"control-selections": [{"include-controls": [{"control-id": token(control.id)}]}]},
        }


def _task(dossier: Dossier, name: str, views: Sequence[ControlView], days: int) -> dict[str, Any]:
    ids, control = dossier.ids, dossier.catalog.controls[name]
    places = dict.fromkeys(dossier.placed(view) for view in views)
    subjects = [{"type": "component", "include-subjects": [
        {"subject-uuid": place, "type": "component"} for place in places]}]  # fmt: skip
    ends = [view.good_until for view in views if view.good_until is not None]
    due = [prop("evidence-ends", min(ends).isoformat())] if ends else []
    return {
        "uuid": ids.of("task", name),
        "type": "action",
        "title": line(f"Prove: {control.title}"),
        "description": f"Evidence without an end of its own counts for {days} days; then the control is open again.",
        "props": [prop("control", name), *due],
        "timing": {"at-frequency": {"period": max(days, 1), "unit": "days"}},
        "associated-activities": [
            {"activity-uuid": ids.of("activity", name, str(number)), "subjects": subjects}
            for number, _ in enumerate(control.verification, 1)
        ],
    }
