"""Names of a review's parts in the reader's language: places, losses, attackers, inputs of the risk, diagrams."""

from __future__ import annotations

from collections.abc import Mapping

from bartizan.analysis.result import LossView, Review
from bartizan.catalog import Catalog
from bartizan.console.labels import LABELS
from bartizan.console.sentences import recognised
from bartizan.console.words import Words, message
from bartizan.model import LossKind, System
from bartizan.report.drawing import clean
from bartizan.report.paper_names import Names
from bartizan.report.phrases import component_name

__all__ = ["DRAWN", "LOSSES", "POSITIONS", "SaidNames", "drawn"]

LOSSES: Mapping[LossKind, str] = {
    LossKind.DISCLOSURE: message("disclosure of %(what)s"),
    LossKind.ACTION: message("unauthorised action by %(what)s"),
    LossKind.TAKEOVER: message("takeover of %(what)s"),
    LossKind.CORRUPTION: message("corruption of %(what)s"),
    LossKind.POISONING: message("poisoning of %(what)s"),
    LossKind.THEFT: message("theft of %(what)s"),
    LossKind.EVASION: message("evasion of %(what)s"),
    LossKind.COST: message("runaway cost of %(what)s"),
    LossKind.OUTAGE: message("outage of %(what)s"),
    LossKind.HARM: message("harm through %(what)s"),
    LossKind.DECEPTION: message("deception through %(what)s"),
    LossKind.DUTY: message("breach of a duty about %(what)s"),
}
"""What can be lost, with `%(what)s` for the component or the data."""
POSITIONS: tuple[str, ...] = (
    message("Anyone on the internet"),
    message("A registered user from outside"),
    message("An employee"),
    message("A partner organisation"),
    message("A member of the team"),
    message("Someone upstream in the supply chain"),
    message("Someone inside a provider"),
    message("Anyone in a place to try"),
)
"""Where attackers start: the titles of the catalog's positions."""
_INPUTS: Mapping[str, str] = {
    "money per event": message("money per event: %(what)s"),
    "attempts per year": message("attempts per year: %(what)s"),
    "chance of success": message("chance of success: %(what)s"),
}
DRAWN: tuple[str, ...] = (
    message("worst threat critical"),
    message("worst threat high"),
    message("worst threat medium"),
    message("worst threat low"),
    message("trust boundary"),
    message("attack path, steps numbered"),
    message("several kinds"),
    message("no zone"),
    message("no open threat sits here"),
    message("1 open threat here"),
    message("%(number)s open threats here"),
    message("%(number)s components"),
    message("Data-flow diagram of %(name)s"),
    message("in %(zone)s: %(names)s"),
    message("%(boxes)s boxes and %(flows)s flows"),
)
"""What a diagram says beside the names of the system's own."""


class SaidNames(Names):
    """Names as a reader of the console calls the things of one review. Titles of the catalog stay English."""

    def __init__(self, words: Words, review: Review, system: System, catalog: Catalog) -> None:
        super().__init__(review, system, catalog)
        self._words, self._of = words, system

    def place(self, id: str) -> str:
        """Name a place, the whole system among them."""
        return self._words.plain(message("the whole system")) if id == "system" else super().place(id)

    def loss_of(self, loss: LossView) -> str:
        """Say a loss that is at hand."""
        return self._words.plain(LOSSES[loss.kind], what=clean(component_name(loss.asset, self._of)))

    def attacker(self, position: str) -> str:
        """Say who attacks."""
        return self._words.plain(super().attacker(position))

    def control(self, id: str) -> str:
        """Return a control's title. Takes `control` and `control@place`."""
        control, _, place = id.partition("@")
        title = super().control(control)
        if not place:
            return title
        return self._words.plain(message("%(control)s (at %(place)s)"), control=title, place=self.place(place))

    def input(self, text: str) -> str:
        """Say an input of the risk with names instead of ids."""
        what, colon, id = text.partition(": ")
        if not colon or what not in _INPUTS:
            return super().input(text)
        named = self.loss(id) if id in self._losses else self.attacker(id)
        if "@" in id and id not in self._losses:
            place = self.place(id.partition("@")[2])
            named = self._words.plain(message("%(threat)s, at %(place)s"), threat=self.threat(id), place=place)
        return self._words.plain(_INPUTS[what], what=named)


def drawn(words: Words, text: str) -> str:
    """Say what stands on a diagram in a language: kinds of components, classes, the key, and what boxes hold."""
    for key in (f"kind-{text}", text):
        if key in LABELS:
            return words.plain(LABELS[key])
    return recognised(words, text, DRAWN) or text
