"""What a scan of artefacts found: one entry a file, the findings, and what nobody looked at."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from bartizan.model import Finding

__all__ = ["Artefact", "ArtefactScan", "Passed", "Verdict"]


class Verdict(StrEnum):
    """What to do with an artefact: use it, have a person look, or keep it out."""

    SAFE = "safe"
    UNKNOWN = "unknown"
    DANGEROUS = "dangerous"

    @property
    def rank(self) -> int:
        """0 for safe to 2 for dangerous."""
        return list(Verdict).index(self)


class Passed(msgspec.Struct, frozen=True):
    """A file that was not inspected, and why. `chosen`: it was left out on purpose, and says nothing about the rest."""

    path: str
    reason: str
    chosen: bool = False


class Artefact(msgspec.Struct, kw_only=True):
    """One file: what it is, and what is wrong with it. `sha256` is empty where it was not asked for.

    `bytes_read` is how much of it was looked at; what was looked at twice counts once, up to its size.
    """

    path: str
    formats: list[str]
    verdict: Verdict
    size: int
    bytes_read: int
    sha256: str = ""
    findings: list[Finding] = []
    dropped: int = 0
    """Findings beyond the limit."""
    facts: dict[str, list[str]] = {}
    explanations: list[tuple[str, list[str]]] = []


class ArtefactScan(msgspec.Struct, kw_only=True):
    """All of them. `meaning` is what to say about the outcome, sentences, in place of what verdicts mean in a scan."""

    artefacts: list[Artefact]
    passed: list[Passed]
    seconds: float = 0.0
    meaning: list[str] = []

    @property
    def verdict(self) -> Verdict:
        """The worst of all; at least unknown where something, or everything, was not inspected."""
        verdicts = [artefact.verdict for artefact in self.artefacts]
        missed = self.missed or not verdicts
        return max([*verdicts, Verdict.UNKNOWN] if missed else verdicts, key=lambda one: one.rank)

    @property
    def missed(self) -> list[Passed]:
        """What was not inspected, and not left out on purpose."""
        return [one for one in self.passed if not one.chosen]
