"""What the console counts of itself, for Prometheus: how it is asked, what it refuses, and what waits to be done.

Labels are from fixed lists: routes as they are written in the code, methods, kinds of status. Nothing that a person, a
system or a provider is called is one.
"""

from __future__ import annotations

from collections.abc import Mapping

from bartizan.soc.metrics import Counter, Families, Gauge, Histogram

__all__ = ["ConsoleMetrics", "LookedUp", "looked_up"]

_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_PREFIX = "bartizan_console_"


class ConsoleMetrics(Families):
    """What each process of a console counts, and what is added up over them."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = Histogram(
            f"{_PREFIX}request_seconds", "Requests and the time until the end of their answer.", _BOUNDS,
            ("method", "route", "status"),
        )  # fmt: skip
        self.sign_ins = Counter(f"{_PREFIX}sign_ins", "Sign-ins, by whether somebody was let in.", ("outcome",))
        self.limited = Counter(
            f"{_PREFIX}limited", "Requests refused for being too many, by the bound that was met.", ("limit",)
        )
        self.assessments = Counter(
            f"{_PREFIX}assessments", "Assessments of systems, by what came of them.", ("outcome",)
        )
        self.due = Gauge(f"{_PREFIX}assessments_due", "Systems whose assessment has to be made anew.")
        self.oldest = Gauge(
            f"{_PREFIX}assessments_oldest_due_seconds", "How long the one that waits longest was seen to wait."
        )
        self.messages = Counter(
            f"{_PREFIX}webhook_messages", "Messages to webhooks, by what came of them.", ("outcome",)
        )
        self.workers = Gauge(f"{_PREFIX}workers", "Processes that answer requests.")
        self.background = Gauge(f"{_PREFIX}background", "Processes that assess systems and deliver webhooks.")

    def families(self) -> tuple[Counter | Gauge | Histogram, ...]:
        """Return every metric, in the order of the text."""
        return (self.requests, self.sign_ins, self.limited, self.assessments, self.due, self.oldest, self.messages,
                self.workers, self.background)  # fmt: skip


class LookedUp(Families):
    """One number that is looked up when somebody asks."""

    def __init__(self, name: str, help: str, value: int, labels: Mapping[str, str] | None = None) -> None:
        super().__init__(labels)
        self.gauge = Gauge(f"{_PREFIX}{name}", help)
        self.gauge.set(value)

    def families(self) -> tuple[Counter | Gauge | Histogram, ...]:
        """Return it."""
        return (self.gauge,)


def looked_up(version: str, *, database: bool) -> tuple[LookedUp, ...]:
    """Return whether the database answers, and which version this is."""
    return (
        LookedUp("database_up", "Whether the database answers: 1, or 0.", int(database)),
        LookedUp("info", "Always 1; the label says which version runs.", 1, {"version": version}),
    )
