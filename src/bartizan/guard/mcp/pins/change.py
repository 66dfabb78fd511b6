"""What can be said of definitions: how they changed, and what in them is suspicious; each with its risk."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from bartizan.guard.mcp.pins.quoting import quoted
from bartizan.model.words import Level

__all__ = ["Change", "What", "change", "worst"]


class What(StrEnum):
    """What is said of a definition, or of the server."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    TITLE = "title-changed"
    DESCRIPTION = "description-changed"
    WIDER = "schema-wider"
    NARROWER = "schema-narrower"
    SCHEMA = "schema-changed"
    OUTPUT = "output-changed"
    ANNOTATION = "annotation-changed"
    ICONS = "icons-changed"
    META = "meta-changed"
    OTHER = "member-changed"
    INSTRUCTIONS = "instructions-changed"
    REACHED = "server-reached-otherwise"
    CALLED = "server-called-otherwise"
    VERSION = "version-changed"
    REVISION = "revision-changed"
    INSTRUCTS = "instructs"
    HIDDEN = "hidden-characters"
    LIES = "annotation-lies"
    SHADOWS = "shadows"
    COPIES = "copies"
    SPEAKS_OF = "speaks-of-other-server"
    WANTS = "asks-for-context"
    ELSEWHERE = "schema-elsewhere"
    TWICE = "defined-twice"
    UNPINNABLE = "not-reviewable"


_SEVERITY = {
    What.ADDED: Level.MEDIUM, What.REMOVED: Level.LOW, What.RENAMED: Level.MEDIUM, What.TITLE: Level.LOW,
    What.DESCRIPTION: Level.MEDIUM, What.WIDER: Level.MEDIUM, What.NARROWER: Level.LOW, What.SCHEMA: Level.LOW,
    What.OUTPUT: Level.LOW, What.ANNOTATION: Level.LOW, What.ICONS: Level.LOW, What.META: Level.LOW,
    What.OTHER: Level.LOW, What.INSTRUCTIONS: Level.MEDIUM, What.REACHED: Level.HIGH, What.CALLED: Level.MEDIUM,
    What.VERSION: Level.LOW, What.REVISION: Level.LOW, What.INSTRUCTS: Level.HIGH, What.HIDDEN: Level.HIGH,
    What.LIES: Level.HIGH, What.SHADOWS: Level.MEDIUM, What.COPIES: Level.MEDIUM, What.SPEAKS_OF: Level.MEDIUM,
    What.WANTS: Level.MEDIUM, What.ELSEWHERE: Level.HIGH, What.TWICE: Level.HIGH, What.UNPINNABLE: Level.HIGH,
}  # fmt: skip
"""How bad it is, where nothing else is known."""

_RISK = {
    What.ADDED: "nobody has reviewed it; it stays closed until somebody does",
    What.REMOVED: "calls of it will fail",
    What.RENAMED: "a name that was approved can come back with something else behind it",
    What.TITLE: "people are shown another name than the one they approved",
    What.DESCRIPTION: "a model follows what a description says, so that another text is another tool",
    What.WIDER: "more can be handed to the tool than was approved, such as what the model has just read",
    What.NARROWER: "calls that worked may be refused",
    What.SCHEMA: "the tool may do something else with the same arguments",
    What.OUTPUT: "results can carry what was not expected there",
    What.ANNOTATION: "programs that trust the server's own words would treat the tool otherwise",
    What.ICONS: "a client may fetch the picture, which tells its owner that it is shown",
    What.META: "clients may act on what stands there",
    What.OTHER: "clients may act on what stands there",
    What.INSTRUCTIONS: "a model reads them before anything else that the server says",
    What.REACHED: "it may be another program that answers under the name that was approved",
    What.CALLED: "it may be another program that answers under the name that was approved",
    What.VERSION: "the code behind the same definitions may be another",
    What.REVISION: "what the server may send has other rules",
    What.INSTRUCTS: "a model that reads it may do what the server wants instead of what its user wants",
    What.HIDDEN: "a model reads what the person who approves it does not see",
    What.LIES: "programs that trust it would let the call through without asking",
    What.SHADOWS: "a model or a person may choose it in place of the other server's",
    What.COPIES: "a model may choose it in place of the other server's, and hand over what was meant for that one",
    What.SPEAKS_OF: "one server can steer what is done with another one's tools",
    What.WANTS: "a model fills it in, and so hands over what the tool does not need",
    What.ELSEWHERE: "what the schema says there can change after it was approved",
    What.TWICE: "which of the two is called is anybody's guess",
    What.UNPINNABLE: "nobody can review it, so that it stays closed",
}


_OF_OTHERS = frozenset({What.SHADOWS, What.COPIES, What.SPEAKS_OF, What.ELSEWHERE})
"""What speaks of something outside, which `now` names."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is said of a definition, or of the server as a whole, where `name` is empty.

    `thing` is what people call it, `where` a JSON pointer into it, `was` and `now` the values, shortened and made fit
    to be shown. `sign` is the id of the sign of the catalog that a text or an argument shows. `says` is a sentence.
    """

    what: What
    severity: Level
    thing: str = "server"
    name: str = ""
    where: str = ""
    was: str = ""
    now: str = ""
    sign: str = ""
    says: str

    @property
    def risk(self) -> str:
        """What could happen."""
        return _RISK[self.what]

    @property
    def about(self) -> str:
        """The thing and its name, for people."""
        return f"{self.thing} {quoted(self.name)}" if self.name else self.thing

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes it the same remark about another version of a definition: not the text that shows it."""
        return self.what, self.sign, self.where, self.now if self.what in _OF_OTHERS else ""


def change(what: What, says: str, *, severity: Level | None = None, **more: str) -> Change:
    """Make a change with the severity of its kind, unless another is given."""
    return Change(what=what, severity=severity or _SEVERITY[what], says=says, **more)


def worst(changes: tuple[Change, ...] | list[Change]) -> Level | None:
    """Return the highest severity, None of nothing."""
    return max((one.severity for one in changes), key=lambda level: level.rank, default=None)
