"""`bartizan pin`: note what was approved, and tell what has drifted since."""

from __future__ import annotations

from pathlib import Path

import click

from bartizan.cli import grades, parameters

__all__ = ["command"]


@click.command("pin")
@click.argument("path", metavar="PATH", help="A file, or a folder with all below it.")
@click.option("--check", is_flag=True, help="Compare with the pins instead of writing them; each drift is a finding.")
@click.option(
    "--pins",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the pins are. Default: bartizan.pins.json in the folder, or NAME.pins.json beside a file.",
)
@parameters.scan_format("Of what --check reports. Default: by the suffix of -o, else text.")
@parameters.output
@grades.fail_on("With --check: end with an exit code from 11 to 15 when a drift is at or above this severity.")
def command(path: str, check: bool, pins: Path | None, format: str | None, output: Path | None, fail_on: str) -> int:
    """Pin files, tool definitions and MCP servers as they are, or tell what has changed since.

    A pin is a SHA-256 digest: of each file's bytes, of each tool's definition (name, description, schema, annotations)
    in any JSON file, and of each MCP server's entry in a configuration, where values of environment variables and
    headers are left out. Pins belong into version control, beside what they pin. Running `bartizan pin` again approves
    what is there, and says what that changes.
    """
    from bartizan.cli.pin_work import AskedPin, pin

    return pin(AskedPin(path=path, check=check, pins=pins, format=format, output=output, fail_on=fail_on))
