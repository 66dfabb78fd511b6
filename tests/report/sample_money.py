"""The plan, the losses and the money of the sample review."""

from __future__ import annotations

import numpy as np

from bartizan.analysis.result import LossRisk, LossView, Placement, Plan, Risk, Spectrum, Swing
from bartizan.model import Level, LossKind

__all__ = ["sample_loss", "sample_plan", "sample_risk"]


def _place(control: str, title: str, at: str, cost: float, cuts: list[str], status: str = "") -> Placement:
    return Placement(control=control, title=title, placement=at, cost=cost, cuts=cuts, status=status)


def sample_plan() -> Plan:
    quarantine = _place(
        "quarantine-untrusted-content",
        "Untrusted content is read by a model that has no tools",
        "copilot",
        25.0,
        ["indirect-prompt-injection@copilot", "second-order-injection-records@ticketing"],
    )
    trimmed = _place(
        "permission-trimmed-retrieval",
        "Search returns only what the asker may read",
        "search",
        12.0,
        ["retrieved-data-collection@search"],
    )
    rendering = _place(
        "safe-rendering", "Output is shown without remote content", "chat", 6.0, ["rendered-image-exfiltration@chat"]
    )
    approval = _place(
        "human-approval",
        "A person confirms each call that has an effect",
        "ticket-tool",
        7.0,
        ["unauthorised-action@ticket-tool"],
    )
    return Plan(
        in_place=[
            _place("caller-authentication", "Callers prove who they are", "system", 0.0, [], "proven"),
            _place("agent-audit-log", "What the agent does is logged", "copilot", 0.0, [], "claimed"),
        ],
        minimum=[quarantine, trimmed],
        cost=37.0,
        optimal=True,
        gap=0.0,
        alternatives=[[rendering, approval, trimmed], [quarantine, rendering, trimmed]],
        unreachable=["cost/llm"],
        kept_open=[],
    )


def _curve(scale: float, share: float) -> list[list[float]]:
    """A log-logistic exceedance curve: `share` of the years have a loss, its median is `scale`."""
    return [
        [float(round(money)), round(share / (1.0 + float(money / scale) ** 1.4), 6)]
        for money in np.geomspace(1_000, 20_000_000, 40).tolist()
    ]


def sample_risk() -> Risk:
    return Risk(
        currency="CHF",
        trials=20_000,
        seed=7,
        appetite=250_000.0,
        inherent=Spectrum(p10=0.0, p50=410_000.0, p90=3_900_000.0, mean=1_480_000.0),
        residual=Spectrum(p10=0.0, p50=265_000.0, p90=2_700_000.0, mean=985_000.0),
        planned=Spectrum(p10=0.0, p50=0.0, p90=96_000.0, mean=41_000.0),
        exceedance=_curve(320_000, 0.78),
        exceedance_inherent=_curve(520_000, 0.86),
        exceedance_planned=_curve(60_000, 0.31),
        tornado=[
            Swing(input="attempts by anyone on the internet", low=310_000.0, high=2_250_000.0),
            Swing(input="cost of a disclosure of HR cases", low=420_000.0, high=1_900_000.0),
            Swing(input="likelihood of indirect prompt injection", low=610_000.0, high=1_320_000.0),
            Swing(input="cost of a wrong ticket change", low=890_000.0, high=1_110_000.0),
        ],
        losses=[
            LossRisk(loss="disclosure/hr-cases", events=1.1, inherent=980_000.0, residual=640_000.0, planned=21_000.0),
            LossRisk(loss="disclosure/tickets", events=1.9, inherent=310_000.0, residual=220_000.0, planned=12_000.0),
            LossRisk(loss="action/ticket-tool", events=2.4, inherent=180_000.0, residual=120_000.0, planned=7_000.0),
            LossRisk(loss="cost/llm", events=0.2, inherent=10_000.0, residual=5_000.0, planned=1_000.0),
        ],
        assumptions=[
            "An outsider tries 2 to 60 times a year, most likely 12.",
            "A disclosure of restricted data costs CHF 200,000 to 4,000,000.",
        ],
    )


def sample_loss(
    kind: LossKind, asset: str, severity: Level, magnitude: list[float], stays: bool, demand: int
) -> LossView:
    return LossView(
        id=f"{kind}/{asset}",
        kind=kind,
        asset=asset,
        severity=severity,
        magnitude=magnitude,
        open=stays,
        above_appetite=stays,
        demand=demand,
    )
