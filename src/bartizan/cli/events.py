"""`bartizan events`: what the gateway has put on record, and whether it is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bartizan.cli import grades, parameters

__all__ = ["command"]

_FILE = click.Path(path_type=Path)


@click.group("events")
def command() -> None:
    """Read what the gateway has put on record, and verify that nobody has changed it since."""


@command.command("tail")
@click.option("--folder", type=_FILE, default=Path("events"), show_default=True, metavar="F", help="The event log.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what is added, until interrupted.")
@click.option(
    "-n",
    "--last",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    metavar="N",
    help="Begin with the last N events that fit.",
)
@click.option("--all", "everything", is_flag=True, help="Begin with the first event that fits.")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="Only events of this kind, such as call, refusal, "
    "skip, block, key, policy, start or stop; may be given again.",
)
@click.option("--principal", default="", metavar="ID", help="Only events of this caller.")
@click.option("--decision", type=click.Choice(["allow", "transform", "ask", "deny"]), help="Only this decision.")
@click.option("--rule", default="", metavar="ID", help="Only what this rule has decided.")
@click.option(
    "--since",
    default="",
    metavar="TIME",
    help="Only from this time on: 2026-11-28, 2026-11-28T08:00Z, or a span back from now, such as 30m, 12h or 7d.",
)
@click.option("--until", default="", metavar="TIME", help="Only before this time.")
@click.option(
    "--format",
    type=click.Choice(["text", "json", "ocsf", "otel"]),
    default="text",
    show_default=True,
    help="One object a line, but for text; ocsf is OCSF 1.8, otel are OpenTelemetry spans as OTLP.",
)
def tail(**asked: Any) -> int:
    """Show events, oldest first. They hold who, what and which decision, and counts of what was found, never a text."""
    from bartizan.cli.events_work import AskedTail
    from bartizan.cli.events_work import tail as work

    return work(AskedTail(**asked))


@command.command("verify")
@click.argument("folder", type=_FILE, metavar="FOLDER", help="The event log.")
@click.option(
    "--anchor",
    type=_FILE,
    metavar="FILE",
    help="Ends of chains that were noted before, to find what was cut from the end, or written anew as a whole.",
)
@click.option(
    "--note",
    type=_FILE,
    metavar="FILE",
    help="Add the ends of the chains to this file when nothing is "
    "wrong. Keep it where whoever can change the log can't.",
)
@click.option("--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the result.")
@parameters.output
@grades.fail_on("End with an exit code from 11 to 15 when a finding is at or above this severity.")
def verify(**asked: Any) -> int:
    """Verify that no event was changed, removed, inserted or moved since it was written.

    Each line holds the hash of the line before it, one chain for each process that writes. What a killed process has
    left unfinished is no finding once the next one has said so.
    """
    from bartizan.cli.events_work import AskedVerify
    from bartizan.cli.events_work import verify as work

    return work(AskedVerify(**asked))
