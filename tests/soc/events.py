"""Events and logs that tests share."""

from pathlib import Path

from bartizan.model import Count, Event, Usage
from bartizan.soc import EventLog

__all__ = ["event", "filled"]


def event(number: int = 0, *, kind: str = "call", day: str = "2026-11-28", **more: str) -> Event:
    """Return an event; `number` makes it another one."""
    return Event(
        kind=kind,
        time=f"{day}T10:{number // 60000:02}:{number // 1000 % 60:02}.{number % 1000:03}Z",
        principal=f"user-{number % 3}",
        action=more.get("action", "chat"),
        resource="gpt-5-2026-08-01",
        decision=more.get("decision", "transform"),
        rule="mask-mail",
        labels=["confidential"],
        findings=[Count("email-address", 2), Count("iban", 1)],
        tokens=Usage(120, 40),
        cost=0.002,
        trace="0af7651916cd43dd8448eb211c80319c",
        more={"milliseconds": 12.5, "upstream": "openai-eu", "application": "crm", "upstream_status": 200},
    )


def filled(folder: Path, count: int, *, writer: str = "gateway", size: int = 1 << 20) -> Path:
    """Write a log of `count` events, and return its folder."""
    log = EventLog(folder, writer=writer, fsync="never", size=size)
    for number in range(count):
        log.append(event(number))
    log.close()
    return folder
