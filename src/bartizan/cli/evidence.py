"""`bartizan evidence`: what proves that controls work, from files into the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bartizan.cli.output import emit, say
from bartizan.cli.parameters import Day
from bartizan.cli.parameters import by as by_option
from bartizan.cli.register_place import RegisterPlace, place_options
from bartizan.model import BartizanError, InputError, InputErrors, Place

if TYPE_CHECKING:
    from bartizan.cli.registers import Taken
    from bartizan.govern.junit import AboutTests

__all__ = ["command"]

_SHOWN = 10


@click.group("evidence")
def command() -> None:
    """Bring what proves that controls work into the register."""


@command.command("tests")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...",
    help="Reports as JUnit XML, or JSON with one object a line.",
)  # fmt: skip
@click.option("--system", required=True, metavar="NAME", help="The system that was tested.")
@click.option(
    "--map", "map_file", type=click.Path(path_type=Path), metavar="FILE",
    help="A YAML file that says which tests are about which controls, for programs that write no properties.",
)  # fmt: skip
@click.option(
    "--observed-at", type=Day(), metavar="DAY",
    help="The day of the tests. Default: by the time that the report has.",
)  # fmt: skip
@place_options
@by_option
@click.option("--dry-run", is_flag=True, help="Say what would be kept, and keep nothing.")
def tests(
    files: tuple[Path, ...], system: str, map_file: Path | None, observed_at: date | None, server: str,
    token_file: Path | None, database: str, by: str, dry_run: bool,
) -> int:  # fmt: skip
    """Make evidence of results of tests.

    A test names its controls by the property `bartizan.control` and where by `bartizan.place`, or --map does. What
    fails says that a control doesn't work, what was skipped says nothing, and tests that name no control are told.
    Prints one line for each control and place. A report that is wrong is left out whole; then the exit code is 2.
    """
    rules = _rules(map_file) if map_file else []
    shelf = RegisterPlace(server=server, token_file=token_file, database=database).open(by=by)
    try:
        from bartizan.cli.registers import Report
        from bartizan.store import read_bounded
        from bartizan.store.register import Unavailable

        code = 0
        for file in files:
            try:
                report = Report(content=read_bounded(file), file=str(file), rules=rules, observed_at=observed_at)
                _tell(shelf.take(system, report, dry_run=dry_run), str(file), dry_run=dry_run)
            except FileNotFoundError:
                say(InputError(f"`{file}` does not exist").diagnostics())
                code = 2
            except Unavailable:
                raise
            except BartizanError as error:
                say(_placed(error, str(file)).diagnostics())
                code = max(code, error.exit_code)
    finally:
        shelf.close()
    return code


def _rules(file: Path) -> list[AboutTests]:
    from bartizan.govern.junit import read_rules
    from bartizan.store import read_bounded

    try:
        return read_rules(read_bounded(file), str(file))
    except FileNotFoundError:
        raise InputError(f"`{file}` does not exist") from None


def _tell(taken: Taken, file: str, *, dry_run: bool) -> None:
    for proof in taken.evidence:
        where = f" at {proof.place}" if proof.place else ""
        emit(f"{proof.control}{where} {proof.outcome}: {proof.detail}\n".encode(), None)
    if taken.without:
        names = ", ".join(taken.unnamed[:_SHOWN])
        more = ", ..." if taken.without > _SHOWN else ""
        say(f"{taken.without} {'tests name' if taken.without > 1 else 'test names'} no control: {names}{more}")
    kept = "nothing is kept" if dry_run else f"{taken.added} new pieces of evidence"
    say(f"{file}: {taken.passed} passed, {taken.failed} failed, {taken.skipped} skipped; {kept}")


def _placed(error: BartizanError, file: str) -> BartizanError:
    """Say in which file it is, where the register knows of no file."""
    for one in error.errors if isinstance(error, InputErrors) else [error]:
        if one.place is None or not one.place.file:
            one.place = Place(file, one.place.line) if one.place else Place(file)
    return error
