"""`bartizan types`: the kinds of sensitive data that Bartizan knows, and those of Microsoft Purview."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import click
import msgspec

from bartizan.catalog.data_types import DataType, Family, Form, load_data_types
from bartizan.catalog.places import cache_folder
from bartizan.cli import parameters
from bartizan.cli.output import emit, json_bytes, say, terminal
from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.report.phrases import count
from bartizan.report.terminal import Column, Pen
from bartizan.store import read_bounded, write_whole
from bartizan.store.yamltext import write_yaml

__all__ = ["command"]

_FAMILIES = get_args(Family)
_FORMATS = ("purview",)
_USUAL = Form()


@click.group("types")
def command() -> None:
    """List and show kinds of sensitive data, and exchange them with Microsoft Purview."""


_family = click.option(
    "--family", type=click.Choice(_FAMILIES), metavar="FAMILY", help=f"One of: {', '.join(_FAMILIES)}."
)
_region = click.option("--region", metavar="COUNTRY", help="Only types of this country, such as ch.")


@command.command("list")
@click.argument("words", nargs=-1, help="What a type's id, title or keywords must hold; all without.")
@_family
@_region
@parameters.views
def list_types(words: tuple[str, ...], family: str | None, region: str | None, format: str) -> None:
    """List the data types: family, class, countries, and their names in other products."""
    chosen = [
        type
        for type in load_data_types(cache_folder()).values()
        if _is_of(type, family, region) and all(word.casefold() in _searched(type) for word in words)
    ]
    chosen.sort(key=lambda type: (_FAMILIES.index(type.family), type.id))
    if format == "json":
        emit(json_bytes({"schema": "bartizan/types/1", "types": [_brief(type) for type in chosen]}), None)
        return
    pen = Pen(*terminal(None))
    columns = [Column(13, style="dim"), Column(30, style="bold"), Column(12), Column(11, style="dim"), Column()]
    rows = [[type.family, type.id, type.class_, " ".join(type.regions), _title(type)] for type in chosen]
    lines = pen.table(columns, rows, indent=0) if rows else ["no data type is like that"]
    emit(("\n".join(lines) + "\n").encode(), None)


@command.command("show")
@click.argument("id", help="The data type.")
@parameters.views
def show(id: str, format: str) -> None:
    """Show one data type: what it looks like, how sure a match is, and which texts it is found in."""
    (type,) = _named([id])
    if format == "json":
        emit(json_bytes({"schema": "bartizan/type/1", "type": msgspec.to_builtins(type)}), None)
        return
    emit(("\n".join(_lines(type, Pen(*terminal(None)))) + "\n").encode(), None)


@command.command("export")
@click.argument("ids", nargs=-1, help="Data types; all without.")
@_family
@_region
@click.option("--format", type=click.Choice(_FORMATS), required=True, metavar="FORMAT", help="purview.")
@click.option("--name", default="Bartizan", show_default=True, help="Name of the rule package.")
@click.option(
    "--package-version",
    default="1.0",
    show_default=True,
    metavar="MAJOR.MINOR",
    help="Purview takes an uploaded package anew only when this is higher than before.",
)
@parameters.output
def export(
    ids: tuple[str, ...],
    family: str | None,
    region: str | None,
    format: str,  # noqa: ARG001 - the one choice there is so far
    name: str,
    package_version: str,
    output: Path | None,
) -> None:
    """Write data types as a rule package of Microsoft Purview.

    What Purview has no word for, such as checksums, is listed on standard error. Upload the file with
    New-DlpSensitiveInformationTypeRulePackage.
    """
    from bartizan.store.purview import export_types

    major, point, minor = package_version.partition(".")
    if not (point and all(part.isascii() and part.isdigit() and int(part) < 65_536 for part in (major, minor))):
        raise InputError(f"`{package_version}` is not a version", help="write it as 1.0")
    if not name.strip():
        raise InputError("`--name` is empty", help="a rule package has a name")
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        raise InputError("a rule package is not for a terminal", help="name a file: -o types.xml")
    chosen = [type for type in _named(ids) if _is_of(type, family, region)]
    if not chosen:
        raise InputError("no data type is like that", help="`bartizan types list` shows what there is")
    content, notes = export_types(chosen, name.strip(), (int(major), int(minor)))
    emit(content, output)
    _say(notes)
    left = sum(note.endswith("left out") for note in notes)
    say(f"wrote {len(chosen) - left} of {count(len(chosen), 'data type')}, with {count(len(notes), 'note')}")


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path), help="A rule package of Microsoft Purview, XML.")
@click.option("--format", type=click.Choice(_FORMATS), default="purview", metavar="FORMAT", help="purview.")
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="Where to write."
)
@click.option(
    "--class", "class_", default="confidential", show_default=True, help="Class of types whose package says none."
)
@click.option(
    "--family",
    type=click.Choice(_FAMILIES),
    default="business",
    show_default=True,
    metavar="FAMILY",
    help="Family of types whose package says none.",
)
def import_(file: Path, format: str, output: Path, class_: str, family: Family) -> None:  # noqa: ARG001 - as above
    """Read a rule package of Microsoft Purview, and write each of its types as a data type.

    Files that exist already stay as they are, and nothing is written when there is one. What could not be carried over
    is listed on standard error.
    """
    from bartizan.store.purview import import_types

    try:
        content = read_bounded(file)
    except FileNotFoundError:
        raise InputError(f"`{file}` does not exist", help="name the rule package") from None
    read = import_types(content, str(file), class_=class_, family=family)
    _say(read.notes)
    if not read.types:
        raise InputError(f"nothing in `{file}` can be carried over", help="the notes say why")
    targets = {type.id: output / f"{type.id}.yaml" for type in read.types}
    there = [target for target in targets.values() if target.exists()]
    if there:
        raise InputError(f"`{there[0]}` exists already", help="remove it, or choose another folder")
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"`{output}` can't be made: {(error.strerror or 'an error').lower()}") from None
    for type in read.types:
        header = "# From a rule package of Microsoft Purview. Add texts that it must and must not be found in.\n"
        write_whole(targets[type.id], (header + write_yaml(_document(type))).encode(), replace=False)
    say(f"wrote {count(len(read.types), 'data type')} to {output}, with {count(len(read.notes), 'note')}")


def _named(ids: Iterable[str]) -> list[DataType]:
    known = load_data_types(cache_folder())
    for id in ids:
        if id not in known:
            raise InputError(f"there is no data type `{id}`", help=nearest(id, known))
    return [known[id] for id in ids] or list(known.values())


def _say(notes: Iterable[str]) -> None:
    for note in notes:
        say(f"note: {note}")


def _is_of(type: DataType, family: str | None, region: str | None) -> bool:
    return (family is None or type.family == family) and (region is None or region.lower() in type.regions)


def _searched(type: DataType) -> str:
    return " ".join((type.id, type.title, *type.also.values(), *type.keywords)).casefold()


def _title(type: DataType) -> str:
    also = ", ".join(dict.fromkeys(type.also.values()))
    return f"{type.title}{'' if type.default else ' (off by default)'}{f' [{also}]' if also else ''}"


def _brief(type: DataType) -> dict[str, Any]:
    return {
        "id": type.id,
        "title": type.title,
        "family": type.family,
        "category": type.category,
        "class": type.class_,
        "regions": type.regions,
        "also": type.also,
        "default": type.default,
    }


def _document(type: DataType) -> dict[str, Any]:
    """A type as its file says it: what is as usual is left out."""
    usual = msgspec.to_builtins(DataType(id="x", title="", family="business", class_="", forms=[], hits=[], misses=[]))
    forms = [
        {key: value for key, value in msgspec.to_builtins(form).items() if value != getattr(_USUAL, key)}
        for form in type.forms
    ]
    whole = msgspec.to_builtins(type) | {"forms": forms}
    always = ("id", "title", "family", "class", "forms", "hits", "misses")
    return {key: value for key, value in whole.items() if key in always or value != usual[key]}


def _lines(type: DataType, pen: Pen) -> Iterator[str]:
    yield from pen.paragraph(f"{type.title} ({type.id})", 0, "bold")
    told = (
        ("family", type.family),
        ("class", type.class_),
        ("category", type.category or ""),
        ("countries", ", ".join(type.regions)),
        ("on", "by default" if type.default else "only when a policy asks for it"),
        ("also called", ", ".join(f"{name} ({product})" for product, name in type.also.items())),
        ("keywords", ", ".join(type.keywords)),
        ("keywords count within", f"{type.within} bytes"),
    )
    for name, value in told:
        if value:
            yield from pen.paragraph(f"{name}: {value}")
    for form in type.forms:
        looks = ", ".join(form.digits) or form.pattern or f"finder {form.finder}"
        alone = f"{form.alone} alone" if form.alone else "nothing alone"
        near = f", {form.near} near a keyword" if type.keywords else ""
        check = f", checked by {form.check}" if form.check else ""
        yield from pen.paragraph(f"form: {looks} ({alone}{near}{check})")
    for name, texts in (("found in", type.hits), ("not found in", type.misses)):
        for text in texts:
            yield from pen.paragraph(f"{name}: {text}")
    for reference in type.references:
        yield from pen.paragraph(f"see: {reference}")
