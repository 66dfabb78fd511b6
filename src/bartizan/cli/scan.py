"""`bartizan scan`: what artefacts hold, one subcommand a kind of artefact."""

from __future__ import annotations

import click

from bartizan.cli.scan_data import data

__all__ = ["command"]


@click.group("scan")
def command() -> None:
    """Find out what files hold: sensitive data."""


command.add_command(data)
