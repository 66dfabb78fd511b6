"""Names instead of ids: components, losses, controls, framework items, inputs of the risk."""

from __future__ import annotations

from datetime import date

from bartizan.analysis.result import LossView, Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report.drawing import clean
from bartizan.report.paper import Reference
from bartizan.report.phrases import component_name, loss_phrase

__all__ = ["Names", "capital", "long_date"]

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


def long_date(day: date) -> str:
    """Write a day as people do: `23 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def capital(text: str) -> str:
    """Return a text with a capital first letter."""
    return text[:1].upper() + text[1:]


class Names:
    """Looks up what a reader calls the things of one review; an id that nobody named stays itself."""

    def __init__(self, review: Review, system: System, catalog: Catalog) -> None:
        self._system = system
        self._catalog = catalog
        self._losses = {loss.id: loss for loss in review.losses}
        self._threats = {threat.id: threat.title for threat in (*review.threats, *review.appendix)}

    def place(self, id: str) -> str:
        """Name a component, a data asset, a zone, a flow (`a->b`) or the whole system."""
        if id == "system":
            return "the whole system"
        tail, arrow, head = id.partition("->")
        if arrow:
            return f"{self.place(tail)} → {self.place(head)}"
        return clean(component_name(id, self._system))

    def loss(self, id: str) -> str:
        """Say a loss: `disclosure of HR cases`."""
        loss = self._losses.get(id)
        return self.loss_of(loss) if loss else id

    def loss_of(self, loss: LossView) -> str:
        """Say a loss that is at hand."""
        return clean(loss_phrase(loss, self._system))

    def threat(self, id: str) -> str:
        """Return a threat's title; that of its rule where the review doesn't list it."""
        rule = id.partition("@")[0]
        if id in self._threats:
            return self._threats[id]
        return self._catalog.threats[rule].title if rule in self._catalog.threats else id

    def attacker(self, position: str) -> str:
        """Say who attacks."""
        known = self._catalog.positions.get(position)
        return known.title if known else position or "Anyone in a place to try"

    def control(self, id: str) -> str:
        """Return a control's title. Takes `control` and `control@place`."""
        control, _, place = id.partition("@")
        title = self._catalog.controls[control].title if control in self._catalog.controls else control
        return f"{title} (at {self.place(place)})" if place else title

    def reference(self, framework: str, id: str) -> Reference:
        """Return an item of a framework with its title."""
        known = self._catalog.frameworks.get(framework)
        item = known.items.get(id) if known else None
        return Reference(known.title if known else framework, id, item.title if item else "")

    def framework(self, id: str) -> str:
        """Return a framework's title and version."""
        known = self._catalog.frameworks.get(id)
        if known is None:
            return id
        named = known.version in known.title or known.version[:4] in known.title  # a law is named by its year
        return known.title if named else f"{known.title} {known.version}"

    def input(self, text: str) -> str:
        """Say an input of the risk (`money per event: takeover:copilot`) with names instead of ids."""
        what, colon, id = text.partition(": ")
        if not colon:
            return clean(text)
        if id in self._losses:
            return f"{what}: {self.loss(id)}"
        if "@" in id:
            return f"{what}: {self.threat(id)}, at {self.place(id.partition('@')[2])}"
        return f"{what}: {self.attacker(id)}"
