"""The whole leak battery: every place of every format, every way to write a value, every value, masked and blocked.

Usage: bench_leaks.py [SIDE...]
The suite runs a third of it (`tests/guard/battery`). Prints what leaks with its reason, and how many cases there were;
takes some minutes of one core. Ends with 1 when anything leaks.
"""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.measure import machine
from tests.guard.battery.cases import SIDES, cases, leaks


def main(arguments: list[str]) -> int:
    """Run the cases side by side, and print."""
    parser = argparse.ArgumentParser(description="The whole leak battery.")
    parser.add_argument("side", nargs="*", help="what is inspected, and in how many pieces")
    sides = parser.parse_args(arguments).side or list(SIDES)
    print(machine())
    leaking = 0
    for side in sides:
        start = time.process_time()
        chosen = list(cases(sides=[side]))
        found = leaks(chosen)
        leaking += len(found)
        print(f"{side}: {len(chosen)} cases, {len(found)} leak, {time.process_time() - start:.0f} s", flush=True)
        for why, case in found[:20]:
            print(f"  {why}: {case.name}")
    return 1 if leaking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
