"""`bartizan get`: list and show documents of the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bartizan.cli.output import emit, json_bytes
from bartizan.cli.register_place import RegisterPlace, place_options
from bartizan.cli.registers import Shelf, kind_of
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.model.documents import Document, Kind
from bartizan.model.documents.plain import plain

if TYPE_CHECKING:
    from bartizan.store.register import Entry

__all__ = ["command"]

_COLUMNS = ("NAME", "UNIT", "TITLE", "OWNER", "STATE", "ENDS", "VERSION")
_OF_SYSTEMS = ("NAME", "UNIT", "TITLE", "OWNER", "STAGE", "TIER", "WORST", "ABOVE", "VERSION")
_LONGEST = 48


@click.command("get")
@click.argument("kind", metavar="KIND", help="systems, tools, vendors, sandboxes, exceptions, policies, organisation.")
@click.argument("name", required=False, default="", metavar="[NAME]", help="One of them; without it all.")
@click.option(
    "-o",
    "output",
    type=click.Choice(["table", "yaml", "json", "name"]),
    default="table",
    show_default=True,
    help="As a table, as documents in YAML or JSON, or only names.",
)
@place_options
def command(kind: str, name: str, output: str, server: str, token_file: Path | None, database: str) -> None:
    """List documents of the register, or show one.

    KIND may be in the singular or the plural. What `-o yaml` prints can be applied again.
    """
    wanted = kind_of(kind)
    shelf = RegisterPlace(server=server, token_file=token_file, database=database).open()
    try:
        if output in ("table", "name"):
            _list(_entries(shelf, wanted, name), wanted, output)
        else:
            _show(_documents(shelf, wanted, name), output, one=bool(name))
    finally:
        shelf.close()


def _entries(shelf: Shelf, kind: Kind, name: str) -> Iterator[Entry]:
    names = []
    for entry in shelf.entries(kind):
        names.append(entry.name)
        if name in ("", entry.name):
            yield entry
    if name and name not in names:
        raise InputError(f"there is no {kind.value.lower()} `{name}`", help=nearest(name, names))


def _documents(shelf: Shelf, kind: Kind, name: str) -> Iterator[Document]:
    if not name:
        yield from shelf.all(kind)
        return
    held = shelf.get(kind, name)
    if held is None:
        raise InputError(f"there is no {kind.value.lower()} `{name}`", help=f"`bartizan get {kind.plural}` lists them")
    yield held.document


def _list(entries: Iterable[Entry], kind: Kind, output: str) -> None:
    if output == "name":
        for entry in entries:
            if not emit(f"{kind.value.lower()}/{entry.name}\n".encode(), None):
                return
        return
    heading = _OF_SYSTEMS if kind is Kind.SYSTEM else _COLUMNS
    rows = [heading, *(_row(entry, kind) for entry in entries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    emit(("\n".join(lines) + "\n").encode(), None)


def _row(entry: Entry, kind: Kind) -> tuple[str, ...]:
    head = (entry.name, entry.unit or "-", _short(entry.title), _short(entry.owner))
    if kind is not Kind.SYSTEM:
        return (*head, entry.state or "-", entry.ends.isoformat() if entry.ends else "-", str(entry.version))
    made = entry.assessment
    told = (
        ("-", "-", "-") if made is None else (made.tier, made.worst or "none", "yes" if made.above_appetite else "no")
    )
    return (*head, entry.state or "-", *told, str(entry.version))


def _short(text: str) -> str:
    """Return a text in one cell: nothing in it may steer a terminal or make a line of its own."""
    shown = "".join(one if one.isprintable() else "\ufffd" for one in text) or "-"
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _show(documents: Iterable[Document], output: str, *, one: bool) -> None:
    from bartizan.store.yamltext import write_yaml

    if output == "yaml":
        for number, document in enumerate(documents):
            if not emit((("---\n" if number else "") + write_yaml(plain(document))).encode(), None):
                return
        return
    found = [plain(document) for document in documents]
    emit(json_bytes(found[0] if one else found), None)
