"""A scan of artefacts for a terminal: what is dangerous or unknown, why, what to do; then what was not inspected."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.model import Finding
from bartizan.report.amounts import count, size
from bartizan.report.artefact_scan_words import by_rule, headline, ids, meaning, place, worst_first
from bartizan.report.terminal import Column, Pen, clean
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

__all__ = ["render"]

_ARTEFACTS, _RULES, _PLACES, _SAFE, _PASSED = 40, 12, 4, 12, 10
_LINES = 60
_STYLES = {Verdict.SAFE: "good", Verdict.UNKNOWN: "medium", Verdict.DANGEROUS: "bad"}


def render(scan: ArtefactScan, *, width: int = 110, colour: bool = False, explain: bool = False) -> str:
    """Return the scan as text of at most `width` columns (80 at least)."""
    pen = Pen(max(80, width), colour)
    lines = [*_head(scan, pen), *_artefacts(scan, pen, explain=explain), *_safe(scan, pen), *_passed(scan, pen)]
    return "\n".join(lines) + "\n"


def _head(scan: ArtefactScan, pen: Pen) -> Iterable[str]:
    yield from pen.paragraph(f"{scan.verdict}: {headline(scan)}", 0, _STYLES[scan.verdict])
    if scan.artefacts:
        for sentence in meaning(scan):
            yield from pen.paragraph(sentence, 0)
    held, read = (sum(getattr(one, name) for one in scan.artefacts) for name in ("size", "bytes_read"))
    yield from pen.paragraph(f"{size(held)}, of which {size(read)} were read, in {scan.seconds:.1f} s.", 0)


def _artefacts(scan: ArtefactScan, pen: Pen, *, explain: bool) -> Iterable[str]:
    told = worst_first(scan)
    for one in told[:_ARTEFACTS]:
        yield from _artefact(one, pen, explain=explain)
    if len(told) > _ARTEFACTS:
        yield pen(f"\n  and {count(len(told) - _ARTEFACTS, 'more artefact')}; --format json lists all", "dim")


def _artefact(one: Artefact, pen: Pen, *, explain: bool) -> Iterable[str]:
    formats = ", ".join(one.formats) or "unknown format"
    yield ""
    yield (
        f"{pen(f'{one.verdict:<10}', _STYLES[one.verdict])}{pen(clean(one.path), 'bold')}  "
        f"{pen(f'{formats}, {size(one.size)}', 'dim')}"
    )
    rules = list(by_rule(one).values())
    for found in rules[:_RULES]:
        yield from _rule(found, one, pen)
    if len(rules) > _RULES:
        yield pen(f"  and {count(len(rules) - _RULES, 'more rule')}", "dim")
    if explain:
        yield from _explained(one, pen)


def _rule(found: list[Finding], one: Artefact, pen: Pen) -> Iterable[str]:
    first = found[0]
    named = " ".join(ids(first))
    aside = pen(f"{first.rule}  {named}".strip(), "dim")
    yield f"  {pen(f'{first.severity:<9}', first.severity)}{first.title}  {aside}"
    for each in found[:_PLACES]:
        where = place(each).removeprefix(one.path).lstrip(":! /").strip()
        yield from pen.paragraph(": ".join(part for part in (where, each.evidence) if part), 11)
    if len(found) > _PLACES:
        yield pen(f"{'':11}and {count(len(found) - _PLACES, 'more place')}", "dim")
    yield from pen.paragraph(f"do: {first.remedy}", 11)


def _explained(one: Artefact, pen: Pen) -> Iterable[str]:
    for path, lines in one.explanations:
        inner = path.partition("!/")[2]
        yield pen(f"  what it would do{f' ({clean(inner)})' if inner else ''}:", "bold")
        for line in lines[:_LINES]:
            yield f"    {clean(line)}"
        if len(lines) > _LINES:
            yield pen(f"    and {count(len(lines) - _LINES, 'more line')}; --format json has all", "dim")


def _safe(scan: ArtefactScan, pen: Pen) -> Iterable[str]:
    fine = [one for one in scan.artefacts if not one.findings]
    if not fine:
        return
    yield pen.heading("nothing found in", count(len(fine), "artefact"))
    rows = [[one.path, ", ".join(one.formats), size(one.size)] for one in fine[:_SAFE]]
    yield from pen.table([Column(60), Column(), Column(10, right=True)], rows)
    if len(fine) > _SAFE:
        yield pen(f"  and {len(fine) - _SAFE:,} more; --format json lists all", "dim")


def _passed(scan: ArtefactScan, pen: Pen) -> Iterable[str]:
    if not scan.passed:
        return
    yield pen.heading("not inspected", f"{len(scan.passed):,}")
    rows = [[one.path, one.reason] for one in scan.passed[:_PASSED]]
    yield from pen.table([Column(52, style="bold"), Column()], rows)
    if len(scan.passed) > _PASSED:
        yield pen(f"  and {len(scan.passed) - _PASSED:,} more; --format json lists all", "dim")
