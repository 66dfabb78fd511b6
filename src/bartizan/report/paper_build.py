"""Puts a review into the words of `Paper`: the verdict, paths, threats, losses, where threats sit."""

from __future__ import annotations

from collections.abc import Sequence

from bartizan.analysis.result import LossView, PathView, Review, ThreatView
from bartizan.catalog import Catalog
from bartizan.model import Level, LossKind, Status, System
from bartizan.report.drawing import clean
from bartizan.report.money import money, share, short
from bartizan.report.paper import (
    Figure,
    FoundRow,
    HeatMap,
    HeatRow,
    LossRow,
    Paper,
    PathCard,
    Reference,
    ScannedRow,
    StepCard,
    ThreatCard,
)
from bartizan.report.paper_names import Names, capital, long_date
from bartizan.report.paper_plan import closed_by_plan, frameworks, plan_part, reading, risk_rows
from bartizan.report.phrases import count, found_phrase, found_where, open_losses, open_threats, scanned_phrase

__all__ = ["build_paper", "shown_paths"]

_MOST_PATHS, _MOST_ROWS, _MOST_GAINS = 14, 16, 8
_FAMILIES = (
    ("atlas", "mitre-atlas"),
    ("owasp_llm", "owasp-llm"),
    ("owasp_agentic", "owasp-agentic"),
    ("owasp_ml", "owasp-ml"),
    ("stride", "stride"),
)


def shown_paths(review: Review) -> list[PathView]:
    """Choose the paths that a report shows in full: the best to each loss, then the next best, at most 14."""
    chosen = [path.id for path in (*_best(review).values(), *review.paths)]
    kept = set(list(dict.fromkeys(chosen))[:_MOST_PATHS])
    return [path for path in review.paths if path.id in kept]


def _best(review: Review) -> dict[str, PathView]:
    """The first path to each loss."""
    best: dict[str, PathView] = {}
    for path in review.paths:
        best.setdefault(path.loss, path)
    return best


def build_paper(review: Review, system: System, catalog: Catalog) -> Paper:
    """Return everything that a report for people says."""
    names = Names(review, system, catalog)
    shown = shown_paths(review)
    numbers = {path.id: number for number, path in enumerate(shown, 1)}
    rest = [path for path in review.paths if path.id not in numbers]
    best = {path.id for path in _best(review).values()}
    return Paper(
        id=system.id,
        name=clean(system.name or system.id),
        description=clean(system.description.strip()),
        facts=_facts(review, system),
        date=long_date(review.as_of),
        good=not open_losses(review),
        headline=_headline(review),
        sentences=_sentences(review, names),
        figures=_figures(review),
        losses=_losses(review, names),
        found=[
            FoundRow(names.place(one.asset), clean(found_phrase(one)), clean(found_where(one)), one.raised)
            for one in review.data_evidence
        ],
        scanned=[
            ScannedRow(names.place(one.component), one.verdict, clean(scanned_phrase(one)), one.verdict == "dangerous")
            for one in review.scan_evidence
        ],
        threats=[_threat(one, rank, names, numbers) for rank, one in enumerate(review.threats, 1)],
        appendix=[
            _threat(one, rank, names, numbers) for rank, one in enumerate(review.appendix, len(review.threats) + 1)
        ],
        paths=[_path(path, numbers[path.id], names, best) for path in shown],
        more_paths=[_path(path, number, names, best) for number, path in enumerate(rest, len(shown) + 1)],
        plan=plan_part(review, names),
        risk=risk_rows(review),
        reading=reading(review),
        has_appetite=review.risk.appetite is not None,
        coverage=frameworks(review, names),
        heat=_heat(review, names),
        labels=[
            (names.place(id), label.confidentiality, ", ".join(label.categories), label.integrity)
            for id, label in review.labels.items()
        ],
        assumptions=[capital(clean(text)) for text in review.risk.assumptions],
        decisions=_decisions(review, system, names),
        notes=[capital(clean(text)) for text in review.notes],
    )


