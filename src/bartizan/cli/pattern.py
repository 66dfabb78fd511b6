"""`bartizan pattern`: secure designs to look at and to put into a system."""

from __future__ import annotations

import posixpath
from pathlib import Path

import click
import msgspec

from bartizan.catalog import Pattern
from bartizan.catalog.apply import apply_pattern
from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.cli.work import catalog
from bartizan.model import InputError, InputErrors, parse_system, parse_text
from bartizan.model.decode import nearest
from bartizan.model.yamltree import parse_yaml
from bartizan.report.terminal import Column, Pen
from bartizan.store import Source, write_whole
from bartizan.store.patterns import fragment
from bartizan.store.yamltext import write_yaml

__all__ = ["command"]


@click.group("pattern")
def command() -> None:
    """List, show and apply secure design patterns."""


@command.command("list")
@parameters.views
def list_(format: str) -> None:
    """List the patterns."""
    patterns = sorted(catalog().patterns.values(), key=lambda entry: entry.id)
    if format == "json":
        rows = [{"id": entry.id, "title": entry.title, "intent": entry.intent.strip()} for entry in patterns]
        emit(json_bytes({"schema": "bartizan/patterns/1", "patterns": rows}), None)
        return
    pen = Pen(*terminal(None))
    lines = pen.table([Column(40, style="bold"), Column()], [[entry.id, entry.title] for entry in patterns], indent=0)
    emit(("\n".join(lines) + "\n").encode(), None)


@command.command("show")
@click.argument("id", help="The pattern.")
@parameters.views
def show(id: str, format: str) -> None:
    """Show a pattern and its system."""
    pattern = _find(id)
    if format == "json":
        emit(json_bytes({"schema": "bartizan/pattern/1", **msgspec.to_builtins(pattern)}), None)
        return
    pen = Pen(*terminal(None))
    lines = [*pen.paragraph(f"{pattern.title} ({pattern.id})", 0, "bold"), *pen.paragraph(pattern.intent, 0)]
    for title, entries in (
        ("applies", pattern.applies),
        ("essential controls", pattern.essential),
        ("parameters (--set NAME=ID)", [f"{name}: {meaning}" for name, meaning in pattern.parameters.items()]),
    ):
        lines.append(pen.heading(title))
        lines += [line for entry in entries for line in pen.paragraph(entry)]
    lines += [pen.heading("system"), write_yaml(pattern.system)]
    emit("\n".join(lines).encode(), None)


@command.command("apply")
@click.argument("id", help="The pattern.")
@click.argument("file", type=click.Path(path_type=Path), required=False, help="The system to put it into.")
@click.option("--set", "names", multiple=True, metavar="NAME=ID", help="Use this id for a parameter of the pattern.")
@parameters.output
def apply(id: str, file: Path | None, names: tuple[str, ...], output: Path | None) -> None:
    """Put a pattern into a system.

    With FILE, the pattern's parts go to a file of their own beside it, which FILE then includes. Parts whose ids FILE
    has already stay as they are, and get the pattern's controls. Without FILE, the whole pattern is
    written as a system of its own.
    """
    pattern = _find(id)
    chosen = _names(names)
    if file is None:
        text = write_yaml(apply_pattern(pattern, chosen))
        parse_text(text, pattern.id)
        emit(text.encode(), output)
        return
    source = Source.find(file)
    document, notes = fragment(pattern, chosen, source.system())
    part = output.name if output else f"{pattern.id}.yaml"
    header = f"# From the pattern {pattern.id}: {pattern.title}.\n"
    _include(source, part, (header + write_yaml(document)).encode())
    for note in notes:
        say(f"note: {note}")
    say(f"wrote {source.shown / part}, which {file} includes now\nnext: bartizan review {file}")


def _find(id: str) -> Pattern:
    patterns = catalog().patterns
    if id not in patterns:
        raise InputError(f"there is no pattern `{id}`", help=nearest(id, patterns))
    return patterns[id]


def _names(pairs: tuple[str, ...]) -> dict[str, str]:
    out = {}
    for pair in pairs:
        name, sign, new = pair.partition("=")
        if not (name and sign and new):
            raise InputError(f"`--set {pair}` must be NAME=ID")
        out[name] = new
    return out


def _include(source: Source, part: str, content: bytes) -> None:
    """Write `content` beside the system as `part`, and let the system include it, once both are known to fit."""
    folder = source.folder.root
    path = posixpath.join(posixpath.dirname(source.name), part)
    main = source.folder(source.name)
    changed = _with_include(main, part, source.name)

    def read(name: str) -> bytes:
        return changed if name == source.name else content if name == path else source.folder(name)

    try:
        parse_system(source.name, read)
    except InputErrors as error:
        raise InputError(f"the pattern does not fit this system: {error.errors[0].message}") from None
    except InputError as error:
        raise InputError(f"the pattern does not fit this system: {error.message}", help=error.help) from None
    write_whole(folder / path, content, replace=False)
    write_whole(folder / source.name, changed)


def _with_include(main: bytes, part: str, name: str) -> bytes:
    """Return a system's text with one more include; its comments and layout stay."""
    tree = parse_yaml(main, name).value
    assert isinstance(tree, dict)
    if "include" not in tree:
        newline = b"" if main.endswith(b"\n") else b"\n"
        return main + newline + f"\ninclude: [{part}]\n".encode()
    place, node = tree["include"]
    lines = main.decode("utf-8-sig").split("\n")
    line = lines[place.line - 1]
    if isinstance(node.value, list) and node.place.line == place.line and line.rstrip().endswith("]"):
        separator = ", " if node.value else ""
        lines[place.line - 1] = f"{line.rstrip()[:-1]}{separator}{part}]"
        return "\n".join(lines).encode()
    raise InputError(
        "the list under `include` can't be added to by a program",
        place=place,
        help=f"write it as `include: [...]` on one line, or add `{part}` yourself",
    )
