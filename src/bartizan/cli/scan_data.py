"""`bartizan scan data`: sensitive data in files, whatever their number and size."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import grades, parameters

__all__ = ["data"]


@click.command("data")
@click.argument(
    "paths", nargs=-1, metavar="PATH|URL...", help="Files, folders, or addresses such as s3://bucket/folder."
)
@click.option(
    "--policy",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What to look for, a YAML file. Default: the default types.",
)
@click.option(
    "--types",
    metavar="LIST",
    help="Look for these only: types, families such as `secret`, or regions such as `region:ch`, with commas between.",
)
@click.option(
    "--scheme",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The organisation's classification scheme, a YAML file.",
)
@click.option(
    "--min-confidence",
    type=click.IntRange(65, 100),
    metavar="NUMBER",
    help="Report what is at least this sure: 65, 75 or 85. Default: 75, or what the policy says if that is more.",
)
@click.option("--workers", type=click.IntRange(1, 4096), metavar="N", help="Processes. Default: one for each core.")
@click.option(
    "--executor",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where the work is done: on this machine, or on the Ray cluster of RAY_ADDRESS.",
)
@click.option("--resume", metavar="RUN", help="Go on with an interrupted run; PATH and options are those of the run.")
@click.option(
    "--run-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Keep the run below this folder. Default: below the cache, until the scan is done.",
)
@parameters.scan_format()
@parameters.output
@grades.fail_on(
    "End with an exit code from 11 (info) to 15 (critical) when a finding is at or above this severity. What could not "
    "be inspected counts as info."
)
@click.option(
    "--asset",
    metavar="SYSTEM.yaml:ID",
    help="Note what was found as evidence about this data asset, beside the system.",
)
@click.option(
    "--risk",
    metavar="COLUMNS",
    help="Say how easily persons are re-identified by these columns of the tables, with commas between.",
)
def data(
    paths: tuple[str, ...],
    policy: Path | None,
    types: str | None,
    scheme: Path | None,
    min_confidence: int | None,
    workers: int | None,
    executor: str,
    resume: str | None,
    run_dir: Path | None,
    format: str | None,
    output: Path | None,
    fail_on: str,
    asset: str | None,
    risk: str | None,
) -> int:
    """Find sensitive data in files, tables, archives and remote storage.

    Values are never shown: a finding says type, class, place and shape. In a table, one finding stands for a type in a
    column; in free text, one for a type in a line, for the first 20 lines, and one more for the rest.

    A column is of a type when at least half of its records that aren't empty hold one, and more of them than chance
    explains. Then its unsure values count, too.

    Verdicts: dangerous where restricted data or secrets were found; safe where nothing was found, or public data only,
    and everything could be inspected; unknown otherwise. Safe says nothing about the class: what nobody recognises may
    still be secret.

    A scan that was interrupted, even by a kill or a power cut, goes on with --resume where it stopped. Files that have
    changed are done again, and everything is when the rules have changed.
    """
    from bartizan.cli.scan_work import Asked, scan_data

    asked = Asked(
        paths=list(paths),
        policy=policy,
        types=_words(types),
        scheme=scheme,
        min_confidence=min_confidence,
        workers=workers,
        executor=executor,
        resume=resume,
        run_dir=run_dir,
        format=format,
        output=output,
        fail_on=fail_on,
        asset=asset,
        risk=_words(risk),
    )
    return scan_data(asked)


def _words(text: str | None) -> list[str]:
    return [word.strip() for word in (text or "").split(",") if word.strip()]