def _facts(review: Review, system: System) -> list[tuple[str, str]]:
    if isinstance(review.appetite, Level):
        appetite = f"losses up to {review.appetite}"
    else:
        appetite = money(review.appetite, review.risk.currency)
    facts = [
        ("Owner", clean(system.owner)),
        ("Stage", system.stage),
        ("Criticality", system.criticality),
        ("Appetite", appetite),
        ("Size", f"{count(len(system.components), 'component')}, {count(len(system.flows), 'flow')}"),
    ]
    return [(name, value) for name, value in facts if value]


def _headline(review: Review) -> str:
    above = sum(loss.above_appetite for loss in review.losses)
    reached = len(open_losses(review))
    if reached:
        if reached == above:
            every = (
                "The one loss above the appetite stands"
                if above == 1
                else f"All {above} losses above the appetite stand"
            )
            return f"{every} open."
        stand = "stands" if reached == 1 else "stand"
        return f"{reached} of {count(above, 'loss', 'losses')} above the appetite {stand} open."
    if above:
        return f"Within the appetite: all {count(above, 'loss', 'losses')} above it are out of reach."
    return "Within the appetite: no loss above it was found."


def _sentences(review: Review, names: Names) -> list[str]:
    """What the worst attack is, what the cheapest plan costs, and what it brings."""
    out = []
    if review.paths:
        path = review.paths[0]
        loss, who = names.loss(path.loss), names.attacker(path.position)
        out.append(
            f"The worst attack ends in {loss}. Attacker: {who[:1].lower()}{who[1:]}."
            f" About {share(path.score)} of attempts get through."
        )
    closed = closed_by_plan(review)
    if closed:
        out.append(closed)
    risk = review.risk
    if review.controls.minimum:
        before, after = (money(spectrum.mean, risk.currency) for spectrum in (risk.residual, risk.planned))
        out.append(f"The plan brings the mean loss of a year from {before} to {after}.")
    return out


def _figures(review: Review) -> list[Figure]:
    above = sum(loss.above_appetite for loss in review.losses)
    risk, plan = review.risk, review.controls
    threats = open_threats(review)
    critical = sum(threat.severity is Level.CRITICAL for threat in threats)
    proof = "proven cheapest" if plan.optimal else f"at most {share(plan.gap)} above the cheapest"
    return [
        Figure(f"{len(open_losses(review))} of {above}", "losses above the appetite open", "with what is in place"),
        Figure(str(len(threats)), "open threats", f"{critical} critical"),
        Figure(
            f"{plan.cost:g} days",
            "of work for the cheapest plan",
            f"{count(len(plan.minimum), 'control placement')}, {proof}" if plan.minimum else "nothing more is needed",
        ),
        Figure(
            f"{short(risk.residual.mean)} → {short(risk.planned.mean)}",
            f"mean loss of a year, {risk.currency}",
            "as it stands, and with the plan",
        ),
    ]


def _losses(review: Review, names: Names) -> list[LossRow]:
    yearly = {risk.loss: risk for risk in review.risk.losses}
    currency = review.risk.currency
    rows = []
    for loss in review.losses:
        state = "below" if not loss.above_appetite else "open" if loss.open else "closed"
        risk = yearly.get(loss.id)
        rows.append(
            LossRow(
                name=capital(names.loss_of(loss)),
                severity=loss.severity,
                state=state,
                state_text={"open": "open", "closed": "out of reach", "below": "within the appetite"}[state],
                per_event=_range(loss, currency),
                events=f"{risk.events:.2g}" if risk else "",
                residual=short(risk.residual) if risk else "",
                planned=short(risk.planned) if risk else "",
            )
        )
    order = ("open", "closed", "below")
    return sorted(rows, key=lambda row: order.index(row.state))


def _range(loss: LossView, currency: str) -> str:
    return f"{currency} {short(loss.magnitude[0])} to {short(loss.magnitude[-1])}" if loss.magnitude else ""


