"""The work behind `bartizan bom`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bartizan.cli.output import emit, json_bytes, say
from bartizan.cli.scan_artefacts_work import examined
from bartizan.model import NothingToDo
from bartizan.report import bom

__all__ = ["write_bom"]

_SHOWN = 10
"""Files that were not inspected and are named."""


def write_bom(paths: tuple[str, ...], name: str | None, as_of: date, output: Path | None) -> int:
    """Scan with digests, and write the document. Raises InputError, NothingToDo or BartizanError."""
    scan = examined(paths, ("model", "archive", "agent", "code"), digests=True)
    if not scan.artefacts:
        raise NothingToDo("there is nothing that belongs into a bill of materials", help="check the path")
    title = name or Path(paths[0]).resolve().name or paths[0]
    emit(json_bytes(bom.document(scan, title, as_of)), output)
    for one in scan.passed[:_SHOWN]:
        say(f"note: not inspected: {one.path} {one.reason}")
    if len(scan.passed) > _SHOWN:
        say(f"note: and {len(scan.passed) - _SHOWN} more; the document names them all")
    return 0
