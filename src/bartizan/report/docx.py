"""A paper for the committee that decides about a system, as a Word document."""

from __future__ import annotations

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.report import charts, diagram_style
from bartizan.report.diagram import prepare
from bartizan.report.docx_parts import Writer
from bartizan.report.palette import plain
from bartizan.report.paper import Paper, PathCard
from bartizan.report.paper_build import build_paper, shown_paths
from bartizan.report.typeset import FONT, png

__all__ = ["render"]

_MOST_THREATS, _MOST_PATHS = 10, 3
_BOX = "☐"


def render(review: Review, system: System, catalog: Catalog) -> bytes:
    """Return the paper: what to decide, why, what it costs, and a place to sign."""
    paper = build_paper(review, system, catalog)
    out = Writer(f"{paper.name}: decision paper", review.as_of)
    out.footer(f"{paper.name} · decision paper · {paper.date}")
    out.title(paper.name, f"Paper for decision · {paper.date}")
    if paper.description:
        out.text(paper.description)
    out.text(" · ".join(f"{name}: {value}" for name, value in paper.facts), muted=True, size=9.5)
    out.verdict(paper.headline, paper.sentences, good=paper.good)
    _decision(out, paper)
    _losses(out, paper)
    _attacks(out, paper)
    _threats(out, paper)
    _plan(out, paper)
    _risk(out, paper, review)
    _open(out, paper)
    _sign(out, system)
    _annex(out, paper, review, system)
    return out.save()


def _decision(out: Writer, paper: Paper) -> None:
    out.heading("Decision wanted")
    if paper.good:
        out.text("The committee is asked to take note that the system stays within the appetite, and to choose:")
        choices = [
            "Release the system as described, with the controls that are in place.",
            "Release it with conditions, to be written below.",
            "Don't release it yet.",
        ]
    else:
        out.text("The committee is asked to choose one:")
        choices = []
        if paper.plan.minimum:
            choices.append(
                f"Carry out the plan below ({paper.plan.cost} in the first year) before the system is released."
            )
        choices += [
            f"Carry out alternative {number} ({cost})." for number, (cost, *_) in enumerate(paper.plan.alternatives, 1)
        ]
        choices += [
            "Accept the open losses until a date and under conditions, to be written below, and sign for them.",
            "Don't build or release the system in this form.",
        ]
    out.bullets(choices, _BOX)


def _losses(out: Writer, paper: Paper) -> None:
    rows = [
        (loss.name, loss.severity, loss.state_text, loss.per_event, loss.residual, loss.planned)
        for loss in paper.losses
    ]
    if rows:
        out.heading("What is at stake")
        head = ("Loss", "Severity", "Today", "Money per event", "Mean per year", "With the plan")
        out.table(head, rows, (50, 19, 34, 31, 17, 15), (3, 4, 5))
    if paper.found:
        out.heading("Data as found", 2 if rows else 1)
        found = [(one.name, one.what, one.where) for one in paper.found]
        out.table(("Data", "Declared and found", "Where and how much"), found, (40, 60, 66))
    if paper.scanned:
        out.heading("Components as scanned", 2 if rows else 1)
        scanned = [(one.name, one.verdict, one.what) for one in paper.scanned]
        out.table(("Component", "Verdict", "What was scanned, when, and what was found"), scanned, (40, 26, 100))


def _attacks(out: Writer, paper: Paper) -> None:
    if not paper.paths:
        return
    out.heading("The worst attacks")
    worst = [path for path in paper.paths if path.best][:_MOST_PATHS]
    for path in worst:
        out.heading(f"{path.number}. {path.loss}", 2)
        _in_words(out, path)
    more = len(paper.paths) + len(paper.more_paths) - len(worst)
    if more > 0:
        out.text(f"The full review shows {more} more paths.", muted=True, size=9.5)


def _in_words(out: Writer, path: PathCard) -> None:
    out.text(f"Starts from: {path.attacker}. About {path.chance} of attempts get through.", muted=True)
    steps = []
    for step in path.steps:
        cut = f" What would cut it: {'; '.join(step.cut_by[:3])}." if step.cut_by else ""
        steps.append((f"{step.title}, at {step.where}. ", f"{step.gains}.{cut}"))
    out.steps(steps)


