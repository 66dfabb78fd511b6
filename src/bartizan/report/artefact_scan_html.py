"""A scan of artefacts as one page for a browser: nothing is loaded, and there is no script in it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup, escape

from bartizan.model import Finding
from bartizan.report.amounts import count, size
from bartizan.report.artefact_scan_words import (
    RuleTotal,
    advice,
    by_reason,
    by_rule,
    ids,
    meaning,
    outcome,
    rule_totals,
    tally,
    where,
    worst_first,
)
from bartizan.report.page import policy, style, template
from bartizan.report.terminal import clean
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

__all__ = ["render"]

_TOLD, _ADVICE, _RULES, _PLACES, _FINE, _PASSED, _TREES, _LINES, _LEFT = 200, 100, 30, 8, 200, 200, 5, 120, 5
"""How many are shown: artefacts, those with advice, rules and places of each, those without findings, files that were
not inspected, explanations and lines of each, paths that were left out."""
_OPEN = 3
"""So many artefacts, the worst, show what was found in them at once."""


class _Figure(msgspec.Struct):
    label: str
    value: str
    note: str


class _Rule(msgspec.Struct):
    """A rule in an artefact. `remedy` is empty where it stands further up."""

    id: str
    title: str
    severity: str
    remedy: Markup
    ids: str
    places: list[tuple[str, Markup]]
    more: str


class _Told(msgspec.Struct):
    """An artefact; its path in two parts, as the end of a path tells more than its start."""

    folder: str
    name: str
    verdict: str
    kinds: str
    about: str
    sha256: str
    rules: list[_Rule]
    more: str
    trees: list[tuple[str, str]]


class _Left(msgspec.Struct):
    reason: str
    paths: str
    number: str


def render(scan: ArtefactScan, names: Sequence[str], date: str) -> str:
    """Return the page; `names` are the roots as given, `date` says when it was made."""
    sheet = style("review.css", "artefact_scan.css")
    told, more = worst_first(scan), advice(scan)
    fine = [one for one in scan.artefacts if one.verdict is Verdict.SAFE and not one.findings]
    totals = rule_totals(scan)
    chosen = [one for one in scan.passed if one.chosen]
    said: set[str] = set()
    page = {
        "name": ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        "date": date,
        "mood": {Verdict.SAFE: "good", Verdict.UNKNOWN: "unknown", Verdict.DANGEROUS: "bad"}[scan.verdict],
        "headline": outcome(scan),
        "meaning": " ".join(meaning(scan)),
        "figures": _figures(scan, totals),
        "open": _OPEN,
        "told": [_told(one, said) for one in told[:_TOLD]],
        "more_told": _more(len(told), _TOLD, "artefact"),
        "advice": [_told(one, said) for one in more[:_ADVICE]],
        "more_advice": _more(len(more), _ADVICE, "artefact"),
        "rules": [
            (one, _coded(one.remedy), f"{one.findings:,}", f"{one.artefacts:,}", " · ".join(one.ids)) for one in totals
        ],
        "fine": [(one.path, ", ".join(one.formats), size(one.size), size(one.bytes_read)) for one in fine[:_FINE]],
        "more_fine": _more(len(fine), _FINE, "artefact"),
        "missed": scan.missed[:_PASSED],
        "more_missed": _more(len(scan.missed), _PASSED, "file"),
        "left": [_left(reason, paths) for reason, paths in by_reason(chosen).items()],
    }
    page["sections"] = [(id, name) for id, name, needed in _SECTIONS if not needed or page[needed]]
    return template("artefact_scan.html.j2").render(
        page=page,
        policy=policy(sheet),
        style=Markup(sheet),  # noqa: S704 - our own file
    )


_SECTIONS = (
    ("found", "What was found", "told"),
    ("advice", "Advice", "advice"),
    ("rules", "What to do", "rules"),
    ("fine", "Nothing found in", "fine"),
    ("missed", "Not inspected", "missed"),
    ("left", "Left out", "left"),
    ("basis", "How to read this", ""),
)
"""Anchor, name, and what there must be for the section to stand."""


def _figures(scan: ArtefactScan, totals: Sequence[RuleTotal]) -> list[_Figure]:
    numbers = tally(scan)
    findings = sum(one.findings for one in totals)
    held, read = (sum(getattr(one, name) for one in scan.artefacts) for name in ("size", "bytes_read"))
    every = count(len(scan.artefacts), "artefact")
    return [
        *(_Figure(verdict, f"{number:,}", f"of {every}") for verdict, number in numbers.items()),
        _Figure("findings", f"{findings:,}", f"of {count(len(totals), 'rule')}"),
        _Figure("read", size(read), f"of {size(held)}, in {scan.seconds:.1f} s"),
        _Figure("not inspected", f"{len(scan.missed):,}", "file" if len(scan.missed) == 1 else "files"),
    ]


def _told(one: Artefact, said: set[str]) -> _Told:
    rules = list(by_rule(one).values())
    first = rules[0][0].title if rules else ""
    folder, slash, name = one.path.rpartition("/")
    return _Told(
        folder=folder + slash,
        name=name,
        verdict=one.verdict,
        kinds=first + (f", and {count(len(rules) - 1, 'more rule')}" if len(rules) > 1 else ""),
        about=f"{', '.join(one.formats) or 'unknown format'}, {size(one.size)}, {size(one.bytes_read)} read",
        sha256=one.sha256,
        rules=[_rule(found, one, said) for found in rules[:_RULES]],
        more=_more(len(rules), _RULES, "rule") or _more(one.dropped, 0, "finding"),
        trees=[
            (path.removeprefix(one.path).removeprefix("!/"), "\n".join(lines[:_LINES]))
            for path, lines in one.explanations[:_TREES]
        ],
    )


def _rule(found: list[Finding], one: Artefact, said: set[str]) -> _Rule:
    first = found[0]
    again = first.rule in said
    said.add(first.rule)
    return _Rule(
        id=first.rule,
        title=first.title,
        severity=first.severity,
        remedy=Markup() if again else _coded(first.remedy),
        ids="" if again else " · ".join(ids(found)),
        places=[part for each in found[:_PLACES] if any(part := (where(each, one), _coded(each.evidence)))],
        more=_more(len(found), _PLACES, "place"),
    )


def _coded(text: str) -> Markup:
    """Return a text as markup, harmless, with what stands in backticks as code."""
    parts = clean(text).split("`")
    if len(parts) % 2 == 0:
        return escape(clean(text))
    coded = (Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts))
    return Markup().join(coded)


def _left(reason: str, paths: Sequence[str]) -> _Left:
    more = f" and {len(paths) - _LEFT:,} more" if len(paths) > _LEFT else ""
    return _Left(reason, ", ".join(paths[:_LEFT]) + more, f"{len(paths):,}")


def _more(total: int, shown: int, one: str) -> str:
    return f"and {count(total - shown, f'more {one}')}; --format json lists all" if total > shown else ""
