"""A scan of artefacts as one page for a browser: nothing is loaded, and there is no script in it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from markupsafe import Markup

from bartizan.model import Finding
from bartizan.report.amounts import count, size
from bartizan.report.artefact_scan_words import by_rule, headline, ids, meaning, place, tally, worst_first
from bartizan.report.page import policy, style, template
from bartizan.scan.artefacts.result import Artefact, ArtefactScan, Verdict

__all__ = ["render"]

_TOLD, _RULES, _PLACES, _FINE, _PASSED, _TREES, _LINES = 200, 30, 8, 200, 200, 5, 120


class _Figure(msgspec.Struct):
    label: str
    value: str
    note: str


class _Rule(msgspec.Struct):
    id: str
    title: str
    severity: str
    remedy: str
    ids: str
    places: list[tuple[str, str]]
    more: str


class _Told(msgspec.Struct):
    path: str
    verdict: str
    kinds: str
    about: str
    sha256: str
    rules: list[_Rule]
    trees: list[tuple[str, str]]


def render(scan: ArtefactScan, names: Sequence[str], date: str) -> str:
    """Return the page; `names` are the roots as given, `date` says when it was made."""
    sheet = style("review.css", "artefact_scan.css")
    told = worst_first(scan)
    fine = [one for one in scan.artefacts if not one.findings]
    page = {
        "name": ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""),
        "date": date,
        "mood": {Verdict.SAFE: "good", Verdict.UNKNOWN: "unknown", Verdict.DANGEROUS: "bad"}[scan.verdict],
        "headline": f"{scan.verdict.capitalize()}: {headline(scan)}",
        "meaning": " ".join(meaning(scan)),
        "figures": _figures(scan),
        "told": [_told(one) for one in told[:_TOLD]],
        "more_told": _more(len(told), _TOLD, "artefact"),
        "fine": [(one.path, ", ".join(one.formats), size(one.size), size(one.bytes_read)) for one in fine[:_FINE]],
        "more_fine": _more(len(fine), _FINE, "artefact"),
        "passed": scan.passed[:_PASSED],
        "more_passed": _more(len(scan.passed), _PASSED, "file"),
        "sections": _sections(told, fine, scan),
    }
    return template("artefact_scan.html.j2").render(
        page=page,
        policy=policy(sheet),
        style=Markup(sheet),  # noqa: S704 - our own file
    )


def _sections(told: list[Artefact], fine: list[Artefact], scan: ArtefactScan) -> list[tuple[str, str]]:
    every = (
        ("found", "What was found", bool(told)),
        ("fine", "Nothing found in", bool(fine)),
        ("missed", "Not inspected", bool(scan.passed)),
        ("basis", "How to read this", True),
    )
    return [(id, name) for id, name, there in every if there]


def _figures(scan: ArtefactScan) -> list[_Figure]:
    numbers = tally(scan)
    rules = {found.rule for one in scan.artefacts for found in one.findings}
    findings = sum(len(one.findings) for one in scan.artefacts)
    return [
        *(_Figure(verdict, f"{numbers[verdict]:,}", f"of {len(scan.artefacts):,} artefacts") for verdict in numbers),
        _Figure("findings", f"{findings:,}", f"of {count(len(rules), 'rule')}"),
        _Figure("read", size(sum(one.bytes_read for one in scan.artefacts)), f"in {scan.seconds:.1f} s"),
        _Figure("not inspected", f"{len(scan.passed):,}", "files"),
    ]


def _told(one: Artefact) -> _Told:
    rules = list(by_rule(one).values())
    return _Told(
        path=one.path,
        verdict=one.verdict,
        kinds=rules[0][0].title + (f", and {count(len(rules) - 1, 'more rule')}" if len(rules) > 1 else ""),
        about=f"{', '.join(one.formats) or 'unknown format'}, {size(one.size)}, {size(one.bytes_read)} read",
        sha256=one.sha256,
        rules=[_rule(found, one) for found in rules[:_RULES]],
        trees=[
            (f"What loading {path} would do", "\n".join(lines[:_LINES])) for path, lines in one.explanations[:_TREES]
        ],
    )


def _rule(found: list[Finding], one: Artefact) -> _Rule:
    first = found[0]
    return _Rule(
        id=first.rule,
        title=first.title,
        severity=first.severity,
        remedy=first.remedy,
        ids=" · ".join(ids(first)),
        places=[(place(each).removeprefix(one.path).lstrip(":! /").strip(), each.evidence) for each in found[:_PLACES]],
        more=_more(len(found), _PLACES, "place"),
    )


def _more(total: int, shown: int, one: str) -> str:
    return f"and {count(total - shown, f'more {one}')}; --format json lists all" if total > shown else ""
