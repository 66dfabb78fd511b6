"""`bartizan diff`: what a change of the design adds and removes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from bartizan.analysis import Options
from bartizan.analysis.compare import compare
from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, terminal
from bartizan.cli.work import look_at
from bartizan.model import Level
from bartizan.report.excerpts import difference_text
from bartizan.report.terminal import Pen

__all__ = ["command"]


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path), help="The system as it was.")
@click.argument("new", type=click.Path(path_type=Path), help="The system as it will be.")
@parameters.views
@parameters.output
@parameters.as_of
@parameters.proven
@parameters.appetite
def command(
    old: Path,
    new: Path,
    format: str,
    output: Path | None,
    as_of: date | None,
    proven: bool,
    appetite: Level | float | None,
) -> None:
    """Compare two designs: threats, paths, controls and risk."""
    options = Options(appetite=appetite, proven=proven)
    day = as_of or date.today()
    difference = compare(look_at(old, day, options).review, look_at(new, day, options).review)
    if format == "json":
        emit(json_bytes(msgspec.to_builtins(difference)), output)
        return
    emit(difference_text(difference, Pen(*terminal(output))).encode(), output)