def _threats(out: Writer, paper: Paper) -> None:
    if not paper.threats:
        return
    out.heading("The most important threats")
    rows = [
        (
            str(threat.rank),
            threat.severity,
            f"{threat.title}\n{threat.where} · {threat.id}",
            "; ".join(threat.removed_by[:2]) or threat.remedy,
        )
        for threat in paper.threats[:_MOST_THREATS]
    ]
    out.table(("", "Severity", "Threat", "What removes it"), rows, (11, 20, 71, 64))
    more = len(paper.threats) + len(paper.appendix) - _MOST_THREATS
    if more > 0:
        out.text(f"The full review lists {more} more.", muted=True, size=9.5)


def _plan(out: Writer, paper: Paper) -> None:
    out.heading("Plan and cost")
    out.text(paper.plan.sentence)
    if paper.plan.minimum:
        rows = [(f"{row.title}\n{row.control}", "; ".join(row.places), row.cost) for row in paper.plan.minimum]
        rows.append(("Together", "", paper.plan.cost.partition(" ")[0]))
        out.table(("Control", "Where", "Person-days, first year"), rows, (80, 61, 25), (2,))
    for number, (cost, gone, new) in enumerate(paper.plan.alternatives, 1):
        out.heading(f"Alternative {number}: {cost}", 2)
        out.bullets([f"Instead of: {one}" for one in gone] + [f"Take: {one}" for one in new])


def _risk(out: Writer, paper: Paper, review: Review) -> None:
    out.heading("Risk in money")
    for sentence in paper.reading:
        out.text(sentence)
    curve = charts.exceedance(review.risk, "curve", style=plain(charts.sheet(FONT)), width=640.0)
    out.picture(png(curve, 460.0), 140, "Loss-exceedance curve")
    head = ["Loss of a year", "1 in 10 below", "Median", "1 in 10 above", "Mean"]
    rows = [[row.name, row.p10, row.p50, row.p90, row.mean] for row in paper.risk]
    widths = [46.0, 28.0, 31.0, 31.0, 30.0]
    if paper.has_appetite:
        head.append("Above the appetite")
        rows = [[*cells, row.above] for cells, row in zip(rows, paper.risk, strict=True)]
        widths = [38.0, 22.0, 28.0, 28.0, 28.0, 22.0]
    out.table(head, rows, widths, range(1, len(head)))


def _open(out: Writer, paper: Paper) -> None:
    unproven = [row for row in paper.plan.in_place if row.status == "claimed"]
    items = [*paper.plan.left_open]
    if unproven:
        names = "; ".join(row.title for row in unproven[:4])
        more = f"; and {len(unproven) - 4} more" if len(unproven) > 4 else ""
        items.append(f"Controls that are said to be in place and not yet proven ({len(unproven)}): {names}{more}.")
    items += paper.notes
    if items:
        out.heading("Still to decide or to prove")
        out.bullets(items)
    if paper.decisions:
        out.heading("Decisions so far")
        out.table(("About", "Decision", "By whom and why"), paper.decisions, (70, 26, 70))
    if paper.assumptions:
        out.heading("Assumptions")
        out.bullets(paper.assumptions)


def _sign(out: Writer, system: System) -> None:
    out.heading("Sign-off")
    out.lines("Conditions, and until when", 3)
    owner = f"Owner of the system\n{system.owner}" if system.owner else "Owner of the system"
    roles = (owner, "AI security architecture", "Data protection", "Risk owner, or the CISO")
    blank = "\u00a0"
    out.table(
        ("Role", "Name", "Decision", "Date", "Signature"),
        [(role if "\n" in role else f"{role}\n{blank}", blank, blank, blank, blank) for role in roles],
        (50, 36, 28, 20, 32),
    )


def _annex(out: Writer, paper: Paper, review: Review, system: System) -> None:
    """The diagram on a page across, so that it can be read."""
    worst = shown_paths(review)[:1]
    drawn = prepare(review, system, worst)
    svg = drawn.svg("dfd", worst, style=plain(diagram_style.sheet(FONT)), key=True)
    out.landscape()
    out.heading("Annex: the design" + (" and the worst attack on it" if worst else ""))
    width, height = drawn.size
    for path in paper.paths[:1]:
        out.text(f"Purple: {path.loss}, from: {path.attacker}. The numbers are the steps of attack 1.", muted=True)
    out.picture(png(svg, 900.0), min(253.0, 132.0 * width / height), drawn.description())
