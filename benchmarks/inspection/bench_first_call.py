"""What `bartizan inspect` costs as a whole process: with cached databases, and the very first time.

Usage: bench_first_call.py [RUNS]
Medians after one run that warms the caches, and the best run, 15 by default. CPU is user plus system time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.inspection.corpus import corpus
from benchmarks.measure import bartizan, machine, middle, repeat, run

RUNS = 15
BAR = 0.4


def main(arguments: list[str]) -> int:
    """Print a line for each command, and the first call of all."""
    runs = int(arguments[0]) if arguments else RUNS
    print(machine())
    print(f"medians of {runs} runs, in milliseconds; to reach {BAR * 1e3:.0f}")
    print(f"{'command':34}{'wall':>7}{'best':>7}{'CPU':>7}{'best':>7}{'wall/bar':>10}{'best/bar':>10}")
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "prompt.txt"
        file.write_bytes(corpus(1_900, every=650, kinds=("prose",)))
        commands = {
            "python -c 'import numpy'": ([sys.executable, "-c", "import numpy"], None),
            "bartizan --help": (bartizan("--help"), None),
            "bartizan inspect, 2 kB": (bartizan("inspect", str(file)), BAR),
            "the same, --format json": (bartizan("inspect", str(file), "--format", "json"), BAR),
            "the same, at 75": (bartizan("inspect", str(file), "--min-confidence", "75"), BAR),
            "the same, --types secret": (bartizan("inspect", str(file), "--types", "secret"), BAR),
        }
        for title, (command, bar) in commands.items():
            done = repeat(command, runs)
            wall, used = middle(done, lambda u: u.wall), middle(done, lambda u: u.cpu)
            best = min(u.wall for u in done), min(u.cpu for u in done)
            figures = f"{wall * 1e3:7.0f}{best[0] * 1e3:7.0f}{used * 1e3:7.0f}{best[1] * 1e3:7.0f}"
            against = f"{wall / bar:10.2f}{best[0] / bar:10.2f}" if bar else ""
            print(f"{title:34}{figures}{against}", flush=True)
        first = run(bartizan("inspect", str(file)), {"XDG_CACHE_HOME": str(Path(name) / "cache")})
        if first.code:
            raise SystemExit(f"`bartizan inspect` ended with exit code {first.code}")
    print(f"first call on a machine, which compiles and caches: {first.wall:.1f} s of wall time, CPU {first.cpu:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
