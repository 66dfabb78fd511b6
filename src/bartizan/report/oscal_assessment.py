"""OSCAL 1.2.1, assessment results: how each control of a system stands on a day, and the evidence that says so.

A control that is proven is satisfied; one that somebody only says is there is not, for nothing shows it, and its
finding tells the difference in words and as a property. Source: NIST OSCAL 1.2.1, assessment-results model.
"""

from __future__ import annotations

from typing import Any

from bartizan.model.assurance import ControlState, ControlView, Proof
from bartizan.report.oscal_common import instant, line, metadata, prop, prose, token, written
from bartizan.report.oscal_controls import METHODS, objective
from bartizan.report.oscal_dossier import SAID, Dossier
from bartizan.report.plain import stable_uuid

__all__ = ["observation", "render_assessment"]


def render_assessment(dossier: Dossier) -> str:
    """Return assessment results as JSON: an observation for each piece of evidence, a finding for each control."""
    return written(
        "assessment-results",
        {
            "uuid": _uuid(dossier, "results"),
            "metadata": metadata(f"Assessment results: {dossier.title}", dossier.as_of, dossier.as_of.isoformat()),
            "import-ap": {"href": dossier.file("assessment-plan")},
            "results": [_result(dossier)],
        },
    )


def observation(dossier: Dossier, proof: Proof) -> dict[str, Any]:
    """Return a piece of evidence as an observation."""
    ids = dossier.ids
    said = "works" if proof.outcome == "pass" else "does not work"
    at = f" at {proof.place}" if proof.place else ""
    known = dossier.catalog.controls.get(proof.control)
    out: dict[str, Any] = {
        "uuid": ids.proof(proof),
        "title": line(f"{known.title if known else proof.control}{at}: {proof.outcome}"),
        "description": prose(proof.detail) or f"The evidence says that `{proof.control}`{prose(at)} {said}.",
        "props": [
            prop("control", proof.control), prop("source", proof.source.value), prop("outcome", proof.outcome),
        ],
        "methods": [METHODS[proof.source]],
        "types": ["control-objective"],
        "origins": [ids.origin()],
        "collected": instant(proof.observed_at),
    }  # fmt: skip
    if proof.place in dossier.system.components:
        title = line(dossier.place(proof.place))
        subject = ids.of("component", proof.place)
        out["subjects"] = [{"subject-uuid": subject, "type": "component", "title": title}]
    if proof.digest:
        out["props"].append(prop("digest", proof.digest))
    if proof.by:
        out["remarks"] = f"By {prose(proof.by)}."
    if proof.good_until is not None:
        out["expires"] = instant(proof.good_until)
    return out


def _uuid(dossier: Dossier, *parts: str) -> str:
    return stable_uuid("oscal-assessment", dossier.system.id, *parts)


def _result(dossier: Dossier) -> dict[str, Any]:
    controls = [{"control-id": token(name)} for name in dossier.controls]
    selected: dict[str, Any] = {"include-controls": controls} if controls else {"include-all": {}}
    out: dict[str, Any] = {
        "uuid": _uuid(dossier, "result"),
        "title": line(f"Controls of {dossier.title} on {dossier.as_of}"),
        "description": "How each control stands, and the evidence that says so.",
        "start": instant(dossier.as_of),
        "end": instant(dossier.as_of),
        "reviewed-controls": {"control-selections": [selected]},
    }
    if dossier.evidence:
        out["observations"] = [observation(dossier, proof) for proof in dossier.evidence]
    findings = [_finding(dossier, view) for views in dossier.controls.values() for view in views]
    return out | ({"findings": findings} if findings else {})


def _finding(dossier: Dossier, view: ControlView) -> dict[str, Any]:
    at = f" at {view.place}" if view.place else ""
    proven = view.state is ControlState.PROVEN
    status: dict[str, Any] = {"state": "satisfied" if proven else "not-satisfied"}
    if view.state is ControlState.FAILING:
        status["reason"] = "fail"
    elif proven:
        status["reason"] = "pass"
    else:
        status["reason"] = "other"
        status["remarks"] = SAID[view.state]
    props = [
        prop("control", view.control), prop("state", view.state.value),
        prop("required", "yes" if view.required else "no"),
    ]  # fmt: skip
    if view.place:
        props.append(prop("place", view.place))
    if view.expired:
        props.append(prop("expired", "yes"))
    if view.excepted:
        props.append(prop("exception", view.excepted))
    out: dict[str, Any] = {
        "uuid": _uuid(dossier, "finding", view.control, view.place),
        "title": line(f"{view.title or view.control}{at}"),
        "description": SAID[view.state],
        "props": props,
        "origins": [dossier.ids.origin()],
        "target": {"type": "objective-id", "target-id": objective(view.control), "status": status},
        "implementation-statement-uuid": dossier.by_component(view),
    }
    related = dossier.about(view)
    if related:
        out["related-observations"] = [{"observation-uuid": dossier.ids.proof(proof)} for proof in related]
    return out
