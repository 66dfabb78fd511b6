"""`bartizan init`: a first system, small and commented."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import click

from bartizan.cli.output import json_bytes, say
from bartizan.model import BartizanError, InputError
from bartizan.store import write_whole
from bartizan.store.schema import SCHEMA_FILE, system_schema

__all__ = ["command"]


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path(), help="Where to write; default: here.")
def command(folder: Path) -> None:
    """Write a small system to start from.

    Creates FOLDER/system.yaml with comments, and a JSON Schema beside it for editors. Nothing is overwritten.
    """
    target, schema = folder / "system.yaml", folder / SCHEMA_FILE
    if target.exists() or target.is_symlink():
        raise InputError(f"`{target}` exists already", help="choose another folder, or edit that file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BartizanError(f"`{folder}` can't be made: {(error.strerror or str(error)).lower()}") from None
    template = (files("bartizan.cli") / "first-system.yaml").read_text(encoding="utf-8")
    name = folder.resolve().name
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:80] or "first-system"
    write_whole(target, template.replace("id: first-system", f"id: {slug}", 1).encode(), replace=False)
    if not schema.exists():
        write_whole(schema, json_bytes(system_schema()), replace=False)
    say(f"wrote {target}\nnext: bartizan review {target}")
