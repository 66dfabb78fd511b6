"""OSCAL 1.2.1, assessment results: how each control of a system stands on a day, and the evidence that says so.

A control that is proven is satisfied; one that somebody only says is there is not, for nothing shows it, and its
finding tells the difference in words and as a property. Source: NIST OSCAL 1.2.1, assessment-results model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from bartizan import __version__
from bartizan.catalog import Catalog
from bartizan.model import System, kind_of
from bartizan.model.assurance import ControlState, ControlView, Proof, ProofSource
from bartizan.report.oscal_common import instant, line, metadata, prop, written
from bartizan.report.plain import stable_uuid

__all__ = ["render_assessment"]

_METHODS = {
    ProofSource.REVIEW: "EXAMINE",
    ProofSource.SCAN: "EXAMINE",
    ProofSource.GATEWAY: "TEST",
    ProofSource.TEST: "TEST",
    ProofSource.ATTESTATION: "INTERVIEW",
}
_SAID = {
    ControlState.PROVEN: "Fresh evidence shows that it works.",
    ControlState.IN_PLACE: "Somebody says that it is there; no fresh evidence shows it.",
    ControlState.PLANNED: "It is planned.",
    ControlState.REQUIRED: "It is required, and nobody has said that it is there.",
    ControlState.FAILING: "The latest evidence says that it does not work.",
}


def render_assessment(
    system: System, views: Sequence[ControlView], proofs: Sequence[Proof], catalog: Catalog, as_of: date
) -> str:
    """Return assessment results as JSON: an observation for each piece of evidence, a finding for each control."""
    return _Results(system, views, proofs, catalog, as_of).text()


class _Results:
    def __init__(
        self, system: System, views: Sequence[ControlView], proofs: Sequence[Proof], catalog: Catalog, as_of: date
    ) -> None:
        self.system, self.catalog, self.as_of = system, catalog, as_of
        self.views = sorted(views, key=lambda view: (view.control, view.place))
        known = dict.fromkeys([*proofs, *(view.proof for view in views if view.proof)])
        self.proofs = sorted(known, key=lambda one: (one.control, one.place, one.observed_at, one.source, one.digest))

    def uuid(self, *parts: str) -> str:
        """A UUID that is the same for the same thing of the same system, whenever it is assessed."""
        return stable_uuid("oscal-assessment", self.system.id, *parts)

    def text(self) -> str:
        """Return the whole document."""
        title = f"Assessment results: {self.system.name or self.system.id}"
        plan = self.uuid("plan")
        return written(
            "assessment-results",
            {
                "uuid": self.uuid("results"),
                "metadata": metadata(title, self.as_of, self.as_of.isoformat()),
                "import-ap": {"href": f"#{plan}"},
                "results": [self._result()],
                "back-matter": {
                    "resources": [
                        {
                            "uuid": plan,
                            "title": "Continuous assessment by Bartizan",
                            "description": "Every control that the review asks for or the system names is assessed "
                            "again whenever the system, its evidence or the organisation's rules change.",
                        }
                    ]
                },
            },
        )

    def _result(self) -> dict[str, Any]:
        controls = sorted({view.control for view in self.views})
        selected: dict[str, Any] = {"include-controls": [{"control-id": name} for name in controls]}
        out: dict[str, Any] = {
            "uuid": self.uuid("result"),
            "title": line(f"Controls of {self.system.name or self.system.id} on {self.as_of}"),
            "description": "How each control stands, and the evidence that says so.",
            "start": instant(self.as_of),
            "end": instant(self.as_of),
            "local-definitions": {"components": list(self._components())},
            "reviewed-controls": {"control-selections": [selected if controls else {"include-all": {}}]},
        }
        if self.proofs:
            out["observations"] = [self._observation(proof) for proof in self.proofs]
        if self.views:
            out["findings"] = [self._finding(view) for view in self.views]
        return out

    def _components(self) -> Iterator[dict[str, Any]]:
        for name, component in self.system.components.items():
            yield {
                "uuid": self.uuid("component", name),
                "type": "software",
                "title": line(component.name or name),
                "description": component.description or f"{kind_of(component)} `{name}`",
                "props": [prop("id", name), prop("kind", kind_of(component))],
                "status": {"state": "operational"},
            }
        yield {
            "uuid": self.uuid("tool"),
            "type": "software",
            "title": "Bartizan",
            "description": "Keeps evidence about controls and tells how they stand.",
            "props": [{"name": "version", "value": __version__}],
            "status": {"state": "operational"},
        }

    def _observation(self, proof: Proof) -> dict[str, Any]:
        said = "works" if proof.outcome == "pass" else "does not work"
        at = f" at {proof.place}" if proof.place else ""
        out: dict[str, Any] = {
            "uuid": self._of(proof),
            "title": line(f"{self._title(proof.control)}{at}: {proof.outcome}"),
            "description": proof.detail or f"The evidence says that `{proof.control}`{at} {said}.",
            "props": [prop("source", proof.source.value), prop("outcome", proof.outcome)],
            "methods": [_METHODS[proof.source]],
            "types": ["control-objective"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self.uuid("tool")}]}],
            "collected": instant(proof.observed_at),
        }
        if proof.place in self.system.components:
            subject = {"subject-uuid": self.uuid("component", proof.place), "type": "component"}
            out["subjects"] = [subject]
        if proof.digest:
            out["props"].append(prop("digest", proof.digest))
        if proof.by:
            out["remarks"] = f"By {proof.by}."
        if proof.good_until is not None:
            out["expires"] = instant(proof.good_until)
        return out

    def _of(self, proof: Proof) -> str:
        day, source = proof.observed_at.isoformat(), proof.source.value
        return self.uuid("proof", proof.control, proof.place, source, day, proof.outcome, proof.detail, proof.digest)

    def _finding(self, view: ControlView) -> dict[str, Any]:
        at = f" at {view.place}" if view.place else ""
        proven = view.state is ControlState.PROVEN
        status: dict[str, Any] = {"state": "satisfied" if proven else "not-satisfied"}
        if view.state is ControlState.FAILING:
            status["reason"] = "fail"
        elif proven:
            status["reason"] = "pass"
        else:
            status["reason"] = "other"
            status["remarks"] = _SAID[view.state]
        props = [prop("state", view.state.value), prop("required", "yes" if view.required else "no")]
        if view.expired:
            props.append(prop("expired", "yes"))
        if view.excepted:
            props.append(prop("exception", view.excepted))
        out: dict[str, Any] = {
            "uuid": self.uuid("finding", view.control, view.place),
            "title": line(f"{view.title or view.control}{at}"),
            "description": _SAID[view.state],
            "props": props,
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self.uuid("tool")}]}],
            "target": {"type": "objective-id", "target-id": view.control, "status": status},
        }
        related = [one for one in self.proofs if (one.control, one.place) == (view.control, view.place)]
        if related:
            out["related-observations"] = [{"observation-uuid": self._of(proof)} for proof in related]
        return out

    def _title(self, control: str) -> str:
        known = self.catalog.controls.get(control)
        return known.title if known else control
