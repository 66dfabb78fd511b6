"""OSCAL 1.2.1, a system security plan: what a system is, and how each control that concerns it is implemented where.

A control that somebody says is there is implemented; whether that is proven, its property `state`, the linked evidence
and the assessment results say. OSCAL has no word for what nobody has planned yet: it is `planned` too, the state says
`required`, and the plan of action holds it as open. Source: NIST OSCAL 1.2.1, system-security-plan model.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from bartizan.model.assurance import ControlState, ControlView, Proof
from bartizan.report.diagram import render as render_diagram
from bartizan.report.oscal_common import Parties, instant, line, metadata, nist, prop, prose, token, written
from bartizan.report.oscal_dossier import SAID, Dossier
from bartizan.report.oscal_ssp_system import characteristics, implementation

__all__ = ["render_ssp"]

_STATUS = {
    ControlState.PROVEN: "implemented",
    ControlState.IN_PLACE: "implemented",
    ControlState.FAILING: "partial",
    ControlState.PLANNED: "planned",
    ControlState.REQUIRED: "planned",
}


def render_ssp(dossier: Dossier) -> str:
    """Return the plan as JSON, with the diagram of the system inside."""
    parties, ids = Parties(), dossier.ids
    diagram = ids.of("diagram")
    said = characteristics(dossier, parties, diagram)
    made = implementation(dossier, parties)
    controls = [_requirement(dossier, name, views, parties) for name, views in dossier.controls.items()]
    made_for = parties.responsible("prepared-for", [dossier.organisation.title], "organization")
    head = metadata(f"System security plan: {dossier.title}", dossier.as_of, dossier.as_of.isoformat())
    return written(
        "system-security-plan",
        {
            "uuid": ids.of("ssp"),
            "metadata": {**head, **parties.listed(), **({"responsible-parties": made_for} if made_for else {})},
            "import-profile": {"href": dossier.file("baseline")},
            "system-characteristics": said,
            "system-implementation": made,
            "control-implementation": {
                "description": _summary(dossier),
                "implemented-requirements": controls
                or [_not_asked(dossier, name) for name in dossier.catalog.controls],
            },
            "back-matter": {
                "resources": [_picture(dossier, diagram), *(_evidence(dossier, one) for one in dossier.evidence)]
            },
        },
    )


def _summary(dossier: Dossier) -> str:
    said = (
        "The controls that the review asks for or the system names, each at its places, with how it stands by its "
        "evidence. Controls are those of the catalog that the profile imports."
    )
    unknown = sorted({view.control for view in dossier.views} - dossier.controls.keys())
    return f"{said} Left out, for the catalog doesn't know them: {', '.join(unknown)}." if unknown else said


def _requirement(dossier: Dossier, name: str, views: Sequence[ControlView], parties: Parties) -> dict[str, Any]:
    required = any(view.required for view in views)
    out: dict[str, Any] = {
        "uuid": dossier.ids.of("requirement", name),
        "control-id": token(name),
        "props": [prop("required", "yes" if required else "no"), prop("state", _worst(views).value)],
        "by-components": [_by_component(dossier, view, parties) for view in views],
    }
    owner = parties.responsible("system-owner", [dossier.system.owner])
    return out | ({"responsible-roles": owner} if owner else {})


def _worst(views: Sequence[ControlView]) -> ControlState:
    return min((view.state for view in views), key=list(ControlState).index)


def _not_asked(dossier: Dossier, name: str) -> dict[str, Any]:
    """Return a control that concerns a system in no way: a plan has to hold at least one."""
    return {
        "uuid": dossier.ids.of("requirement", name),
        "control-id": token(name),
        "by-components": [
            {
                "component-uuid": dossier.ids.of("component"),
                "uuid": dossier.ids.of("by-component", name, ""),
                "description": "The review doesn't ask for it, and the system doesn't name it.",
                "implementation-status": {"state": "not-applicable"},
            }
        ],
    }


def _by_component(dossier: Dossier, view: ControlView, parties: Parties) -> dict[str, Any]:
    exception = dossier.exceptions.get(view.excepted)
    stands_in = view.state in (ControlState.REQUIRED, ControlState.PLANNED) and bool(view.compensating)
    state = "alternative" if stands_in else _STATUS[view.state]
    if view.state is ControlState.REQUIRED and view.expired and not stands_in:
        state = "partial"
    props = [prop("state", view.state.value), prop("required", "yes" if view.required else "no")]
    said = [SAID[view.state]]
    if view.expired:
        props.append(prop("expired", "yes"))
        said.append("It was proven until its evidence ended.")
    if view.planned is not None:
        props.append(prop("planned", view.planned.isoformat()))
        said.append(f"It is to be there on {view.planned}.")
    if view.good_until is not None:
        props.append(prop("good-until", view.good_until.isoformat()))
        said.append(f"The evidence counts until {view.good_until}.")
    if exception is not None:
        props.append(prop("exception", view.excepted))
        instead = f"; in its place: {', '.join(view.compensating)}" if view.compensating else ""
        said.append(
            f"Excepted until {exception.ends}, approved by {prose(exception.approved_by)}: "
            f"{prose(exception.why)}{instead}"
        )
    place = prose(dossier.place(view.place))
    out: dict[str, Any] = {
        "component-uuid": dossier.placed(view),
        "uuid": dossier.by_component(view),
        "description": " ".join([f"{prose(view.title or view.control)}, at {place}.", *_notes(dossier, view)]),
        "props": props,
        "implementation-status": {"state": state, "remarks": " ".join(said)},
    }
    if evidence := dossier.about(view):
        out["links"] = [{"href": f"#{_resource(dossier, one)}", "rel": "evidence"} for one in evidence]
    roles = parties.responsible("asset-owner", [dossier.owner(view.place)])
    if exception is not None:
        roles += parties.responsible("exception-owner", [exception.owner])
        roles += parties.responsible("authorizing-official", [exception.approved_by])
    return out | ({"responsible-roles": roles} if roles else {})


def _notes(dossier: Dossier, view: ControlView) -> list[str]:
    """Return what the system's description notes about a control at a place."""
    system, found = dossier.system, []
    part = system.components.get(view.place)
    own = [one for one in part.controls if not isinstance(one, str)] if part else []
    listed = [one for one in system.controls if not isinstance(one, str)]
    listed = [one for one in listed if (view.place or "system") in (one.on or ["system"])]
    for one in (*own, *listed):
        if one.control == view.control and one.note:
            found.append(f"Note: {prose(one.note)}.")
    return list(dict.fromkeys(found))


