"""The review for a terminal: one screen that says where the system stands and what to do."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.analysis.result import PathView, Review, Risk, Spectrum
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report.phrases import (
    component_name,
    count,
    days,
    found_phrase,
    found_where,
    loss_phrase,
    money,
    percent,
    position_phrase,
    scanned_phrase,
    verdict,
)
from bartizan.report.terminal import Column, Pen, clean

__all__ = ["plan_lines", "render", "risk_lines"]

_THREATS, _PATHS, _PLAN = 10, 3, 12
_WIDE = 110  # columns from which the technique ids fit


def render(
    review: Review,
    system: System,
    catalog: Catalog,
    *,
    width: int = 110,
    colour: bool = False,
    file: str = "system.yaml",
) -> str:
    """Return the review as text of at most `width` columns (80 at least); `file` stands in the proposed commands."""
    pen = Pen(max(80, width), colour)
    lines = [
        *_head(review, system, pen),
        *_threats(review, system, pen),
        *_paths(review, system, catalog, pen),
        *plan_lines(review, system, pen),
        *risk_lines(review.risk, pen),
        *_found(review, system, pen),
        *_scanned(review, system, pen),
        *_notes(review, pen),
        *_next(pen, file),
    ]
    return "\n".join(lines) + "\n"


def _head(review: Review, system: System, pen: Pen) -> Iterable[str]:
    within, sentence = verdict(review)
    name = f"{review.system.name} ({review.system.id})" if review.system.name else review.system.id
    yield from pen.paragraph(f"{name}, {system.stage} stage, reviewed {review.as_of}", 0, "bold")
    yield from pen.paragraph(sentence[0].upper() + sentence[1:], 0, "good" if within else "bad")


def _threats(review: Review, system: System, pen: Pen) -> Iterable[str]:
    losses = {loss.id: loss for loss in review.losses}
    shown = review.threats[:_THREATS]
    if not shown:
        return
    columns = [Column(2, right=True, style="dim"), Column(8, style="severity"), Column(), Column(16), Column(27)]
    wide = pen.width >= _WIDE
    columns += [Column(13, style="dim")] if wide else []
    rows = []
    for number, threat in enumerate(shown, 1):
        first = next((loss_phrase(losses[name], system) for name in threat.leads_to if name in losses), "")
        mark = "" if threat.status == "open" else f" ({threat.status})"
        row = [str(number), threat.severity, threat.title + mark, threat.at, first]
        rows.append(row + (threat.atlas[:1] or [""] if wide else []))
    yield pen.heading("threats", "what, where, and what it leads to")
    yield from pen.table(columns, rows)
    more = len(review.threats) - len(shown)
    if more:
        aside = f", {len(review.appendix):,} in the appendix" if review.appendix else ""
        yield pen(f"      and {count(more, 'ranked threat')} more{aside}", "dim")
    elif review.appendix:
        yield pen(f"      and {len(review.appendix):,} more in the appendix", "dim")


def _paths(review: Review, system: System, catalog: Catalog, pen: Pen) -> Iterable[str]:
    shown = _spread(review.paths, _PATHS)
    if not shown:
        return
    yield pen.heading("paths", f"the best of {len(review.paths):,}")
    for path in shown:
        chance = f"{percent(path.score)} of attempts" if path.score else "seldom"
        start = position_phrase(path.position, catalog)
        lead = pen(f"{path.severity:<8}", path.severity)
        said = pen.paragraph(f"{loss_phrase(path, system)}, {chance} ({start})", 12)
        yield f"  {lead}  {said[0].strip()}"
        yield from said[1:]
        yield from pen.paragraph(" → ".join(component_name(name, system) for name in path.via), 12, "dim")


def _spread(paths: list[PathView], number: int) -> list[PathView]:
    """The best path to each loss first, so that one loss doesn't fill the list."""
    seen: set[str] = set()
    best = [path for path in paths if path.loss not in seen and not seen.add(path.loss)]  # type: ignore[func-returns-value]
    return best[:number]


