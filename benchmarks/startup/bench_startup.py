"""What a command costs that does little: `bartizan --help`, and the review of ten components with start-up.

Usage: bench_startup.py [RUNS]
Medians after one run that warms the caches, and the best run. CPU is user plus system time of the process: it is what
stays comparable when others use the machine. Beside it what Python costs alone, and with another command-line library.
"""

from __future__ import annotations

import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from benchmarks.measure import bartizan, machine, middle, repeat, run

TEN = Path(__file__).with_name("ten.yaml")
RUNS = 15


def main(arguments: list[str]) -> int:
    """Print a line for each command."""
    runs = int(arguments[0]) if arguments else RUNS
    commands = {
        "python -c pass": ([sys.executable, "-c", "pass"], None),
        "python -c 'import typer'": ([sys.executable, "-c", "import typer"], None),
        "bartizan --help": (bartizan("--help"), 0.2),
        "bartizan review, 10 components": (bartizan("review", str(TEN)), 1.0),
        "the same, --format json": (bartizan("review", str(TEN), "--format", "json"), 1.0),
        "the same, --format html": (bartizan("review", str(TEN), "--format", "html"), 1.0),
    }
    if find_spec("typer") is None:
        del commands["python -c 'import typer'"]
    print(machine())
    print(f"medians of {runs} runs, in milliseconds")
    print(f"{'command':34}{'wall':>7}{'best':>7}{'CPU':>7}{'best':>7}{'x python':>10}{'wall/bar':>10}")
    python = 0.0
    for name, (command, bar) in commands.items():
        done = repeat(command, runs)
        wall, cpu = middle(done, lambda u: u.wall), middle(done, lambda u: u.cpu)
        python = python or cpu
        best = min(u.wall for u in done), min(u.cpu for u in done)
        figures = f"{wall * 1e3:7.0f}{best[0] * 1e3:7.0f}{cpu * 1e3:7.0f}{best[1] * 1e3:7.0f}"
        against = f"{wall / bar:10.2f}" if bar else ""
        print(f"{name:34}{figures}{cpu / python:10.1f}{against}", flush=True)
    print(f"first review on a machine, which parses the catalog: {first_review():.1f} s of wall time")
    return 0


def first_review() -> float:
    """Return the seconds of a review that finds no cache of the parsed catalog."""
    with tempfile.TemporaryDirectory() as folder:
        return run(bartizan("review", str(TEN)), {"XDG_CACHE_HOME": folder}).wall


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
