"""A scan of artefacts for a terminal: what is dangerous or unknown, why, what to do; then what was not inspected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bartizan.model import Finding
from bartizan.report.amounts import count, size
from bartizan.report.artefact_scan_words import (
    advice,
    by_reason,
    by_rule,
    effort,
    headline,
    ids,
    meaning,
    rule_totals,
    where,
    worst_first,
)
from bartizan.report.terminal import Column, Pen, clean, text_width
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

__all__ = ["render"]

_ARTEFACTS, _ADVICE, _RULES, _PLACES, _SAFE, _PASSED, _REASONS = 40, 12, 12, 4, 12, 10, 5
"""How many are shown: artefacts, those with advice, rules and places of each, those without findings, files that were
not inspected, reasons for leaving files out."""
_TOTALS_FROM, _TOTALS = 8, 20
"""With so many artefacts, rules are counted before them; and so many rules are."""
_LINES = 60
"""Lines of an explanation."""
_STYLES = {Verdict.SAFE: "good", Verdict.UNKNOWN: "medium", Verdict.DANGEROUS: "bad"}
_INDENT = 12
"""Columns for the verdict, and for the severity below it."""


def render(scan: ArtefactScan, *, width: int = 110, colour: bool = False, explain: bool = False) -> str:
    """Return the scan as text of at most `width` columns (80 at least)."""
    return "\n".join(_Text(scan, Pen(max(80, width), colour), explain).lines()) + "\n"


class _Text:
    """One text. What to do about a rule is said where the rule comes first."""

    def __init__(self, scan: ArtefactScan, pen: Pen, explain: bool) -> None:
        self.scan, self.pen, self.explain = scan, pen, explain
        self.said: set[str] = set()

    def lines(self) -> Iterable[str]:
        yield from self._head()
        told, more = worst_first(self.scan), advice(self.scan)
        if len(told) + len(more) > _TOTALS_FROM:
            yield from self._totals()
        yield from self._artefacts(told, _ARTEFACTS)
        if more:
            which = f"{count(len(more), 'artefact')} that {'is' if len(more) == 1 else 'are'} safe, and could be better"
            yield self.pen.heading("advice", which)
            yield from self._artefacts(more, _ADVICE)
        yield from self._safe()
        yield from self._missed()

    def _head(self) -> Iterable[str]:
        yield from self.pen.paragraph(f"{self.scan.verdict}: {headline(self.scan)}", 0, _STYLES[self.scan.verdict])
        if self.scan.artefacts:
            for sentence in meaning(self.scan):
                yield from self.pen.paragraph(sentence, 0)
        yield from self.pen.paragraph(effort(self.scan), 0)

    def _totals(self) -> Iterable[str]:
        totals = rule_totals(self.scan)
        yield self.pen.heading("rules", "what was found, and in how many artefacts")
        widest = max(len(one.rule) for one in totals[:_TOTALS])
        rows = [[one.severity, one.title, one.rule, f"{one.artefacts:,}"] for one in totals[:_TOTALS]]
        columns = [Column(8, style="severity"), Column(), Column(min(widest, 34), style="dim"), Column(6, right=True)]
        yield from self.pen.table(columns, rows)
        yield from self._more(len(totals) - _TOTALS, "rule")

    def _artefacts(self, told: Sequence[Artefact], most: int) -> Iterable[str]:
        for one in told[:most]:
            yield from self._artefact(one)
        if len(told) > most:
            yield ""
            yield from self._more(len(told) - most, "artefact")

    def _artefact(self, one: Artefact) -> Iterable[str]:
        yield ""
        yield self._title(one)
        rules = list(by_rule(one).values())
        for found in rules[:_RULES]:
            yield from self._rule(found, one)
        yield from self._more(len(rules) - _RULES, "rule")
        yield from self._more(one.dropped, "finding")
        if self.explain:
            yield from self._explained(one)

    def _title(self, one: Artefact) -> str:
        about = f"{', '.join(one.formats) or 'unknown format'}, {size(one.size)}"
        if len(about) > self.pen.width // 2:
            about = f"{one.formats[0]} and {len(one.formats) - 1} more, {size(one.size)}"
        path = _tail(one.path, self.pen.width - _INDENT - len(about) - 2)
        verdict = self.pen(f"{one.verdict:<{_INDENT}}", _STYLES[one.verdict])
        return f"{verdict}{self.pen(path, 'bold')}  {self.pen(about, 'dim')}"

    def _rule(self, found: list[Finding], one: Artefact) -> Iterable[str]:
        first = found[0]
        again = first.rule in self.said
        self.said.add(first.rule)
        severity = self.pen(f"{first.severity:<{_INDENT - 2}}", first.severity)
        title, *rest = self.pen.paragraph(first.title, _INDENT)
        # The rule's id stands behind the title where both fit.
        fits = not rest and text_width(title) + 2 + len(first.rule) <= self.pen.width
        yield f"  {severity}{title.strip()}" + (f"  {self.pen(first.rule, 'dim')}" if fits else "")
        yield from rest
        if not fits:
            yield from self.pen.paragraph(first.rule, _INDENT, "dim")
        for each in found[:_PLACES]:
            yield from self.pen.paragraph(
                ": ".join(part for part in (where(each, one), each.evidence) if part), _INDENT
            )
        yield from self._more(len(found) - _PLACES, "place", _INDENT)
        if not again:
            yield from self.pen.paragraph(f"do: {first.remedy}", _INDENT)
            if named := ids(found):
                yield from self.pen.paragraph(" ".join(named), _INDENT, "dim")

    def _explained(self, one: Artefact) -> Iterable[str]:
        for path, lines in one.explanations:
            inner = path.partition("!/")[2]
            of = f" ({_tail(inner, self.pen.width - 30)})" if inner else ""
            yield self.pen(f"  what loading would do{of}:", "bold")
            for line in lines[:_LINES]:
                yield from self._code(line)
            yield from self._more(len(lines) - _LINES, "line", 4)

    def _code(self, line: str) -> Iterable[str]:
        """Give a line of a reconstruction as it stands where it fits, else broken at its spaces."""
        deep = 4 + len(line) - len(line.lstrip(" "))
        if text_width(line) + 4 <= self.pen.width:
            yield " " * 4 + _line(line)
        else:
            yield from self.pen.paragraph(line, min(deep, self.pen.width // 2))

    def _safe(self) -> Iterable[str]:
        fine = [one for one in self.scan.artefacts if one.verdict is Verdict.SAFE and not one.findings]
        if not fine:
            return
        yield self.pen.heading("nothing found in", count(len(fine), "artefact"))
        wide = self.pen.width * 6 // 11
        rows = [[_tail(one.path, wide), ", ".join(one.formats), size(one.size)] for one in fine[:_SAFE]]
        yield from self.pen.table([Column(wide), Column(), Column(8, right=True)], rows)
        yield from self._more(len(fine) - _SAFE, "artefact")
        if self.explain:
            for one in [one for one in fine if one.explanations][:_SAFE]:
                yield ""
                yield self._title(one)
                yield from self._explained(one)

    def _missed(self) -> Iterable[str]:
        missed = self.scan.missed
        if missed:
            yield self.pen.heading("not inspected", count(len(missed), "file"))
            wide = self.pen.width * 6 // 11
            rows = [[_tail(one.path, wide), one.reason] for one in missed[:_PASSED]]
            yield from self.pen.table([Column(wide, style="bold"), Column()], rows)
            yield from self._more(len(missed) - _PASSED, "file")
        if chosen := by_reason(one for one in self.scan.passed if one.chosen):
            yield self.pen.heading("left out", "on purpose")
            wide = self.pen.width // 2
            rows = [[_several(paths, wide), reason] for reason, paths in list(chosen.items())[:_REASONS]]
            yield from self.pen.table([Column(wide), Column()], rows)

    def _more(self, number: int, one: str, indent: int = 2) -> Iterable[str]:
        if number > 0:
            how = "; --format json lists all" if one in ("artefact", "file") else ""
            yield self.pen(f"{'':{indent}}and {count(number, f'more {one}')}{how}", "dim")


def _several(paths: Sequence[str], width: int) -> str:
    if len(paths) == 1:
        return _tail(paths[0], width)
    more = f" and {len(paths) - 1:,} more"
    return _tail(paths[0], width - len(more)) + more


def _line(text: str) -> str:
    """Make a text harmless, and one line: a name may hold line ends."""
    return clean(text).replace("\n", "\ufffd")


def _tail(path: str, width: int) -> str:
    """Cut a path from the left, at a slash where there is one: its end tells more than its start."""
    path = _line(path)
    if text_width(path) <= width:
        return path
    parts = path.split("/")
    for start in range(1, len(parts)):
        cut = "…/" + "/".join(parts[start:])
        if text_width(cut) <= width:
            return cut
    while path and text_width(path) >= width:
        path = path[1:]
    return "…" + path
