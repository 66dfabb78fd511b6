"""`bartizan schema`: JSON Schemas for editors."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes
from bartizan.store.schema import system_schema

__all__ = ["command"]


@click.command("schema")
@click.argument("name", type=click.Choice(["system"]), metavar="NAME", help="system.")
@parameters.output
def command(name: str, output: Path | None) -> None:  # noqa: ARG001 - the one choice there is so far
    """Print the JSON Schema of a file format, for editors.

    Editors with the YAML language server complete and check a file that starts with the line

    # yaml-language-server: $schema=system.schema.json
    """
    emit(json_bytes(system_schema()), output)
