"""What a data scan puts out, and the exit code that goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bartizan.cli import grades
from bartizan.cli.output import emit, say, terminal
from bartizan.scan.results_merge import DataScan, Spool
from bartizan.store import whole_file

__all__ = ["exit_code", "report"]

_PIECE = 65_536


def report(scan: DataScan, format: str, output: Path | None, spool: Spool) -> None:
    """Write the report, to a file as a whole or not at all. Raises InputError or BartizanError for a file."""
    pieces = _pieces(scan, format, output, spool)
    if output is not None:
        with whole_file(output) as file:
            for piece in pieces:
                file.write(piece)
        say(f"wrote {output}")
        return
    for piece in _joined(pieces):
        if not emit(piece, None):
            return


def _joined(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces as larger ones, as each is a write."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _PIECE:
            yield b"".join(waiting)
            waiting, size = [], 0
    yield b"".join(waiting)


def _pieces(scan: DataScan, format: str, output: Path | None, spool: Spool) -> Iterator[bytes]:
    if format == "json":
        from bartizan.report import data_scan_json

        return data_scan_json.pieces(scan, spool)
    if format == "sarif":
        from bartizan.report import data_scan_sarif

        return data_scan_sarif.pieces(scan, spool)
    if format == "html":
        from bartizan.report import data_scan_html

        return iter([data_scan_html.render(scan, f"{datetime.now():%Y-%m-%d}").encode()])
    from bartizan.report import data_scan_text

    width, colour = terminal(output)
    return iter([data_scan_text.render(scan, width=width, colour=colour).encode()])


def exit_code(scan: DataScan, fail_on: str) -> int:
    """Return 0, or 11 to 15 for the highest finding when that is at or above `fail_on`."""
    found = [scan.severity] if scan.severity else []
    return grades.exit_code([*found, "info"] if scan.missed_count else found, fail_on)
