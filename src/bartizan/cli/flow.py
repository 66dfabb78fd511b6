"""`bartizan flow`: what agents have done, held to the flow of values: replayed, and explained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bartizan.cli import parameters

__all__ = ["command"]

_FILE = click.Path(path_type=Path)


@click.group("flow")
def command() -> None:
    """Replay what agents have done, and explain where the values of a call came from."""


def _traces(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what both commands take: the traces, and how they are judged."""
    for decorate in reversed((
        click.argument(
            "traces",
            type=_FILE,
            help="Sessions as JSON lines, also gzipped: {prompt, events: [{who, tool, args, result, error}]}, "
            "or a session's journal.",
        ),
        click.option(
            "--cards",
            type=_FILE,
            multiple=True,
            metavar="C",
            help="Tool cards: a file for all suites, or a folder with SUITE.yaml for each; may be given again. "
            "Default: drafted from the traces.",
        ),
        click.option(
            "--own",
            multiple=True,
            metavar="DOMAIN",
            help="A domain of the organisation, to which anything may go; may be given again.",
        ),
        click.option(
            "--structure",
            "shapes",
            multiple=True,
            type=click.Choice(["json", "yaml", "python"]),
            default=("json", "python", "yaml"),
            show_default=True,
            help="How results may write records down; may be given again. Where tools put texts of others together "
            "without quoting them, say json alone: in such a text anybody can write a field.",
        ),
    )):  # fmt: skip
        function = decorate(function)
    return function


@command.command("replay")
@_traces
@click.option("--policy", type=_FILE, metavar="P", help="Cedar policies that decide as well: a file, or a folder.")
@click.option("--as", "user", default="", metavar="USER", help="Who the agents worked for, for policies.")
@click.option("--group", "groups", multiple=True, help="A group of that user, for policies; may be given again.")
@click.option(
    "--attended/--unattended",
    default=True,
    show_default=True,
    help="Whether somebody can be asked. The user's own calls are approved then, an attacker's are not.",
)
@click.option(
    "--judge",
    type=_FILE,
    multiple=True,
    metavar="C",
    help="Tool cards that say which calls have an effect, for figures of drafted cards. Default: the cards in use.",
)
@click.option(
    "--format",
    type=click.Choice(["text", "json", "html"]),
    default="text",
    show_default=True,
    help="For people, for programs, or one page for a browser.",
)
@parameters.output
def replay(**asked: Any) -> int:
    """Tell what would have been allowed, asked and denied, and which attacks would have come through.

    An attack comes through when any call with an effect is made that only the attacker wanted; it is complete when all
    of them are. Results are those of the traces: what an agent would have done instead is not known.
    """
    from bartizan.cli.flow_work import AskedReplay, replay_traces

    return replay_traces(AskedReplay(**asked))


@command.command("explain")
@_traces
@click.option(
    "--session",
    default="1",
    show_default=True,
    metavar="S",
    help="Which session of the file: its number from 1, or its name, such as suite/task.",
)
@click.option("--call", "number", type=click.IntRange(0), required=True, metavar="N", help="The call, from 0.")
@click.option(
    "--format",
    type=click.Choice(["text", "json", "svg", "html"]),
    default="text",
    show_default=True,
    help="A tree, data for programs, a drawing, or one page with it.",
)
@parameters.output
def explain(**asked: Any) -> int:
    """Show where each value of a call came from, and why the call was decided as it was.

    A journal is explained as it was decided then, also when it keeps digests instead of values; with --cards it is
    decided again.
    """
    from bartizan.cli.flow_work import AskedExplain, explain_call

    return explain_call(AskedExplain(**asked))
