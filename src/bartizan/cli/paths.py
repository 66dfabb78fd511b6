"""`bartizan paths`: attack paths step by step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
import msgspec

from bartizan.analysis import Options
from bartizan.analysis.result import PathView, Review
from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, terminal
from bartizan.cli.work import look_at
from bartizan.model import InputError, Level
from bartizan.model.decode import nearest
from bartizan.report.excerpts import paths_text
from bartizan.report.terminal import Pen

__all__ = ["command"]


@click.command("paths")
@parameters.system_file
@click.option(
    "--to", metavar="LOSS", help="Only paths to this loss, or to losses of this kind, data asset or component."
)
@parameters.views
@parameters.output
@parameters.as_of
@parameters.proven
@parameters.appetite
def command(
    file: Path,
    to: str | None,
    format: str,
    output: Path | None,
    as_of: date | None,
    proven: bool,
    appetite: Level | float | None,
) -> None:
    """Show attack paths step by step, and what would cut each step."""
    work = look_at(file, as_of, Options(appetite=appetite, proven=proven))
    paths = _chosen(work.review, to)
    if format == "json":
        chosen = msgspec.to_builtins(paths)
        system = msgspec.to_builtins(work.review.system)
        emit(json_bytes({"schema": "bartizan/paths/1", "system": system, "paths": chosen}), output)
        return
    pen = Pen(*terminal(output))
    emit(paths_text(paths, work.review, work.system, work.catalog, pen).encode(), output)


def _chosen(review: Review, to: str | None) -> list[PathView]:
    if to is None:
        return review.paths
    known = {word for loss in review.losses for word in (loss.id, str(loss.kind), loss.asset)}
    if to not in known:
        raise InputError(f"there is no loss `{to}` in this review", help=nearest(to, known))
    return [path for path in review.paths if to in (path.loss, path.kind, path.asset)]
