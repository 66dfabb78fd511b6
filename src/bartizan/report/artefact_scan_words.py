"""Words that the reports of a scan of artefacts share."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bartizan.model import Finding, Level
from bartizan.report.amounts import count, size
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Passed, Verdict

__all__ = [
    "RuleTotal",
    "advice",
    "by_reason",
    "by_rule",
    "effort",
    "headline",
    "ids",
    "meaning",
    "outcome",
    "rule_totals",
    "tally",
    "where",
    "worst_first",
]

_MEANING = {
    Verdict.SAFE: "nothing in it runs, reaches out or misleads, as far as its format allows to tell",
    Verdict.UNKNOWN: "a person must look: something in it is not known, or could not be read",
    Verdict.DANGEROUS: "keep it out: loading or using it does harm by construction",
}
"""What a verdict means."""


class RuleTotal(msgspec.Struct, kw_only=True):
    """How often a rule was found: findings, and artefacts with at least one."""

    rule: str
    title: str
    severity: Level
    remedy: str
    ids: list[str]
    findings: int = 0
    artefacts: int = 0


def meaning(scan: ArtefactScan) -> list[str]:
    """Say what the outcome means, in sentences."""
    said = _MEANING[scan.verdict]
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


def outcome(scan: ArtefactScan) -> str:
    """Say the verdict, and of how many it is: a heading above the numbers."""
    verdict, every = scan.verdict, len(scan.artefacts)
    number = tally(scan)[verdict]
    if number:
        which = count(every, "artefact") if number == every else f"{number:,} of {count(every, 'artefact')}"
    else:
        which = f"{count(len(scan.missed), 'file')} could not be inspected" if scan.missed else "nothing was inspected"
    return f"{verdict.capitalize()}: {which}"


def effort(scan: ArtefactScan) -> str:
    """Say how much was read, how long it took, and how much was not inspected."""
    held, read = (sum(getattr(one, name) for one in scan.artefacts) for name in ("size", "bytes_read"))
    much = f"{size(read)} read" if read == held else f"{size(held)}, of which {size(read)} were read,"
    missed = f"; {count(len(scan.missed), 'file')} not inspected" if scan.missed else ""
    return f"{much} in {scan.seconds:.1f} s{missed}."


def where(found: Finding, artefact: Artefact) -> str:
    """Return where in its artefact a finding is, in words: the member, then the line or the byte. May be empty."""
    inner = found.place.file.removeprefix(artefact.path).removeprefix("!/")
    at = ""
    if found.place.line:
        at = f"line {found.place.line:,}" + (f", column {found.place.column:,}" if found.place.column else "")
    elif found.offset >= 0:
        at = f"byte {found.offset:,}"
    return ", ".join(part for part in (inner, at) if part)


def ids(found: Iterable[Finding]) -> list[str]:
    """Return the ids of findings in frameworks and lists."""
    every = list(found)
    return list(dict.fromkeys(each for kind in ("cve", "cwe", "atlas") for one in every for each in getattr(one, kind)))


def worst_first(scan: ArtefactScan) -> list[Artefact]:
    """Return the artefacts that are not safe, the worst first."""
    return _ordered(one for one in scan.artefacts if one.verdict is not Verdict.SAFE)


def advice(scan: ArtefactScan) -> list[Artefact]:
    """Return the artefacts that are safe and could be better, the worst first."""
    return _ordered(one for one in scan.artefacts if one.verdict is Verdict.SAFE and one.findings)


def _ordered(artefacts: Iterable[Artefact]) -> list[Artefact]:
    def worst(one: Artefact) -> int:
        return max((found.severity.rank for found in one.findings), default=-1)

    return sorted(artefacts, key=lambda one: (-one.verdict.rank, -worst(one), one.path))


def by_rule(artefact: Artefact) -> dict[str, list[Finding]]:
    """Put findings of one rule together, in their order."""
    out: dict[str, list[Finding]] = {}
    for found in artefact.findings:
        out.setdefault(found.rule, []).append(found)
    return out


def rule_totals(scan: ArtefactScan) -> list[RuleTotal]:
    """Count what was found by rule: the most severe first, then what the most artefacts have."""
    out: dict[str, RuleTotal] = {}
    for artefact in scan.artefacts:
        for rule, found in by_rule(artefact).items():
            first = found[0]
            total = out.setdefault(
                rule,
                RuleTotal(
                    rule=rule,
                    title=first.title,
                    severity=first.severity,
                    remedy=first.remedy,
                    ids=[],
                ),
            )
            total.ids += [each for each in ids(found) if each not in total.ids]
            total.findings += len(found)
            total.artefacts += 1
    return sorted(out.values(), key=lambda one: (-one.severity.rank, -one.artefacts, one.rule))


def by_reason(passed: Iterable[Passed]) -> dict[str, list[str]]:
    """Put paths together that were not inspected for the same reason, the most frequent reason first."""
    out: dict[str, list[str]] = {}
    for one in passed:
        out.setdefault(one.reason, []).append(one.path)
    return dict(sorted(out.items(), key=lambda item: (-len(item[1]), item[0])))