def _threat(threat: ThreatView, rank: int, names: Names, numbers: dict[str, int]) -> ThreatCard:
    decision = ""
    if threat.decision is not None:
        made = threat.decision
        decision = clean(f"{capital(made.verdict)} by {made.by} until {long_date(made.until)}: {made.why}")
    shown = sorted(numbers[path] for path in threat.paths if path in numbers)
    return ThreatCard(
        rank=rank,
        id=threat.id,
        title=threat.title,
        severity=threat.severity,
        score=f"{threat.score:.0f}",
        where=names.place(threat.at),
        description=threat.description,
        why=[clean(text) for text in threat.why],
        removed_by=[capital(clean(change.text)) for change in threat.removed_by],
        remedy=threat.remedy,
        verify=threat.verify,
        references=_references(threat, names),
        paths=shown,
        more_paths=len(threat.paths) - len(shown),
        leads_to=[capital(names.loss(loss)) for loss in threat.leads_to],
        also_at=[names.place(id.partition("@")[2]) for id in threat.also_at],
        lifecycle=", ".join(threat.lifecycle),
        status=threat.status,
        decision=decision,
    )


def _references(threat: ThreatView, names: Names) -> list[Reference]:
    return [names.reference(framework, id) for field, framework in _FAMILIES for id in getattr(threat, field)]


def _path(path: PathView, number: int, names: Names, best: set[str]) -> PathCard:
    return PathCard(
        number=number,
        id=path.id,
        loss=capital(names.loss(path.loss)),
        severity=path.severity,
        attacker=names.attacker(path.position),
        chance=share(path.score),
        way=[names.place(id) for id in path.via],
        steps=[
            StepCard(
                number=index,
                title=step.title,
                where=names.place(step.component),
                gains=capital(clean(step.gains)),
                atlas=step.atlas,
                chance=share(step.likelihood),
                cut_by=[names.control(id) for id in step.cut_by],
            )
            for index, step in enumerate(path.steps, 1)
        ],
        best=path.id in best,
    )


def _heat(review: Review, names: Names) -> HeatMap:
    """Where open threats sit, against the kinds of loss they lead to, each with its worst; the fullest rows first."""
    losses = {loss.id: loss for loss in review.losses}
    cells: dict[str, dict[LossKind, list[Level]]] = {}
    for threat in (*review.threats, *review.appendix):
        if threat.status is Status.OPEN:
            row = cells.setdefault(threat.at, {})
            worst: dict[LossKind, Level] = {}
            for loss in (losses[id] for id in threat.leads_to if id in losses):
                worst[loss.kind] = max(worst.get(loss.kind, loss.severity), loss.severity, key=lambda level: level.rank)
            for kind, level in worst.items():
                row.setdefault(kind, []).append(level)
    columns = [kind for kind in LossKind if any(kind in row for row in cells.values())]

    def weight(at: str) -> tuple[float, str]:
        return -sum(4.0**level.rank for levels in cells[at].values() for level in levels), at

    order = sorted((at for at in cells if cells[at]), key=weight)
    rows = [HeatRow(names.place(at), [_cell(cells[at].get(kind, [])) for kind in columns]) for at in order]
    return HeatMap([kind.value for kind in columns], rows[:_MOST_ROWS], max(0, len(rows) - _MOST_ROWS))


def _cell(levels: Sequence[Level]) -> tuple[str, int]:
    worst = max(levels, key=lambda level: level.rank, default=None)
    return (worst.value if worst else "", len(levels))


def _decisions(review: Review, system: System, names: Names) -> list[tuple[str, str, str]]:
    """Decisions that people have made: about what, which, and by whom until when for what reason."""
    return [
        (
            f"{names.threat(one.threat)}, at {names.place(one.threat.partition('@')[2])}",
            one.verdict,
            clean(f"{one.by}, until {long_date(one.until)}{'' if one.until >= review.as_of else ' (over)'}: {one.why}"),
        )
        for one in system.decisions
    ]
