"""`bartizan controls`: the cheapest set of controls that is enough."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from bartizan.analysis import Options
from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, terminal
from bartizan.cli.work import look_at
from bartizan.model import Level
from bartizan.report.excerpts import controls_text
from bartizan.report.terminal import Pen

__all__ = ["command"]


@click.command("controls")
@parameters.system_file
@parameters.appetite
@click.option("--budget", type=click.FloatRange(min=0), metavar="DAYS", help="Spend at most this many person-days.")
@click.option(
    "--alternatives",
    type=click.IntRange(0, 20),
    default=0,
    metavar="K",
    help="Show up to K other sets that do the same.",
)
@parameters.views
@parameters.output
@parameters.as_of
@parameters.proven
def command(
    file: Path,
    appetite: Level | float | None,
    budget: float | None,
    alternatives: int,
    format: str,
    output: Path | None,
    as_of: date | None,
    proven: bool,
) -> None:
    """Compute the cheapest controls that keep every loss below the appetite.

    Says whether the set is proven to be the cheapest, or how far from it it may be.
    """
    options = Options(appetite=appetite, budget=budget, alternatives=alternatives, proven=proven)
    work = look_at(file, as_of, options)
    if format == "json":
        risk = work.review.risk
        parts = {
            "schema": "bartizan/controls/1",
            "system": work.review.system,
            "controls": work.review.controls,
            "risk": {"currency": risk.currency, "residual": risk.residual, "planned": risk.planned},
        }
        emit(json_bytes(msgspec.to_builtins(parts)), output)
        return
    emit(controls_text(work.review, work.system, Pen(*terminal(output))).encode(), output)
