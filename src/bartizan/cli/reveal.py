"""`bartizan reveal`: the values behind pseudonyms, for those who hold the key."""

from __future__ import annotations

import click

from bartizan.cli.inspecting import inspector_for
from bartizan.cli.redacting import STREAM, key_ring, run, tell
from bartizan.model import InputError

__all__ = ["command"]

_LEAST = 75


@click.command("reveal")
@click.argument("file", help="A file, a folder, or `-` for lines on standard input.")
@click.option("-o", "--output", default=STREAM, metavar="OUT", help="File, new folder, or `-` (the default).")
@click.option("--key", default="", metavar="FILE|env", help="The key. Default: BARTIZAN_KEY.")
@click.option("--tenant", default="default", show_default=True, metavar="NAME", help="Whose values they are.")
@click.option("--keep-format", default="", metavar="LIST",
              help="Data types that `redact --keep-format` was given; all their values are turned back.")  # fmt: skip
@click.option("--lenient", is_flag=True, help="Leave pseudonyms that can't be opened, such as those a model made up.")
def command(file: str, output: str, key: str, tenant: str, keep_format: str, lenient: bool) -> int:
    """Put the values back in place of pseudonyms, in any format that `bartizan redact` writes.

    A pseudonym that was altered, or that another key or tenant wrote, is an error, and nothing is then written. Keys
    that were replaced still reveal, when they stand in the key file after the new one.
    """
    from bartizan.inspection.redaction import (
        Editor,
        Finder,
        FormatKeeper,
        FormatRevealer,
        Pseudonyms,
        Revealer,
        validity,
    )

    keys = key_ring(key)
    if keys is None:
        raise InputError("there is no key", help="give --key FILE, or set BARTIZAN_KEY")
    editor: Editor = Revealer(Pseudonyms(keys, tenant), lenient=lenient)
    if keep_format:
        inspector = inspector_for(None, keep_format, None, _LEAST)
        formats = FormatKeeper(keys, tenant, validity(inspector.known))
        editor = FormatRevealer(Finder(inspector).one, formats, editor.edits, inspector.known, least=0)
    return tell(run(file, output, editor, private=True), "revealed:")
