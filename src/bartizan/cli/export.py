"""`bartizan export`: the documents of the register as files, to keep in git and to apply again."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bartizan.cli.output import emit, say
from bartizan.cli.register_place import RegisterPlace, place_options
from bartizan.cli.registers import Shelf
from bartizan.model import BartizanError, InputError
from bartizan.model.documents import Kind
from bartizan.model.documents.plain import plain

__all__ = ["command"]


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; made if need be.")
@place_options
def command(folder: Path, server: str, token_file: Path | None, database: str) -> None:
    """Write every document of the register into a file of its own.

    DIR holds a folder for each kind (`systems/NAME.yaml`). What is the same is not written again, so that a folder in
    git shows what has changed; files of documents that are gone are named, and left. `bartizan apply -f DIR` of what
    was exported changes nothing.
    """
    shelf = RegisterPlace(server=server, token_file=token_file, database=database).open()
    try:
        total, written = 0, 0
        for kind in Kind:
            count, new = _export(shelf, kind, folder)
            total, written = total + count, written + new
    finally:
        shelf.close()
    emit(f"{total} documents in {folder}, {written} of them new or changed\n".encode(), None)


def _export(shelf: Shelf, kind: Kind, folder: Path) -> tuple[int, int]:
    """Write the documents of a kind; return how many there are, and how many files were new or changed."""
    from bartizan.store import write_whole
    from bartizan.store.yamltext import write_yaml

    place: Path | None = None
    names, written = set(), 0
    for document in shelf.all(kind):
        place = place or _folder(folder, kind.plural)
        path = place / f"{document.name}.yaml"
        content = write_yaml(plain(document)).encode()
        names.add(path.name)
        if _content(path) != content:
            write_whole(path, content)
            written += 1
    here = place or folder / kind.plural
    for path in sorted(here.glob("*.yaml")) if here.is_dir() else []:
        if path.name not in names:
            say(f"{path} is of no document that the register has now")
    return len(names), written


def _folder(folder: Path, name: str) -> Path:
    """Make a folder below another, and hold that it really is there. Raises InputError or BartizanError."""
    place = folder / name
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BartizanError(f"`{place}` can't be made: {error.strerror}") from None
    if Path(os.path.realpath(place)).parent != Path(os.path.realpath(folder)):
        raise InputError(f"`{place}` is a link that leaves `{folder}`", help="remove it, or choose another folder")
    return place


def _content(path: Path) -> bytes | None:
    """Return what is in a file, None without one. Raises InputError for a link, which could lead anywhere."""
    if path.is_symlink():
        raise InputError(f"`{path}` is a link", help="remove it, or choose another folder")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BartizanError(f"`{path}` can't be read: {error.strerror}") from None
