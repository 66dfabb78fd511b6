"""What the register knows of a system on a day: all that its plans and results in OSCAL are made from.

The documents of one system name each other by file, so that whoever has them in one folder can follow each reference:
results import the assessment plan, which imports the security plan, which imports the baseline, a profile of the
catalog of controls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import msgspec

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.model.assurance import ControlState, ControlView, Proof
from bartizan.model.documents import ExceptionSpec, Organisation, TierRule
from bartizan.report.oscal_common import Ids
from bartizan.report.phrases import component_name

__all__ = ["CATALOG_FILE", "SAID", "Dossier"]

CATALOG_FILE = "bartizan-controls.oscal.json"
SAID = {
    ControlState.PROVEN: "Fresh evidence shows that it works.",
    ControlState.IN_PLACE: "Somebody says that it is there; no fresh evidence shows it.",
    ControlState.PLANNED: "It is planned.",
    ControlState.REQUIRED: "It is required, and nobody has said that it is there.",
    ControlState.FAILING: "The latest evidence says that it does not work.",
}
"""What a state means, in a sentence."""


class Dossier(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A system, its review and its assurance on a day.

    `name` is its name in the register; `proven` is the system with the register's evidence in it, as the review saw it.
    `unit` is the title of its business unit. `exceptions` are those that are for it, by name, approved or not.
    """

    name: str
    system: System
    proven: System
    review: Review
    views: Sequence[ControlView]
    proofs: Sequence[Proof] = ()
    exceptions: Mapping[str, ExceptionSpec] = {}
    tier: TierRule
    organisation: Organisation
    unit: str = ""
    catalog: Catalog
    as_of: date

    @cached_property
    def ids(self) -> Ids:
        """The UUIDs of its parts."""
        return Ids(self.system.id)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.system.name or self.system.id

    @cached_property
    def controls(self) -> dict[str, list[ControlView]]:
        """Its controls by id, with how each stands at its places. What the catalog doesn't know counts for nothing."""
        found: dict[str, list[ControlView]] = {}
        for view in sorted(self.views, key=lambda view: (view.control, view.place)):
            if view.control in self.catalog.controls:
                found.setdefault(view.control, []).append(view)
        return found

    @cached_property
    def evidence(self) -> list[Proof]:
        """All evidence that speaks about these controls, each piece once."""
        known = dict.fromkeys([*self.proofs, *(view.proof for view in self.views if view.proof)])
        told = [proof for proof in known if proof.control in self.catalog.controls]
        return sorted(told, key=lambda one: (one.control, one.place, one.observed_at, one.source, one.digest))

    @cached_property
    def _by_place(self) -> dict[tuple[str, str], list[Proof]]:
        """The evidence by control and place: thousands of views ask for theirs."""
        found: dict[tuple[str, str], list[Proof]] = {}
        for proof in self.evidence:
            found.setdefault((proof.control, proof.place), []).append(proof)
        return found

    def about(self, view: ControlView) -> list[Proof]:
        """Return the evidence about a control at a place."""
        here = self._by_place.get((view.control, view.place), [])
        return [*here, view.proof] if view.proof and view.proof not in here else here

    def owner(self, place: str) -> str:
        """Return who answers for a place: its own owner, or the system's; empty without one."""
        part = self.system.components.get(place)
        return (part.owner if part else "") or self.system.owner

    def file(self, what: str) -> str:
        """Return the name of a document's file: `ssp`, `poam`, `baseline`, `assessment-plan` or `assessment`."""
        return f"{self.name}.oscal-{what}.json"

    def place(self, place: str) -> str:
        """Return a place in words."""
        if not place:
            return "the whole system"
        return " → ".join(component_name(part.strip(), self.system) for part in place.split("->"))

    def placed(self, view: ControlView) -> str:
        """Return the UUID of the component at which a control stands; without a place, the system itself."""
        return self.ids.of("component", *([view.place] if view.place else []))

    def by_component(self, view: ControlView) -> str:
        """Return the UUID of what the security plan says of a control at a place."""
        return self.ids.of("by-component", view.control, view.place)
