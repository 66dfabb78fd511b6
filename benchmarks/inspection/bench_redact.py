"""How fast `bartizan redact` hides what is sensitive, by format: whole processes, start-up taken away.

Usage: bench_redact.py [MEGABYTES]   of text in each format, 10 by default.
One value in each 10 kB of mixed text. Speeds are MB of text per second of processor time, the better of two runs.
Start-up is that of the same command on an empty file.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from benchmarks.inspection.corpus import corpus
from benchmarks.inspection.processes import alone
from benchmarks.measure import Usage, bartizan, machine

EVERY = 10_000


def _text(text: str, file: Path) -> None:
    file.write_text(text, encoding="utf-8")


def _json_lines(text: str, file: Path) -> None:
    rows = [msgspec.json.encode({"id": n, "text": row}) for n, row in enumerate(text.splitlines())]
    file.write_bytes(b"\n".join(rows) + b"\n")


def _csv(text: str, file: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("id", "text"))
    writer.writerows(enumerate(text.splitlines()))
    file.write_text(out.getvalue(), encoding="utf-8", newline="")


def _parquet(text: str, file: Path) -> None:
    rows = text.splitlines()
    parquet.write_table(pa.table({"id": list(range(len(rows))), "text": rows}), file, compression="zstd")


WRITERS: dict[str, Callable[[str, Path], None]] = {
    ".txt": _text,
    ".jsonl": _json_lines,
    ".csv": _csv,
    ".parquet": _parquet,
}


def main(arguments: list[str]) -> int:
    """Print a line for each format and mode."""
    size = int(float(arguments[0]) * 1e6) if arguments else 10_000_000
    print(machine())
    text = corpus(size, every=EVERY).decode()
    key = {"BARTIZAN_KEY": os.urandom(64).hex()}
    print(f"{len(text) / 1e6:.0f} MB of text; MB per second of processor time")
    print(f"{'format':10}{'mode':>11}{'CPU s':>8}{'MB/s':>8}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as name:
        empty = Path(name) / "empty.txt"
        empty.write_bytes(b"\n")
        idle = redact(empty, "replace", key).cpu
        for suffix, write in WRITERS.items():
            file = Path(name) / f"text{suffix}"
            write(text, file)
            for mode in ("replace", "pseudonym"):
                done = min((redact(file, mode, key) for _ in range(2)), key=lambda usage: usage.cpu)
                used = done.cpu - idle
                print(f"{suffix:10}{mode:>11}{used:8.2f}{size / 1e6 / used:8.1f}{done.peak:9.0f}", flush=True)
    print(f"start-up: {idle:.2f} s")
    return 0


def redact(file: Path, mode: str, key: dict[str, str]) -> Usage:
    """Redact a file. Raises when the command fails."""
    out = file.with_name(f"out{file.suffix}")
    usage = alone(bartizan("redact", str(file), "-o", str(out), "--mode", mode), key)
    out.unlink()
    return usage


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
