"""A review of 2,000 components and 10,000 flows, in two shapes, as a fresh process: time and memory.

Usage: bench_scale.py [COMPONENTS FLOWS]
Each shape runs twice; the better run counts, because others on the machine only ever make it slower.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks.measure import REPOSITORY, bartizan, machine, run

SHAPES = ("layered", "dense")
RUNS = 2
BAR_SECONDS, BAR_MEGABYTES = 10.0, 1000.0


def write(shape: str, components: int, flows: int) -> None:
    """Write the YAML of one shape to standard output."""
    from benchmarks.scale.generate import large_system
    from benchmarks.scale.layered import layered_system

    make = layered_system if shape == "layered" else large_system
    sys.stdout.write(make(components, flows))


def measure(shape: str, components: int, flows: int, folder: Path) -> str:
    """Generate one system, review it, and return a line of the table."""
    system, report = folder / f"{shape}.yaml", folder / f"{shape}.json"
    # In a process of its own: memory that this one used would count as the review's.
    command = [sys.executable, __file__, "--write", shape, str(components), str(flows)]
    with system.open("wb") as file:
        subprocess.run(command, stdout=file, check=True, cwd=REPOSITORY)
    review = bartizan("review", str(system), "--format", "json", "--as-of", "2026-11-23")
    runs = [run(review, output=str(report)) for _ in range(RUNS)]
    best = min(runs, key=lambda usage: usage.cpu)
    shown = f"{shape:9}{best.wall:8.1f}{best.cpu:8.1f}{best.peak:9.0f}"
    ratios = f"{best.wall / BAR_SECONDS:10.2f}{max(r.peak for r in runs) / BAR_MEGABYTES:12.2f}"
    if best.code:
        return f"{shown}{ratios}   failed with exit code {best.code}"
    result = msgspec.json.decode(report.read_bytes())
    plan = result["controls"]
    proof = "proven optimal" if plan["optimal"] else f"gap {plan['gap']}"
    found = f"{len(result['threats'])} + {len(result['appendix'])} threats, {len(result['paths'])} paths"
    return f"{shown}{ratios}   {found}, {len(plan['minimum'])} controls, {proof}"


def main(arguments: list[str]) -> int:
    """Print a line for each shape."""
    if arguments[:1] == ["--write"]:
        write(arguments[1], int(arguments[2]), int(arguments[3]))
        return 0
    components, flows = (int(word) for word in arguments) if arguments else (2_000, 10_000)
    print(machine())
    print(f"{components:,} components, {flows:,} flows; bar: {BAR_SECONDS:.0f} s of wall time, {BAR_MEGABYTES:.0f} MB")
    print(f"{'shape':9}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'time/bar':>10}{'memory/bar':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for shape in SHAPES:
            print(measure(shape, components, flows, Path(folder)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