def _resource(dossier: Dossier, proof: Proof) -> str:
    return dossier.ids.of("evidence", dossier.ids.proof(proof))


def _evidence(dossier: Dossier, proof: Proof) -> dict[str, Any]:
    """Return a piece of evidence as a resource; the assessment results hold it as an observation."""
    props = [nist("type", "evidence"), nist("published", instant(proof.observed_at))]
    props += [prop("source", proof.source.value), prop("outcome", proof.outcome)]
    if proof.good_until is not None:
        props.append(prop("good-until", proof.good_until.isoformat()))
    if proof.digest:
        props.append(prop("digest", proof.digest))
    href = f"{dossier.file('assessment')}#{dossier.ids.proof(proof)}"
    by = f", by {proof.by}" if proof.by else ""
    known = dossier.catalog.controls[proof.control].title
    return {
        "uuid": _resource(dossier, proof),
        "title": line(f"{known}, at {dossier.place(proof.place)}: {proof.outcome} on {proof.observed_at}{by}"),
        "description": prose(proof.detail) or f"Evidence from: {proof.source}.",
        "props": props,
        "rlinks": [{"href": href, "media-type": "application/json"}],
    }


def _picture(dossier: Dossier, uuid: str) -> dict[str, Any]:
    content = render_diagram(dossier.review, dossier.proven, dossier.catalog).encode()
    file = {
        "filename": token(f"{dossier.name}.svg"),
        "media-type": "image/svg+xml",
        "value": b64encode(content).decode(),
    }
    return {
        "uuid": uuid,
        "title": line(f"Data-flow diagram of {dossier.title}"),
        "description": "The parts of the system in their trust zones, its calls, and the worst attack path.",
        "props": [nist("type", "image")],
        "base64": file,
    }
