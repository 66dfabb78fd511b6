"""Words that the reports of a scan of artefacts share."""

from __future__ import annotations

from bartizan.model import Finding
from bartizan.report.amounts import count
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

__all__ = ["MEANING", "by_rule", "headline", "ids", "meaning", "place", "tally", "worst_first"]

MEANING = {
    Verdict.SAFE: "nothing in it runs, reaches out or misleads, as far as its format allows to tell",
    Verdict.UNKNOWN: "a person must look: something in it is not known, or could not be read",
    Verdict.DANGEROUS: "keep it out: loading or using it does harm by construction",
}
"""What a verdict means."""


def meaning(scan: ArtefactScan) -> list[str]:
    """Say what the outcome means, in sentences."""
    said = MEANING[scan.verdict]
    return scan.meaning or [said[:1].upper() + said[1:] + "."]


def tally(scan: ArtefactScan) -> dict[Verdict, int]:
    """Count the artefacts by verdict, the worst first."""
    return {one: sum(artefact.verdict is one for artefact in scan.artefacts) for one in reversed(Verdict)}


def headline(scan: ArtefactScan) -> str:
    """Say in one sentence what came out."""
    if not scan.artefacts:
        return "nothing that could be inspected"
    numbers = [f"{number:,} {verdict}" for verdict, number in tally(scan).items() if number]
    return f"{count(len(scan.artefacts), 'artefact')}: {', '.join(numbers)}"


def place(found: Finding) -> str:
    """Return where a finding is: path, then line and column, or the byte."""
    return str(found.place) + (f" at byte {found.offset:,}" if found.offset >= 0 and not found.place.line else "")


def ids(found: Finding) -> list[str]:
    """Return the ids of a finding in frameworks and lists."""
    return [*found.cve, *found.cwe, *found.atlas]


def worst_first(scan: ArtefactScan) -> list[Artefact]:
    """Return the artefacts with findings, the worst first."""
    told = [one for one in scan.artefacts if one.findings]
    return sorted(
        told, key=lambda one: (-one.verdict.rank, -max(found.severity.rank for found in one.findings), one.path)
    )


def by_rule(artefact: Artefact) -> dict[str, list[Finding]]:
    """Put findings of one rule together, in their order."""
    out: dict[str, list[Finding]] = {}
    for found in artefact.findings:
        out.setdefault(found.rule, []).append(found)
    return out
