"""`bartizan import`: systems that another tool describes."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from bartizan.cli import parameters
from bartizan.cli.output import emit, say
from bartizan.model import InputError, parse_text
from bartizan.store import read_bounded
from bartizan.store.importers import Imported
from bartizan.store.yamltext import write_yaml

__all__ = ["command"]

_FORMATS = {"otm": "Open Threat Model", "threagile": "Threagile"}


@click.command("import")
@click.argument("format", type=click.Choice(list(_FORMATS)), metavar="FORMAT", help="otm or threagile.")
@click.argument("file", type=click.Path(path_type=Path), help="The file to read.")
@parameters.output
def command(format: str, file: Path, output: Path | None) -> None:
    """Read a system from another tool's format.

    Writes a system.yaml to standard output or to -o. What was guessed or could not be carried over is listed on
    standard error: read it, and add what the other tool has no word for.
    """
    try:
        content = read_bounded(file)
    except FileNotFoundError:
        raise InputError(f"`{file}` does not exist", help="name the file to import") from None
    imported: Imported = import_module(f"bartizan.store.importers.{format}").read(content, str(file))
    header = f"# From a description in {_FORMATS[format]}. Check the kinds, and add what that format has no word for.\n"
    made = header + write_yaml(imported.document)
    # What the other tool allows and the language doesn't, such as an empty model, is said before anything is written.
    system = parse_text(made, str(file))
    emit(made.encode(), output)
    for note in imported.notes:
        say(f"note: {note}")
    say(f"read {len(system.components)} components and {len(system.flows)} flows from {file}")
