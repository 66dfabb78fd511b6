"""`bartizan redact`: the same file without what is sensitive in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bartizan.cli.inspecting import inspector_for, policy_options
from bartizan.cli.redacting import key_ring, report, run, tell

if TYPE_CHECKING:
    from bartizan.inspection.redaction import Redactor

__all__ = ["command"]

_MODES = ("mask", "replace", "hash", "token", "pseudonym", "drop")
_LEAST = 75
_LEFT = ("marking",)
"""Families that stay unless they are asked for: a marking protects the document that it stands on."""


@click.command("redact")
@click.argument("path", help="A file, a folder, or `-` for lines on standard input.")
@click.option("-o", "--output", default="", metavar="OUT", help="File, new folder, or `-`; whole or not at all.")
@click.option(
    "--mode", type=click.Choice(_MODES), default="replace", show_default=True, help="What takes a value's place."
)
@policy_options
@click.option("--keep-format", default="", metavar="LIST",
              help="Data types whose values become others of the same form, for old systems.")  # fmt: skip
@click.option("--tenant", default="default", show_default=True, metavar="NAME",
              help="Whose values they are; no two tenants get the same tokens or pseudonyms.")  # fmt: skip
@click.option("--key", default="", metavar="FILE|env",
              help="Key for hash, token, pseudonym and --keep-format. Default: BARTIZAN_KEY.")  # fmt: skip
@click.option("--in-place", is_flag=True, help="Replace the input.")
@click.option("--report", "report_file", type=click.Path(path_type=Path), metavar="FILE",
              help="Write what was changed as JSON: files and counts, no values.")  # fmt: skip
def command(
    path: str,
    output: str,
    mode: str,
    policy: Path | None,
    types: str,
    min_confidence: int | None,
    keep_format: str,
    tenant: str,
    key: str,
    in_place: bool,
    report_file: Path | None,
) -> int:
    """Hide sensitive data in a file, a folder or a log stream, and keep the format.

    mask: stars, and the last four characters of cards and accounts. replace: the type, as <us-ssn>. hash, token: the
    same value gives the same token, for joins, and nothing leads back. pseudonym: `bartizan reveal` leads back, with
    the key. drop: nothing stays.

    Text, logs, JSON, CSV, Parquet, Arrow, Avro, XLSX, DOCX, PPTX, HTML, XML, notebooks, EML, SQLite, and gz, bz2, xz,
    zst, zip and tar of these. What can't be redacted is left out and named, and the exit code is then 1.
    """
    editor = _redactor(
        inspector_options=(policy, types, min_confidence), mode=mode, keep=keep_format, tenant=tenant, key=key
    )
    summary = run(path, output, editor, in_place=in_place)
    if report_file is not None:
        report(summary, report_file, mode)
    return tell(summary, "hidden:")


def _redactor(
    *, inspector_options: tuple[Path | None, str, int | None], mode: str, keep: str, tenant: str, key: str
) -> Redactor:
    from bartizan.inspection.redaction import KEYED, Finder, Hiding, Mode, Redactor, normaliser, validity
    from bartizan.model import InputError
    from bartizan.model.decode import nearest

    inspector = inspector_for(*inspector_options, default=_LEAST, without=_LEFT)
    kept = [word.strip() for word in keep.split(",") if word.strip()]
    for name in kept:
        if name not in inspector.known:
            raise InputError(f"`{name}` is not a data type", help=nearest(name, inspector.known))
    keys = key_ring(key) if kept or Mode(mode) in KEYED else None
    hiding = Hiding(
        Mode(mode),
        modes=dict.fromkeys(kept, Mode.FORMAT),
        keys=keys,
        tenant=tenant,
        normalise=normaliser(inspector.known),
        valid=validity(inspector.known),
    )
    finder = Finder(inspector)
    return Redactor(finder.one, hiding, least=0, many=finder.many)
