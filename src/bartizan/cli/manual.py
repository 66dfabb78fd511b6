"""The reference page of the command line, made from the commands themselves."""

from collections.abc import Iterator
from importlib import import_module

import click

from bartizan.catalog import Catalog
from bartizan.cli.root import COMMANDS, root
from bartizan.report import FORMATS

__all__ = ["commands"]


def commands(catalog: Catalog) -> str:  # noqa: ARG001 - every reference page takes it
    """Every command with its arguments and options, and every format of a review."""
    lines = ["# Commands", "", _text(root.help or ""), ""]
    for name, entry in COMMANDS.items():
        lines += _command(import_module(f"bartizan.cli.{entry.module}").command, f"bartizan {name}", name)
    lines += ["## Formats of a review {#formats}", "", "| format | file | for |", "|---|---|---|"]
    lines += [f"| `{kind.name}` | `{kind.suffix}` | {kind.summary} |" for kind in FORMATS.values()]
    return "\n".join([*lines, ""])


def _command(command: click.Command, path: str, anchor: str) -> Iterator[str]:
    context = click.Context(command, info_name=path)
    yield f"## {path} {{#{anchor}}}"
    yield ""
    yield f"    {' '.join(command.get_usage(context).removeprefix('Usage: ').split())}"
    yield ""
    yield _text(command.help or "")
    yield ""
    yield from _options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _command(inner, f"{path} {name}", f"{anchor}-{name}")


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    rows = [record for option in command.params if (record := option.get_help_record(context)) is not None]
    if rows:
        yield "| option | meaning |"
        yield "|---|---|"
        for names, meaning in rows:
            yield f"| `{names.replace('|', '¦')}` | {' '.join(meaning.split()).replace('|', '¦')} |"
        yield ""


def _text(help: str) -> str:
    return "\n\n".join(" ".join(part.split()) for part in help.split("\n\n"))
