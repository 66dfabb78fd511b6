"""A portfolio of 5,000 systems that share platforms: time per system, and whether memory stays flat on the way.

Usage: bench_portfolio.py [SYSTEMS]
Memory is that of the command and all its processes together, sampled twice a second (Linux only).
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.measure import Sample, bartizan, machine, watch
from benchmarks.portfolio.generate import write_estate

SYSTEMS = 5_000
SLICES = 10


def flatness(samples: Sequence[Sample]) -> list[float]:
    """Return the median memory in each tenth of the run, in megabytes."""
    edges = [round(len(samples) * part / SLICES) for part in range(SLICES + 1)]
    return [median(sample.memory for sample in samples[low:high]) for low, high in pairwise(edges) if high > low]


def main(arguments: list[str]) -> int:
    """Generate, review, print."""
    systems = int(arguments[0]) if arguments else SYSTEMS
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_estate(folder / "estate", systems)
        lines = folder / "portfolio.jsonl"
        # A first run on few systems parses the catalog once for all; that is no part of the portfolio.
        write_estate(folder / "few", 2)
        watch(bartizan("portfolio", str(folder / "few")), os.devnull)
        usage, samples = watch(bartizan("portfolio", str(folder / "estate"), "--as-of", "2026-11-23"), str(lines))
        with lines.open("rb") as file:
            summary = msgspec.json.decode(deque(file, maxlen=1).pop())
    print(
        f"{summary['systems']:,} systems, {summary['failed']} failed, {summary['above_appetite']:,} above the appetite"
    )
    print(f"wall {usage.wall:.0f} s, CPU {usage.cpu:.0f} s ({usage.cpu / usage.wall:.2f} cores busy)")
    print(f"per system: {usage.wall / systems * 1e3:.0f} ms wall, {usage.cpu / systems * 1e3:.0f} ms CPU")
    if samples:
        tenths = flatness(samples)
        print("memory of all processes, median of each tenth of the run, MB: " + " ".join(f"{m:.0f}" for m in tenths))
        peak = max(samples, key=lambda sample: sample.memory)
        print(
            f"peak {peak.memory:.0f} MB in {peak.processes} processes; last tenth / third: {tenths[-1] / tenths[2]:.2f}"
        )
    return usage.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
