"""Counts while the console works: requests as they come, what is due, and the sum over its processes."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bartizan import __version__
from bartizan.console.access import OVER
from bartizan.console.limits import Over
from bartizan.console.metrics import ConsoleMetrics, looked_up
from bartizan.console.services import Services
from bartizan.model.documents import Kind
from bartizan.soc.summed import Summed
from bartizan.store.register import Unavailable

__all__ = ["Waiting", "measured", "scraped", "summed_up", "watch_due"]

_SAVE = 1.0
"""Seconds between two writings of a process's numbers."""
_LOOK = 10.0
"""Seconds between two looks at what is due."""
_MOST = 100_000
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def measured(app: ASGIApp, metrics: ConsoleMetrics) -> ASGIApp:
    """Wrap an application so that its requests are counted, with the time that each took to the end of its answer."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        begun, method, status = time.perf_counter(), str(scope["method"]), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, sending)
        finally:
            took = time.perf_counter() - begun
            known, kind = method if method in _METHODS else "other", f"{status // 100}xx" if status else "none"
            metrics.requests.observe(took, known, _route(scope), kind)
            if status == 429:
                over = scope.get(OVER)
                metrics.limited.add(1, over.limit if isinstance(over, Over) else "sign-in")

    return wrapped


def _route(scope: Scope) -> str:
    """Return the route as the code has it, without the types of its variables; `other` for what has none."""
    return re.sub(r":\w+\}", "}", str(scope.get("path_template", ""))) or "other"


def summed_up(services: Services, folder: Path | None, part: str) -> Services:
    """Have a process's numbers written to a folder, from where each process gives the sum. Call it in the process.

    `part` is `worker` or `background`. Without a folder each process has its own numbers alone.
    """
    if folder is None:
        _there(services.metrics, part)
        return services
    summed, kept = Summed(folder, f"{part}-{os.getpid()}", ConsoleMetrics), folder
    _there(summed.own, part)

    def save() -> None:
        while kept.is_dir():  # who has made it takes it away at the end: it must not come back
            summed.save(services.clock().timestamp())
            time.sleep(_SAVE)

    threading.Thread(target=save, name="metrics", daemon=True).start()
    return replace(services, metrics=summed.own, whole=lambda: summed.whole(services.clock().timestamp()))


def _there(metrics: ConsoleMetrics, part: str) -> None:
    (metrics.background if part == "background" else metrics.workers).set(1)


def scraped(services: Services) -> str:
    """Return all metrics in the Prometheus text format."""
    whole = services.whole() if services.whole is not None else services.metrics
    try:
        services.register.documents.get(Kind.ORGANISATION, "organisation")
        up = True
    except Unavailable:
        up = False
    return "".join(one.text() for one in (whole, *looked_up(__version__, database=up)))


class Waiting:
    """Remembers since when each system that is due was seen to be."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def seen(self, due: Iterable[str], now: datetime) -> tuple[int, int]:
        """Return how many are due, and for how many seconds the one that waits longest has been seen to wait."""
        self._since = {name: self._since.get(name, now) for name in due}
        oldest = min(self._since.values(), default=now)
        return len(self._since), max(0, int((now - oldest).total_seconds()))


def watch_due(services: Services, ended: threading.Event) -> None:
    """Keep the numbers of what is due up to date, in a thread of its own, until the event."""
    waiting = Waiting()

    def look() -> None:
        while not ended.wait(_LOOK):
            # While the database is away the numbers stay as they were: `database_up` says so.
            with suppress(Unavailable):
                due = services.register.assessments.due(services.today(), _MOST)
                count, oldest = waiting.seen(due, services.clock())
                services.metrics.due.set(count)
                services.metrics.oldest.set(oldest)

    threading.Thread(target=look, name="due", daemon=True).start()