def plan_lines(review: Review, system: System, pen: Pen, most: int = _PLAN) -> Iterable[str]:
    """The cheapest set of controls, one line each, and what it can't do."""
    plan = review.controls
    proof = "proven cheapest" if plan.optimal else f"at most {percent(plan.gap)} above the cheapest"
    if plan.minimum:
        yield pen.heading("plan", f"{count(len(plan.minimum), 'control')}, {days(plan.cost)} of work, {proof}")
        columns = [Column(7, right=True), Column(), Column(24), Column(16, style="dim")]
        rows = [
            [days(place.cost), f"{place.title} ({place.control})", f"at {place.placement}", f"cuts {len(place.cuts)}"]
            for place in plan.minimum[:most]
        ]
        yield from pen.table(columns, rows)
        if len(plan.minimum) > most:
            yield pen(f"           and {len(plan.minimum) - most} more", "dim")
    elif not plan.unreachable and not plan.kept_open:
        yield pen.heading("plan", "nothing more is needed")
    phrases = {loss.id: loss_phrase(loss, system) for loss in review.losses}
    for names, sentence in (
        (plan.unreachable, "No control of the catalog is enough against: "),
        (plan.kept_open, "The budget leaves open: "),
    ):
        if names:
            yield from pen.paragraph(sentence + ", ".join(phrases.get(name, name) for name in names), 2, "bad")


def risk_lines(risk: Risk, pen: Pen) -> Iterable[str]:
    """Money at risk per year: without controls, with those in place, and with the plan."""
    appetite = f", appetite {money(risk.appetite, risk.currency)}" if risk.appetite is not None else ""
    yield pen.heading("risk", f"a year, {risk.currency}{appetite}")
    columns = [Column(24), *(Column(12, right=True) for _ in range(4))]
    rows = [["", "1 in 10 below", "median", "1 in 10 above", "mean"]]
    for label, spectrum in (
        ("without any control", risk.inherent),
        ("with what is in place", risk.residual),
        ("with the plan", risk.planned),
    ):
        rows.append([label, *(_bare(amount) for amount in _numbers(spectrum))])
    yield from pen.table([*columns[:1], *(Column(13, right=True) for _ in range(4))], rows)


def _numbers(spectrum: Spectrum) -> tuple[float, float, float, float]:
    return spectrum.p10, spectrum.p50, spectrum.p90, spectrum.mean


def _bare(amount: float) -> str:
    return money(amount, "").strip()


def _found(review: Review, system: System, pen: Pen) -> Iterable[str]:
    """What was found in the data, what goes beyond the declaration first."""
    if not review.data_evidence:
        return
    raised = len({found.asset for found in review.data_evidence if found.raised})
    aside = f"{count(raised, 'asset holds', 'assets hold')} more than declared"
    yield pen.heading("data", aside if raised else "as declared")
    for found in review.data_evidence:
        name = component_name(found.asset, system)
        yield from pen.paragraph(f"{name}: {found_phrase(found)}", 2, "bad" if found.raised else "")
        yield from pen.paragraph(found_where(found), 4, "dim")


def _scanned(review: Review, system: System, pen: Pen) -> Iterable[str]:
    """What scans said about components, the worst first."""
    if not review.scan_evidence:
        return
    bad = len({found.component for found in review.scan_evidence if found.verdict == "dangerous"})
    aside = f"{count(bad, 'component')} found dangerous" if bad else ""
    yield pen.heading("scans", aside)
    for found in review.scan_evidence:
        name = component_name(found.component, system)
        yield from pen.paragraph(f"{name}: {found.verdict}", 2, "bad" if found.verdict == "dangerous" else "")
        yield from pen.paragraph(scanned_phrase(found), 4, "dim")


def _notes(review: Review, pen: Pen) -> Iterable[str]:
    if review.notes:
        yield pen.heading("notes")
        for note in review.notes:
            yield from pen.paragraph(note)


def _next(pen: Pen, file: str) -> Iterable[str]:
    commands = [
        (f"bartizan paths {file}", "each path step by step, and what would cut it"),
        (f"bartizan controls {file} --alternatives 3", "other sets of controls that do the same"),
        (f"bartizan review {file} -o review.html", "the whole review, with the diagram"),
        (f"bartizan decide {file} THREAT accept", "note a decision: by whom, until when, why"),
    ]
    yield pen.heading("next")
    longest = max(len(command) for command, _ in commands)
    if longest + 46 <= pen.width:
        yield from pen.table([Column(longest, style="bold"), Column(style="dim")], commands)
        return
    for command, reason in commands:
        yield f"  {pen(clean(command), 'bold')}"  # never cut: it is there to be copied
        yield from pen.paragraph(reason, 6, "dim")
