"""`bartizan review`: the whole review of one system, in any format."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from bartizan.analysis import Options
from bartizan.cli import grades, parameters
from bartizan.cli.output import emit, say, terminal
from bartizan.cli.work import Work, look_at
from bartizan.model import InputError, Level
from bartizan.report import FORMATS, Format
from bartizan.report.phrases import open_threats

__all__ = ["command", "fails_on"]

fails_on = grades.fail_on(
    "End with an exit code from 12 (low) to 15 (critical) when an open threat is at or above this level.",
    default="none",
)


@click.command("review")
@parameters.system_file
@click.option("--format", type=click.Choice(list(FORMATS)), help="Default: by the suffix of -o, else text.")
@parameters.output
@parameters.as_of
@parameters.proven
@parameters.appetite
@fails_on
def command(
    file: Path,
    format: str | None,
    output: Path | None,
    as_of: date | None,
    proven: bool,
    appetite: Level | float | None,
    fail_on: str,
) -> int:
    """Rank threats, find attack paths and the controls that cut them.

    Decisions that lie beside FILE (`bartizan decide`) are honoured.
    """
    kind = _format(format, output)
    if kind.binary and output is None and sys.stdout is not None and sys.stdout.isatty():
        raise InputError(f"`{kind.name}` is not for a terminal", help=f"name a file: -o review{kind.suffix}")
    work = look_at(file, as_of, Options(appetite=appetite, proven=proven))
    emit(_rendered(kind, work, file, output), output)
    if output is not None:
        say(f"wrote {output}")
    # A program that reads SARIF takes the levels from there; to it, an exit code means that the tool failed.
    found = (threat.severity for threat in open_threats(work.review))
    return 0 if kind.name == "sarif" else grades.exit_code(found, fail_on)


def _format(name: str | None, output: Path | None) -> Format:
    if name is not None:
        return FORMATS[name]
    if output is None:
        return FORMATS["text"]
    found = [kind for kind in FORMATS.values() if output.name.lower().endswith(kind.suffix)]
    if not found:
        known = ", ".join(sorted(kind.suffix for kind in FORMATS.values()))
        raise InputError(
            f"`{output.name}` does not say which format to write", help=f"add --format, or a suffix of: {known}"
        )
    return max(found, key=lambda kind: len(kind.suffix))


def _rendered(kind: Format, work: Work, file: Path, output: Path | None) -> bytes:
    if kind.name == "text":
        from bartizan.report.text import render as render_text

        width, colour = terminal(output)
        made = render_text(work.review, work.system, work.catalog, width=width, colour=colour, file=str(file))
        return made.encode()
    if kind.name == "sarif":
        from bartizan.report.sarif import render as render_sarif

        places = work.source.places()
        return render_sarif(work.review, work.system, work.catalog, file=file.as_posix(), places=places).encode()
    return kind.render(work.review, work.system, work.catalog)
