"""`bartizan scan`: what artefacts hold, one subcommand a kind of artefact; without one, everything it recognises."""

from __future__ import annotations

import click

from bartizan.cli.scan_artefacts import agent, everything, model
from bartizan.cli.scan_data import data

__all__ = ["command"]


class _Scan(click.Group):
    """A group whose first word may also be a path or an option of `bartizan scan PATH`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the command that takes paths before what names none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [everything.name or "", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands to show."""
        return [name for name in super().list_commands(ctx) if name != everything.name]


@click.group("scan", cls=_Scan, invoke_without_command=False, subcommand_metavar="[model|agent|data] PATH...")
def command() -> None:
    """Find out whether files are safe to bring in, and what they hold.

    `bartizan scan PATH` looks for everything: model files and repositories, assistant configuration, skills, MCP
    servers, notebooks and code that uses AI. `model` and `agent` look at those alone. `data` finds sensitive data.

    `bartizan scan PATH` takes the options of `bartizan scan model`.
    """


for each in (everything, model, agent, data):
    command.add_command(each)
