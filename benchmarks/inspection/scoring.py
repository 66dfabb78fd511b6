"""Reads the labelled data beside the repository, and counts what overlaps with its labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from benchmarks.measure import REPOSITORY

__all__ = ["DATA", "Row", "Score", "read"]

DATA = REPOSITORY.parent / "shared" / "data" / "sensitive"


class Labelled(msgspec.Struct, frozen=True):
    """A place in a text, in characters, and what the data's makers call what stands there."""

    start: int
    end: int
    type: str


class Row(msgspec.Struct, frozen=True):
    """One text with its labels. `label` is 1 for a text with a secret; `expected_len` how many values it has."""

    text: str
    spans: list[Labelled] = []
    label: int = 0
    rule: str = ""
    type: str = ""
    expected_len: int = 0
    source: str = ""


def read(name: str) -> list[Row]:
    """Return the rows of a file; none, and a printed reason, when the data isn't there."""
    file: Path = DATA / name
    if not file.is_file():
        print(f"skipped: `{name}` is not below ../shared/data/sensitive")
        return []
    return [msgspec.json.decode(line, type=Row) for line in file.read_bytes().splitlines() if line.strip()]


@dataclass
class Score:
    """Precision and recall of one kind, by overlap: `gold` labels, those `hit`; `told` findings, those `right`."""

    gold: int = 0
    hit: int = 0
    told: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, text: str, gold: Iterable[tuple[int, int]], told: Iterable[tuple[int, int]]) -> None:
        """Count one text. What is missed and what is wrong is kept to look at, not printed unless asked for."""
        labels, findings = list(gold), sorted(set(told))
        for start, end in labels:
            self.gold += 1
            found = any(first < end and start < last for first, last in findings)
            self.hit += found
            if not found:
                self.missed.append(text[start:end])
        for first, last in findings:
            self.told += 1
            right = any(first < end and start < last for start, end in labels)
            self.right += right
            if not right:
                self.wrong.append(text[first:last])

    @property
    def precision(self) -> float:
        """The share of findings that are right; 1 without any."""
        return self.right / self.told if self.told else 1.0

    @property
    def recall(self) -> float:
        """The share of labels that were found; 1 without any."""
        return self.hit / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 when nothing that was labelled was found."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both and self.gold else 0.0

    def __str__(self) -> str:
        """Precision, recall and F1 in 21 columns."""
        return f"{self.precision:7.3f}{self.recall:7.3f}{self.f1:7.3f}"
