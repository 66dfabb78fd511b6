"""`bartizan export`: the documents of the register as files, to keep in git and to apply again."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import click

from bartizan.cli.output import emit, say
from bartizan.cli.register_place import RegisterPlace, place_options
from bartizan.cli.registers import Shelf
from bartizan.model import BartizanError, InputError
from bartizan.model.decode import nearest
from bartizan.model.documents import Kind
from bartizan.model.documents.plain import plain

__all__ = ["command"]


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR", help="Where to write; made if need be.")
@click.option(
    "--format",
    type=click.Choice(["documents", "oscal"]),
    default="documents",
    show_default=True,
    help="Documents to apply again, or OSCAL: catalogs, profiles, plans and results for other programs.",
)
@click.option("--name", "names", multiple=True, metavar="NAME", help="With oscal: only this; several may be named.")
@place_options
def command(
    folder: Path, format: str, names: tuple[str, ...], server: str, token_file: Path | None, database: str
) -> None:
    """Write every document of the register into a file of its own.

    DIR holds a folder for each kind (`systems/NAME.yaml`). What is the same is not written again, so that a folder in
    git shows what has changed; files of documents that are gone are named, and left. `bartizan apply -f DIR` of what
    was exported changes nothing.

    With --format oscal, DIR/oscal holds the catalog of controls; of each system its baseline, security plan, assessment
    plan, assessment results and plan of action; and of each policy a catalog and a profile. They refer to each other by
    the names of their files.
    """
    if names and format != "oscal":
        raise InputError("--name is for --format oscal", help="`bartizan get KIND NAME -o yaml` shows one document")
    shelf = RegisterPlace(server=server, token_file=token_file, database=database).open()
    try:
        total, written = 0, 0
        for count, new in _oscal(shelf, folder, names) if format == "oscal" else _documents(shelf, folder):
            total, written = total + count, written + new
    finally:
        shelf.close()
    where = folder / "oscal" if format == "oscal" else folder
    emit(f"{total} documents in {where}, {written} of them new or changed\n".encode(), None)


def _documents(shelf: Shelf, folder: Path) -> Iterator[tuple[int, int]]:
    for kind in Kind:
        yield _export(shelf, kind, folder)


def _oscal(shelf: Shelf, folder: Path, wanted: Collection[str]) -> Iterator[tuple[int, int]]:
    """Write the OSCAL documents of the systems and policies; yield how many there are, and how many were new."""
    from bartizan.console.interchange import documents_of
    from bartizan.report.oscal_dossier import CATALOG_FILE

    known = {kind: [one.name for one in shelf.entries(kind)] for kind in (Kind.SYSTEM, Kind.POLICY)}
    for name in wanted:
        if not any(name in names for names in known.values()):
            every = [one for names in known.values() for one in names]
            raise InputError(f"there is no system or policy `{name}`", help=nearest(name, every))
    place = _folder(folder, "oscal")
    yield 1, _write(place / CATALOG_FILE, shelf.interchange(CATALOG_FILE))
    for name in known[Kind.POLICY]:
        for suffix in documents_of(Kind.POLICY) if name in wanted or not wanted else []:
            yield 1, _write(place / f"{name}{suffix}", shelf.interchange(f"{name}{suffix}"))
    for name in known[Kind.SYSTEM]:
        if name in wanted or not wanted:
            yield _of_system(shelf, name, place, documents_of(Kind.SYSTEM), named=bool(wanted))


def _of_system(shelf: Shelf, name: str, place: Path, suffixes: Sequence[str], *, named: bool) -> tuple[int, int]:
    """Write what is known of a system, asked for at once; say of one that could not be assessed that it couldn't.

    Raises Missing for such a one that was asked for by name.
    """
    from bartizan.store.register import Missing

    try:
        content = shelf.interchange(f"{name}.oscal.zip")
    except Missing as error:
        if named:
            raise
        say(f"left out: {error.message}")
        return 0, 0
    written = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for suffix in suffixes:
            written += _write(place / f"{name}{suffix}", archive.read(f"{name}{suffix}"))
    return len(suffixes), written


def _write(path: Path, content: bytes) -> int:
    """Write a file, if it says something else by now; return how many were written."""
    from bartizan.store import write_whole

    if _content(path) == content:
        return 0
    write_whole(path, content)
    return 1


def _export(shelf: Shelf, kind: Kind, folder: Path) -> tuple[int, int]:
    """Write the documents of a kind; return how many there are, and how many files were new or changed."""
    from bartizan.store.yamltext import write_yaml

    place: Path | None = None
    names, written = set(), 0
    for document in shelf.all(kind):
        place = place or _folder(folder, kind.plural)
        path = place / f"{document.name}.yaml"
        content = write_yaml(plain(document)).encode()
        names.add(path.name)
        written += _write(path, content)
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
