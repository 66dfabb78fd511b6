"""Parts of a review for a terminal: attack paths step by step, the control plan with its alternatives, a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bartizan.analysis.compare import Difference
from bartizan.analysis.result import PathView, Placement, Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report.phrases import (
    component_name,
    count,
    days,
    loss_phrase,
    money,
    percent,
    placement_phrase,
    position_phrase,
    verdict,
)
from bartizan.report.terminal import Column, Pen
from bartizan.report.text import plan_lines, risk_lines

__all__ = ["controls_text", "difference_text", "paths_text"]


def paths_text(paths: Sequence[PathView], review: Review, system: System, catalog: Catalog, pen: Pen) -> str:
    """Return each path with its steps: what the attacker does, where, what that gains, and what would cut it."""
    lines = pen.paragraph(f"{system.name or system.id}: {count(len(paths), 'attack path')}, likeliest first", 0, "bold")
    for path in paths:
        lines += ["", *_path(path, system, catalog, pen)]
    if not paths:
        lines += pen.paragraph(verdict(review)[1], 0, "good")
    return "\n".join(lines) + "\n"


def _path(path: PathView, system: System, catalog: Catalog, pen: Pen) -> Iterable[str]:
    head = f"{path.id}  {loss_phrase(path, system)}, {percent(path.score)} of attempts"
    yield f"{pen(f'{path.severity:<8}', path.severity)}  {pen(' '.join(pen.paragraph(head, 0)), 'bold')}"
    yield from pen.paragraph(f"by: {position_phrase(path.position, catalog)}", 10)
    yield from pen.paragraph("way: " + " → ".join(component_name(name, system) for name in path.via), 10, "dim")
    for number, step in enumerate(path.steps, 1):
        ids = f" [{', '.join(step.atlas)}]" if step.atlas else ""
        first, *rest = pen.paragraph(f"{step.title}, at {component_name(step.component, system)}{ids}", 14)
        yield f"{number:>12}. {first.strip()}"
        yield from rest
        yield from pen.paragraph(f"gains: {step.gains}", 14, "dim")
        if step.cut_by:
            yield from pen.paragraph("cut by: " + ", ".join(step.cut_by), 14, "good")


def controls_text(review: Review, system: System, pen: Pen) -> str:
    """Return what is in place, the cheapest set that is enough, its alternatives, and what it does to the risk."""
    lines = pen.paragraph(f"{system.name or system.id}: {verdict(review)[1]}", 0, "bold")
    plan = review.controls
    if plan.in_place:
        lines.append(pen.heading("in place", "a claim counts until proof is asked for (--proven)"))
        lines += pen.table([Column(8, style="dim"), Column(), Column(40)], _standing(plan.in_place))
    lines += plan_lines(review, system, pen, most=len(plan.minimum))
    for number, other in enumerate(plan.alternatives, 1):
        lines.append(pen.heading(f"alternative {number}", days(sum(place.cost for place in other))))
        lines += _exchange(plan.minimum, other, pen)
    lines += risk_lines(review.risk, pen)
    return "\n".join(lines) + "\n"


def _standing(places: Sequence[Placement]) -> Iterable[list[str]]:
    """One row for each control and state, with where it stands."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for place in places:
        groups.setdefault((place.status, place.title, place.control), []).append(place.placement)
    for (status, title, control), where in groups.items():
        more = f" and {len(where) - 2} more" if len(where) > 2 else ""
        yield [status, f"{title} ({control})", f"at {', '.join(where[:2])}{more}"]


def _exchange(minimum: Sequence[Placement], other: Sequence[Placement], pen: Pen) -> Iterable[str]:
    """Say an alternative as what it leaves out of the plan and takes instead."""
    ours, theirs = ({(place.control, place.placement) for place in places} for places in (minimum, other))
    gone = [place for place in minimum if (place.control, place.placement) not in theirs]
    new = [place for place in other if (place.control, place.placement) not in ours]
    for sign, style, places in (("instead of", "dim", gone), ("take", "good", new)):
        for place in places:
            yield from pen.paragraph(f"{sign:<10}  {placement_phrase(place)}, {days(place.cost)}", 2, style)
    if not gone and not new:
        yield from pen.paragraph("the same controls")


def difference_text(difference: Difference, pen: Pen) -> str:
    """Return what a change of the design adds and removes."""
    lines = pen.paragraph(f"{difference.old.name or difference.old.id} → {difference.new.name}", 0, "bold")
    if difference.same:
        lines += pen.paragraph("nothing changes", 0, "good")
    sections = (
        (
            "threats",
            [(t.severity, f"{t.title} ({t.id})") for t in difference.threats_added],
            [(t.severity, f"{t.title} ({t.id})") for t in difference.threats_removed],
        ),
        (
            "losses within reach",
            [(x.severity, x.id) for x in difference.losses_opened],
            [(x.severity, x.id) for x in difference.losses_closed],
        ),
        (
            "paths",
            [(p.severity, f"{p.id} to {p.loss}") for p in difference.paths_added],
            [(p.severity, f"{p.id} to {p.loss}") for p in difference.paths_removed],
        ),
        (
            "controls needed",
            [("", placement_phrase(p)) for p in difference.controls_added],
            [("", placement_phrase(p)) for p in difference.controls_removed],
        ),
    )
    for title, added, removed in sections:
        if added or removed:
            lines.append(pen.heading(title, f"{len(added)} more, {len(removed)} fewer"))
            rows = [["+", *row] for row in added] + [["-", *row] for row in removed]
            lines += pen.table([Column(1, style="bold"), Column(8, style="severity"), Column()], rows)
    changed = [f"{t.threat}: {t.old} → {t.new}" for t in difference.status_changed]
    if changed:
        lines.append(pen.heading("decided or cut"))
        lines += [line for text in changed for line in pen.paragraph(text)]
    risk = difference.risk
    lines.append(pen.heading("risk", f"mean a year, {risk.currency}"))
    rows = [
        [label, money(old, "").strip(), "→", money(new, "").strip()]
        for label, (old, new) in (("with what is in place", risk.residual), ("with the plan", risk.planned))
    ]
    lines += pen.table([Column(24), Column(10, right=True), Column(1), Column(10)], rows)
    return "\n".join(lines) + "\n"
