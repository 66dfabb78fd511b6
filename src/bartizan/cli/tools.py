"""`bartizan tools`: cards of tools, drafted for review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bartizan.cli import parameters
from bartizan.cli.mcp_pins import BehindDashes

__all__ = ["command"]


@click.group("tools")
def command() -> None:
    """Say of tools what they do, which of their arguments matter, and how far their results can be trusted."""


@command.command("card", cls=BehindDashes)
@click.argument(
    "server", required=False, default="", metavar="[SERVER]",
    help="A file of tool definitions (JSON, as of `tools/list`); a name in gateway.yaml or in a client's file of "
    "servers; FILE#NAME; a URL. For a local server its command goes behind `--`.",
)  # fmt: skip
@click.option("--name", default="", metavar="NAME", help="What to call the server. Default: made from SERVER.")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), metavar="FILE",
    help="A client's file that lists servers. Default: .mcp.json and the like in this folder.",
)  # fmt: skip
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE",
    help="The gateway's configuration. Default: gateway.yaml, where it is.",
)  # fmt: skip
@click.option("--secret", default="", metavar="WHERE", help="A bearer token for a URL: env:NAME or file:PATH.")
@click.option(
    "--seconds", type=click.FloatRange(1, 3_600), default=60.0, show_default=True, metavar="N",
    help="How long the server may take to say what it defines.",
)  # fmt: skip
@parameters.output
def card(**options: Any) -> int:
    """Draft a card for every tool of a server, to be reviewed by a person.

    What a tool says of itself is a claim: where its name, its description and its arguments disagree, the worse counts,
    and what nothing explains is taken for the worst. Each card is YAML with a comment for each reason. Put your name
    into `reviewed_by` once you have read one.

    Where the file of -o holds cards already, those that were reviewed stay as they are. When a tool's definition has
    changed since, its card keeps what was decided, takes what is new and worse, and wants to be reviewed again.
    """
    from bartizan.cli.mcp_targets import AskedServer
    from bartizan.cli.tools_work import draft_cards

    asked = AskedServer(
        server=options.pop("server"),
        command=options.pop("words"),
        source=options.pop("source"),
        config=options.pop("config"),
        secret=options.pop("secret"),
        name=options.pop("name"),
    )
    return draft_cards(asked, **options)
