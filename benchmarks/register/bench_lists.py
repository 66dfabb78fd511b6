"""Every list page over 5,000 systems and 200,000 pieces of evidence on PostgreSQL, with 50 people looking.

Usage: bench_lists.py [SYSTEMS] [PROOFS] [PEOPLE] [THINK] [WORKERS] [SECONDS]
People are signed in and wait THINK seconds (half to one and a half times that) between two pages. They, the console's
workers and PostgreSQL share the machine. Prints by page how long half and 95 of 100 answers took, and the processor
time.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.console.identity import ConsoleSettings
from bartizan.store.register import open_register
from benchmarks.measure import machine
from benchmarks.register.browse import browse, fetch, list_pages
from benchmarks.register.estate import fill
from benchmarks.register.served import now, postgres, processor_of, server, sign_in

VARIANTS = ("/?order=title", "/?text=claims", "/?tier=tier-1", "/?unit=claims&order=worst")


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all doesn't exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main(arguments: list[str]) -> int:
    """Fill, serve, look, print."""
    given = [*arguments, *("5000", "200000", "50", "2", "2", "60")[len(arguments) :]]
    systems, proofs, people, workers = int(given[0]), int(given[1]), int(given[2]), int(given[4])
    print(machine())
    with postgres() as (database, postmaster):
        begun = time.perf_counter()
        register = open_register(database)
        fill(register, load_catalog(cache_folder()), now().date(), systems, proofs)
        register.close()
        print(f"{systems:,} systems and {proofs:,} pieces of evidence in {time.perf_counter() - begun:.0f} s")
        cookies = sign_in(database, people)
        with server(database, workers, ConsoleSettings().requests_per_second) as (port, pid):
            paths = asyncio.run(_answering(port, cookies[0]))
            before = processor_of([pid]), processor_of([postmaster()])
            took, failed = asyncio.run(browse(port, cookies, paths, float(given[5]), float(given[3])))
            after = processor_of([pid]), processor_of([postmaster()])
    every = [value for values in took.values() for value in values]
    print(f"{'page':44} {'answers':>7} {'p50':>8} {'p95':>8}   milliseconds")
    for path, values in sorted(took.items(), key=lambda one: -percentile(one[1] or [0.0], 0.95)):
        if values:
            print(
                f"{path:44} {len(values):7} {percentile(values, 0.5) * 1e3:8.0f} {percentile(values, 0.95) * 1e3:8.0f}"
            )
    print(f"{'all':44} {len(every):7} {percentile(every, 0.5) * 1e3:8.0f} {percentile(every, 0.95) * 1e3:8.0f}")
    spent = [(later - earlier) / len(every) * 1e3 for earlier, later in zip(before, after, strict=True)]
    print(f"{len(every) / float(given[5]):.0f} answers a second; for each {spent[0]:.1f} ms of processor time in the "
          f"console and {spent[1]:.1f} ms in PostgreSQL")  # fmt: skip
    print("not answered:", failed or "none")
    return int(bool(failed) or max(percentile(values, 0.95) for values in took.values() if values) > 0.5)


async def _answering(port: int, cookie: str) -> list[str]:
    """Return the pages that answer, after a first look at each that isn't counted; print those that don't."""
    found = []
    for path in [*list_pages(), *VARIANTS]:
        status, size, took = await fetch(port, cookie, path, 3)
        print(f"alone: {path:44} {status} {size / 1e3:7.1f} kB {min(took) * 1e3:7.0f} ms")
        if status == 200:
            found.append(path)
    return found


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
