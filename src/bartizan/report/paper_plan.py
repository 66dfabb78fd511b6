"""The control plan, the money and the coverage in the words of `Paper`."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from bartizan.analysis.result import Placement, Review, Risk, Spectrum
from bartizan.report.charts import chance_above
from bartizan.report.drawing import clean
from bartizan.report.money import days, money, share
from bartizan.report.paper import FrameworkRow, PlanPart, PlanRow, RiskRow
from bartizan.report.paper_names import Names, capital
from bartizan.report.phrases import count, open_losses

__all__ = ["closed_by_plan", "frameworks", "named_risk", "plan_part", "reading", "risk_rows"]


def closed_by_plan(review: Review) -> str:
    """Say what the cheapest plan costs and how many losses it closes; nothing where none is open."""
    plan = review.controls
    opened = len(open_losses(review))
    if not opened:
        return ""
    left = len({*plan.unreachable, *plan.kept_open})
    if not plan.minimum:
        return "No control of the catalog changes that."
    what = f"The cheapest plan, {count(len(plan.minimum), 'control placement')} for {days(plan.cost)}, "
    done = "closes all of them" if not left else f"closes {opened - left} of them"
    proof = "no cheaper set does" if plan.optimal else f"no set that costs {share(plan.gap)} less can"
    return f"{what}{done}; {proof}."


def plan_part(review: Review, names: Names) -> PlanPart:
    """Put the plan into rows, one per control."""
    plan = review.controls
    minimum = {_key(place) for place in plan.minimum}
    alternatives = []
    for other in plan.alternatives:
        keys = {_key(place) for place in other}
        gone = [_exchange(place, names) for place in plan.minimum if _key(place) not in keys]
        new = [_exchange(place, names) for place in other if _key(place) not in minimum]
        alternatives.append((days(sum(place.cost for place in other)), gone, new))
    left = [f"{capital(names.loss(id))}: no control of the catalog is enough" for id in plan.unreachable]
    left += [f"{capital(names.loss(id))}: the budget leaves it open" for id in plan.kept_open]
    return PlanPart(
        sentence=closed_by_plan(review) or "Nothing more is needed.",
        minimum=_rows(plan.minimum, names, priced=True),
        cost=days(plan.cost),
        in_place=_rows(plan.in_place, names, priced=False),
        alternatives=alternatives,
        left_open=left,
    )


def _key(place: Placement) -> tuple[str, str]:
    return place.control, place.placement


def _exchange(place: Placement, names: Names) -> str:
    return f"{place.title}, at {names.place(place.placement)} ({days(place.cost)})"


def _rows(places: Sequence[Placement], names: Names, *, priced: bool) -> list[PlanRow]:
    """One row per control and status, the dearest or the most used first."""
    grouped: dict[tuple[str, str], list[Placement]] = {}
    for place in places:
        grouped.setdefault((place.control, place.status), []).append(place)
    rows = []
    for (control, status), members in grouped.items():
        cuts = list(dict.fromkeys(id for place in members for id in place.cuts))
        rows.append(
            PlanRow(
                control=control,
                title=members[0].title,
                places=[_where(place, names, priced and len(members) > 1) for place in members],
                cost=f"{sum(place.cost for place in members):g}" if priced else "",
                cuts=list(dict.fromkeys(names.threat(id) for id in cuts)),
                count=len(cuts),
                status=status,
            )
        )
    return rows


def _where(place: Placement, names: Names, priced: bool) -> str:
    name = names.place(place.placement)
    return f"{name} ({place.cost:g})" if priced else name


def risk_rows(review: Review) -> list[RiskRow]:
    """Put the yearly loss into three rows: without controls, as it stands, with the plan."""
    risk = review.risk

    def above(curve: list[list[float]]) -> str:
        return share(chance_above(curve, risk.appetite)) if risk.appetite is not None else ""

    def row(name: str, spectrum: Spectrum, curve: list[list[float]]) -> RiskRow:
        p10, p50, p90, mean = (money(getattr(spectrum, key), risk.currency) for key in ("p10", "p50", "p90", "mean"))
        return RiskRow(name, p10, p50, p90, mean, above(curve))

    return [
        row("Without any control", risk.inherent, risk.exceedance_inherent),
        row("As it stands", risk.residual, risk.exceedance),
        row("With the plan", risk.planned, risk.exceedance_planned),
    ]


def named_risk(review: Review, names: Names) -> Risk:
    """Return the risk with the inputs of its tornado in words."""
    tornado = [msgspec.structs.replace(swing, input=capital(names.input(swing.input))) for swing in review.risk.tornado]
    return msgspec.structs.replace(review.risk, tornado=tornado)


def reading(review: Review) -> list[str]:
    """Say what the curve shows and how it was made."""
    risk = review.risk
    out = []
    if risk.appetite is not None:
        now, then = (chance_above(curve, risk.appetite) for curve in (risk.exceedance, risk.exceedance_planned))
        limit = money(risk.appetite, risk.currency)
        out.append(f"A year costs more than {limit} with a chance of {share(now)} today, {share(then)} with the plan.")
    out.append(
        f"The curves come from {risk.trials:,} simulated years (seed {risk.seed}). The assumptions stand at the end."
    )
    return out


def frameworks(review: Review, names: Names) -> list[FrameworkRow]:
    """Put the coverage into one row per framework, items with their titles."""
    return [
        FrameworkRow(
            id,
            clean(names.framework(id)),
            *([names.reference(id, item) for item in items] for items in (part.covered, part.planned, part.gaps)),
        )
        for id, part in review.coverage.items()
    ]
