"""A training set of many parquet files: `bartizan scan data` with two workers, the whole job.

Usage: bench_parquet.py [--size MEGABYTES] [--every BYTES] [--confidence NUMBER]
By default 200 MB of text in 20 files, one value in every 10,000 bytes, at 75; the bar is for `--size 1000`. The files
are made once, below build/, and used again. Processor time and memory are those of the command and all its processes;
memory is sampled ten times a second (Linux only). The job runs twice; the run with less processor time counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec
import pyarrow as pa  # type: ignore[import-untyped]
from pyarrow import parquet

from benchmarks.inspection.clock import cpu
from benchmarks.inspection.corpus import corpus
from benchmarks.inspection.processes import COUNTS_ALL, together
from benchmarks.measure import REPOSITORY, Sample, Usage, bartizan, machine

FILES = 20
WORKERS = 2
BAR = 8.0  # seconds for 1,000 MB
MEMORY_BAR = 300.0  # megabytes


def main(arguments: list[str]) -> int:
    """Make the files, read them only, scan them, print."""
    parser = argparse.ArgumentParser(description="Scan parquet files with two workers.")
    parser.add_argument("--size", type=int, default=200, help="megabytes of text")
    parser.add_argument("--every", type=int, default=10_000, help="bytes for each planted value")
    parser.add_argument("--confidence", type=int, default=75)
    options = parser.parse_args(arguments)
    print(machine())
    folder = made(options.size, options.every)
    files = sorted(folder.glob("*.parquet"))
    stored = sum(file.stat().st_size for file in files) / 1e6
    print(
        f"{options.size} MB of text in {len(files)} files of zstd, {stored:.0f} MB, a value every {options.every} bytes"
    )
    reading = cpu(lambda: [read(file) for file in files], 1)
    print(f"reading alone (pyarrow): CPU {reading:.2f} s, {options.size / reading:.0f} MB/s")
    least = ["--min-confidence", str(options.confidence)]
    scan(files[:1], least)  # compiles and fills the caches
    usage, samples, findings = min((scan(files, least) for _ in range(2)), key=lambda done: done[0].cpu)
    bar = BAR * options.size / 1_000
    print(f"bartizan scan data --workers {WORKERS}: {findings} findings, exit code {usage.code}")
    print(f"wall {usage.wall:.1f} s, {usage.wall / bar:.2f} of the bar, {options.size / usage.wall:.0f} MB/s")
    print(f"CPU {usage.cpu:.1f} s, {options.size / usage.cpu:.0f} MB/s, {usage.cpu / reading:.0f} x reading alone")
    print(f"cores busy: {usage.cpu / usage.wall:.2f}" if COUNTS_ALL else "without that of the workers, on this system")
    if samples:
        peak = max(samples, key=lambda sample: sample.memory)
        each = peak.memory / peak.processes
        print(f"memory, all processes: peak {peak.memory:.0f} MB in {peak.processes} processes, {each:.0f} MB each")
    print(f"largest process: {usage.peak:.0f} MB, {usage.peak / MEMORY_BAR:.2f} of the bar")
    return 0


def made(size: int, every: int) -> Path:
    """Return the folder with the files, made when they aren't there yet."""
    folder = REPOSITORY / "build" / "bench" / f"parquet-{size}-{every}"
    if folder.is_dir():
        return folder
    part = folder.with_suffix(".part")
    part.mkdir(parents=True, exist_ok=True)
    for number in range(FILES):
        text = corpus(size * 1_000_000 // FILES, every=every, seed=number).decode()
        rows = [row for row in text.split("\n") if row]
        table = pa.table({"id": pa.array(range(len(rows)), pa.int64()), "text": pa.array(rows, pa.string())})
        parquet.write_table(table, part / f"part-{number:03}.parquet", compression="zstd")
    return part.rename(folder)


def read(file: Path) -> int:
    """Read every column of a file as the command does: batch by batch, in one thread."""
    with parquet.ParquetFile(file) as opened:
        return sum(batch.num_rows for batch in opened.iter_batches(use_threads=False))


def scan(files: list[Path], more: list[str]) -> tuple[Usage, list[Sample], int]:
    """Scan files: what it took, the memory on the way, the number of findings. Raises when the command fails."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "result.json"
        command = bartizan("scan", "data", *map(str, files), "--workers", str(WORKERS), *more)
        usage, samples = together([*command, "--run-dir", name, "--fail-on", "none", "-o", str(out)])
        return usage, samples, len(msgspec.json.decode(out.read_bytes()).get("findings", []))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
