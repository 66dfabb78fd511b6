"""What the judges share: hits, and whether a tool says what it does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bartizan.scan.taint.places import TextPlaces
from bartizan.scan.taint.state import Effect, Entry
from bartizan.scan.taint.values import ARGUMENT, HOLE, Label

__all__ = ["Case", "Hit", "said", "where"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding to be."""

    rule: str
    line: int
    column: int
    evidence: str
    beside: bool = False
    """Whether it lies in another file."""


@dataclass(slots=True)
class Case:
    """One entry with what is known about texts. `told` is all that the file says of tools."""

    entry: Entry
    places: TextPlaces
    told: str
    path: str

    @property
    def words(self) -> str:
        """Name and description of the tool, words apart; those of all tools where this is none."""
        tool = self.entry.tool
        return _apart(f"{tool.name} {tool.description}") if tool is not None else _apart(self.told)

    @property
    def words_with_arguments(self) -> str:
        """Those words, and the names of the tool's arguments."""
        tool = self.entry.tool
        names = [name for one in tool.function.parameters for name in (one.parts or [one.name])] if tool else []
        return f"{self.words} {_apart(' '.join(names))}"

    @property
    def _silent(self) -> bool:
        tool = self.entry.tool
        return tool is not None and tool.kind == "handler" and not tool.description.strip()

    def takes(self, pattern: re.Pattern[str] | None) -> bool:
        """Whether the tool, or the name of an argument, says that it does so."""
        if self._silent:
            return True
        return pattern is not None and bool(pattern.search(self.words_with_arguments))

    def declares(self, *patterns: re.Pattern[str] | None) -> bool:
        """Whether the tool says that it does so; a handler whose tools are told elsewhere is taken to."""
        if self._silent:
            return True
        return any(one is not None and one.search(self.words) for one in patterns)

    def hit(self, rule: str, effect: Effect, what: str) -> Hit:
        """A finding at an effect. One in another file is told at the tool."""
        name = self.entry.tool.name if self.entry.tool else self.entry.name or "the module"
        chain = [one for one in effect.chain if one not in (name, "<comprehension>")]
        through = f" through `{' > '.join(chain[-3:])}`" if chain else ""
        line, column, beside = effect.line, effect.column, ""
        if effect.file != self.path:
            line, column = (self.entry.tool.line if self.entry.tool else 1), 1
            beside = f" ({effect.file}:{effect.line})"
        return Hit(rule, line, column, f"`{name}`{self.description}: {what}{through}{beside}", bool(beside))

    @property
    def description(self) -> str:
        """The beginning of what the tool says of itself."""
        tool = self.entry.tool
        if tool is None or tool.kind == "handler" or not tool.description.strip():
            return ""
        return f" ({' '.join(tool.description.split())[:60]})"


def said(text: str, most: int = 60) -> str:
    """A text as evidence shows it, unknown parts as an ellipsis."""
    return " ".join(text.replace(HOLE, "…").replace(ARGUMENT, "…").split())[:most]


def where(labels: Iterable[Label]) -> str:
    """Names of where a value comes from."""
    return ", ".join(sorted({f"`{one.name}`" for one in labels})[:3])


def _apart(text: str) -> str:
    """A text with the words of names apart."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).replace("_", " ").replace("-", " ")
