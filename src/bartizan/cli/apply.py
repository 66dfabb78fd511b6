"""`bartizan apply`: make the register say what files say."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from bartizan.cli.apply_files import Found, Given, collect
from bartizan.cli.output import emit, say
from bartizan.cli.parameters import by as by_option
from bartizan.cli.register_place import RegisterPlace, place_options
from bartizan.cli.registers import Shelf
from bartizan.model import BartizanError, InputErrors, Place

__all__ = ["command"]

_WRONG, _BROKEN = 2, 1


@click.command("apply")
@click.option(
    "-f", "files", multiple=True, required=True, metavar="FILE|DIR",
    help="A file of documents, or a folder with all below it; `-` reads standard input. May be given several times.",
)  # fmt: skip
@place_options
@by_option
@click.option("--why", default="applied from files", show_default=True, metavar="TEXT", help="For the audit trail.")
@click.option("--unit", default="", metavar="UNIT", help="Business unit of systems that stand in files by themselves.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def command(
    files: tuple[str, ...], server: str, token_file: Path | None, database: str, by: str, why: str, unit: str,
    dry_run: bool,
) -> int:  # fmt: skip
    """Make the register say what files say.

    A file holds documents (`kind`, `name`, `unit`, `spec`), divided by lines with `---`, or is a system.yaml with what
    it includes. Prints one line for each document. What is wrong with one keeps no other from being applied; then the
    exit code is 2.
    """
    found = collect(files)
    for error in found.errors:
        say(error.diagnostics())
    for name in found.left_out:
        say(f"left out: {name} is no document")
    codes = [error.exit_code for error in found.errors]
    if found.documents:
        place = RegisterPlace(server=server, token_file=token_file, database=database)
        shelf = place.open(create=not dry_run, by=by)
        try:
            codes += _apply(found, shelf, why, unit, dry_run=dry_run)
        finally:
            shelf.close()
    return _WRONG if _WRONG in codes else _BROKEN if codes else 0


def _apply(found: Found, shelf: Shelf, why: str, unit: str, *, dry_run: bool) -> list[int]:
    """Apply documents one after the other, and return the exit codes of those that could not be.

    One may name another that comes after it, so what fails is tried again as long as others have gone well.
    """
    from bartizan.store.register import Unavailable

    waiting = found.documents
    while True:
        failed: list[tuple[Given, BartizanError]] = []
        for given in waiting:
            try:
                word = _one(given, shelf, why, unit, dry_run=dry_run)
            except Unavailable:
                raise
            except BartizanError as error:
                failed.append((given, error))
            else:
                title = f"{given.document.kind.value.lower()}/{given.document.name}"
                emit(f"{title} {word}{' (dry run)' if dry_run else ''}\n".encode(), None)
        if dry_run or not failed or len(failed) == len(waiting):
            break
        waiting = [given for given, _ in failed]
    for given, wrong in failed:
        say(_placed(wrong, given.file).diagnostics())
    return [wrong.exit_code for _, wrong in failed]


def _one(given: Given, shelf: Shelf, why: str, unit: str, *, dry_run: bool) -> str:
    document = given.document
    held = shelf.get(document.kind, document.name)
    if given.bare:
        # A file without an envelope says nothing of the unit, and so doesn't move what is there.
        unit = unit or (held.document.unit if held else "")
        document = msgspec.structs.replace(document, unit=unit)
    return shelf.put(document, held, why, dry_run=dry_run)


def _placed(error: BartizanError, file: str) -> BartizanError:
    """Say in which file it is, where the register knows of no file."""
    for one in error.errors if isinstance(error, InputErrors) else [error]:
        if one.place is None or one.place.file in ("", "body"):
            one.place = Place(file)
    return error
