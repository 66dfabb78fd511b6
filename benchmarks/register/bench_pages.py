"""Every page of the console over the demo organisation, one after the other, on SQLite: none over 200 ms.

Usage: bench_pages.py [TIMES]
Pages without a name in their address are found from the console's routes; those with one are tried on a few documents.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from litestar.router import Router

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.console import pages
from bartizan.console.assessing import Assessor
from bartizan.console.demo import load_demo
from bartizan.console.services import Services
from bartizan.store.register import open_register
from benchmarks.measure import machine
from benchmarks.register.browse import fetch, list_pages
from benchmarks.register.served import now, server, sign_in

NAMED = {
    "systems": ("claims-fraud-score", "coding-agent"),
    "tools": ("kestrel-minutes",),
    "vendors": ("microsoft",),
    "sandboxes": ("claims-letter-drafts",),
    "exceptions": ("coding-agent-sandbox",),
    "policies": ("ai-security-policy",),
}
LIMIT = 0.2


def named_pages() -> list[str]:
    """Return addresses of pages about one document, from the console's routes."""
    found = set[str]()
    for route in Router(path="/", route_handlers=list(pages.ROUTES)).routes:
        first, _, rest = route.path.lstrip("/").partition("/")
        if "GET" in getattr(route, "methods", ()) and rest.startswith("{name") and rest.count("{") == 1:
            tail = rest.partition("}")[2]
            found.update(f"/{first}/{name}{tail}" for name in NAMED.get(first, ()))
    return sorted(found)


def main(arguments: list[str]) -> int:
    """Load, assess, serve, ask, print."""
    times = int(arguments[0]) if arguments else 20
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "register.db")
        register = open_register(database)
        begun = time.perf_counter()
        loaded = load_demo(register, now().date())
        between = time.perf_counter()
        services = Services(register=register, catalog=load_catalog(cache_folder()), clock=now)
        made = Assessor(services, processes=0).run(1_000)
        ended = time.perf_counter()
        print(
            f"demo: {loaded.versions} versions, {loaded.evidence} pieces of evidence in {between - begun:.1f} s, "
            f"{made} assessments in {ended - between:.1f} s"
        )
        register.close()
        (cookie,) = sign_in(database, 1)
        with server(database, 1) as (port, _):
            slow = asyncio.run(_look(port, cookie, times))
    return int(slow)


async def _look(port: int, cookie: str, times: int) -> bool:
    lines = []
    for path in [*list_pages(), *named_pages()]:
        await fetch(port, cookie, path, 1)
        status, size, took = await fetch(port, cookie, path, times)
        lines.append((median(took), max(took), size, status, path))
    print(f"{'page':56} status {'kB':>7} {'median':>7} {'worst':>7}   milliseconds")
    for middle, worst, size, status, path in sorted(lines, reverse=True):
        print(f"{path:56} {status:6} {size / 1e3:7.1f} {middle * 1e3:7.0f} {worst * 1e3:7.0f}")
    return any(middle > LIMIT for middle, *_ in lines)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
