"""`bartizan sandbox`: trials of AI as documents: open, list, close with an exit report."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import parameters

__all__ = ["command"]

_config = parameters.gateway_config()


@click.group("sandbox")
def command() -> None:
    """Open, list and close sandboxes: who may try what, with which data, models, tools and money, until when."""


@command.command("open")
@click.argument("file", type=click.Path(path_type=Path), help="The sandbox's document, a YAML file.")
@parameters.by
@_config
def open_sandbox(file: Path, by: str, config: Path) -> int:
    """Open a sandbox as its document says it.

    A running gateway knows it within a second. When the document changes afterwards, calls are refused until it is
    opened again.
    """
    from bartizan.cli.sandbox_work import open_one

    return open_one(file, by, config)


@command.command("list")
@parameters.views
@_config
def list_sandboxes(format: str, config: Path) -> int:
    """List the sandboxes: open, closed, ended or changed."""
    from bartizan.cli.sandbox_work import show

    return show(config, format)


@command.command("close")
@click.argument("id", metavar="ID", help="The sandbox.")
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the exit report here, as JSON when it ends in .json, else as Markdown. Default: both, below `state`.",
)
@click.option("--why", default="closed by hand", show_default=True, metavar="TEXT", help="The reason.")
@parameters.by
@_config
def close_sandbox(id: str, report: Path | None, why: str, by: str, config: Path) -> int:
    """Close a sandbox at once, and write its exit report.

    The report is made from the event log: calls, people, tokens, money, findings by type, refusals by rule, and which
    criteria are met. For a sandbox that is closed or has ended, only the report is written.
    """
    from bartizan.cli.sandbox_work import AskedClose, close_one

    return close_one(AskedClose(id=id, report=report, why=why, by=by, config=config))
