"""`bartizan bom`: an AI bill of materials."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from bartizan.cli import parameters

__all__ = ["command"]


@click.command("bom")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", help="Files and folders.")
@click.option("--name", metavar="NAME", help="What the whole is called. Default: the first PATH's last part.")
@parameters.as_of
@parameters.output
def command(paths: tuple[str, ...], name: str | None, as_of: date | None, output: Path | None) -> int:
    """Write an AI bill of materials of what the files are, as CycloneDX 1.6.

    Models with their cards (architecture, task, licence, base models, data sets, language), files with their SHA-256,
    MCP servers and the packages they start, skills, Python requirements; what a scan found in them is there as
    vulnerabilities to be triaged. Everything is read from the files themselves, so all bytes are read once.
    """
    from bartizan.cli.bom_work import write_bom

    return write_bom(paths, name, as_of or date.today(), output)
