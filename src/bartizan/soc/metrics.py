"""Counts what a program does, and writes it as Prometheus or OpenMetrics text; and what the gateway counts.

Labels come from what operators have configured (doors, upstreams, rules) and from fixed lists. Nothing of a caller is
one: no principal, no model name that a caller may choose. Should a label have more values than it may, what comes late
is counted under `other`, so that memory and the size of a scrape have a bound.

Formats: Prometheus text 0.0.4 and OpenMetrics 1.0.0.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from operator import add
from threading import Lock
from typing import TypeAlias

from bartizan.model import Event

__all__ = ["Counter", "Families", "Gauge", "Histogram", "Metrics"]

_MOST_SERIES = 1000
_OTHER = "other"

_PATIENCE = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_BOUNDS = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
    300.0,
    600.0,
)
_Series: TypeAlias = tuple[tuple[str, ...], list[float]]
"""Values of labels, and numbers."""


class _Family:
    """A metric and its series. `kind` is its type in both formats."""

    kind = ""

    def __init__(self, name: str, help: str, labels: tuple[str, ...] = (), most: int = _MOST_SERIES) -> None:
        self.name, self.help, self.labels = name, help, labels
        self._most = most
        self._rest = (_OTHER,) * len(labels)
        self._guard = Lock()

    def head(self, name: str) -> list[str]:
        """Return the lines that describe it."""
        return [f"# HELP {name} {_escape(self.help, quotes=False)}", f"# TYPE {name} {self.kind}"]

    def named(self, values: tuple[str, ...], fixed: str, more: str = "") -> str:
        """Return labels as they are written."""
        parts = [fixed, *(f'{name}="{_escape(value)}"' for name, value in zip(self.labels, values, strict=True)), more]
        text = ",".join(part for part in parts if part)
        return f"{{{text}}}" if text else ""


class Counter(_Family):
    """A number that only grows. Its name has no `_total`; what it is written as has."""

    kind = "counter"

    def __init__(self, name: str, help: str, labels: tuple[str, ...] = (), most: int = _MOST_SERIES) -> None:
        super().__init__(name, help, labels, most)
        self.values: dict[tuple[str, ...], float] = {} if labels else {(): 0}

    def add(self, amount: float, *values: str) -> None:
        """Count, for these values of its labels."""
        with self._guard:
            held = self.values
            before = held.get(values)
            if before is None:
                if len(held) >= self._most:
                    values = self._rest
                before = held.get(values, 0)
            held[values] = before + amount

    def dump(self) -> list[_Series]:
        """Return its series, for `merge` in another process."""
        with self._guard:
            return [(labels, [value]) for labels, value in self.values.items()]

    def merge(self, series: Iterable[_Series]) -> None:
        """Add what another process has counted; series that this one couldn't have are left out."""
        for labels, numbers in series:
            if len(labels) == len(self.labels) and len(numbers) == 1:
                self.add(numbers[0], *labels)

    def lines(self, fixed: str, *, openmetrics: bool) -> list[str]:
        """Return its text."""
        with self._guard:
            values = sorted(self.values.items())
        total = f"{self.name}_total"
        return [
            *self.head(self.name if openmetrics else total),
            *(f"{total}{self.named(labels, fixed)} {_number(value)}" for labels, value in values),
        ]


class Gauge(_Family):
    """A number that goes up and down."""

    kind = "gauge"

    def __init__(self, name: str, help: str) -> None:
        super().__init__(name, help)
        self.value = 0

    def add(self, amount: int) -> None:
        """Go up, or down."""
        with self._guard:
            self.value += amount

    def set(self, value: int) -> None:
        """Stand at a value."""
        with self._guard:
            self.value = value

    def dump(self) -> list[_Series]:
        """Return its one series, for `merge` in another process."""
        with self._guard:
            return [((), [self.value])]

    def merge(self, series: Iterable[_Series]) -> None:
        """Add what another process counts now."""
        for labels, numbers in series:
            if not labels and len(numbers) == 1:
                self.add(int(numbers[0]))

    def lines(self, fixed: str, *, openmetrics: bool) -> list[str]:  # noqa: ARG002 - every family has it
        """Return its text."""
        return [*self.head(self.name), f"{self.name}{self.named((), fixed)} {self.value}"]


class Histogram(_Family):
    """How often a value was in which range; bounds are upper ends, included. Values are seconds."""

    kind = "histogram"

    def __init__(self, name: str, help: str, bounds: tuple[float, ...], labels: tuple[str, ...] = ()) -> None:
        super().__init__(name, help, labels)
        self.bounds = bounds
        self._series: dict[tuple[str, ...], list[float]] = {}

    def observe(self, value: float, *values: str) -> None:
        """Count a value, for these values of its labels."""
        with self._guard:
            series = self._of(values)
            series[bisect_left(self.bounds, value)] += 1
            series[-1] += value

    def _of(self, values: tuple[str, ...]) -> list[float]:
        """Return one number a range, one for what is above all, and the sum."""
        series = self._series.get(values)
        if series is None:
            if len(self._series) >= self._most:
                values = self._rest
            series = self._series.setdefault(values, [0.0] * (len(self.bounds) + 2))
        return series

    def dump(self) -> list[_Series]:
        """Return its series, for `merge` in another process."""
        with self._guard:
            return [(labels, list(numbers)) for labels, numbers in self._series.items()]

    def merge(self, series: Iterable[_Series]) -> None:
        """Add what another process has counted; series that this one couldn't have are left out."""
        for labels, numbers in series:
            if len(labels) == len(self.labels) and len(numbers) == len(self.bounds) + 2:
                with self._guard:
                    held = self._of(tuple(labels))
                    held[:] = map(add, held, numbers)

    def lines(self, fixed: str, *, openmetrics: bool) -> list[str]:  # noqa: ARG002 - every family has it
        """Return its text."""
        with self._guard:
            held = sorted((values, list(series)) for values, series in self._series.items())
        out = self.head(self.name)
        for values, series in held:
            count = 0.0
            for bound, number in zip((*map(_number, self.bounds), "+Inf"), series, strict=False):
                count += number
                labels = self.named(values, fixed, f'le="{bound}"')
                out.append(f"{self.name}_bucket{labels} {_number(count)}")
            out.append(f"{self.name}_sum{self.named(values, fixed)} {_number(series[-1])}")
            out.append(f"{self.name}_count{self.named(values, fixed)} {_number(count)}")
        return out


class Families:
    """Metrics of a program, which says by `families` what there are. `fixed` are labels that all of them have."""

    def __init__(self, fixed: Mapping[str, str] | None = None) -> None:
        self._fixed = ",".join(f'{name}="{_escape(value)}"' for name, value in (fixed or {}).items())

    def families(self) -> tuple[Counter | Gauge | Histogram, ...]:
        """Return every metric, in the order of the text."""
        raise NotImplementedError

    def dump(self) -> dict[str, list[_Series]]:
        """Return all of it as plain values, for `merge` in another process."""
        return {family.name: family.dump() for family in self.families()}

    def merge(self, dumped: Mapping[str, Iterable[_Series]], *, now: bool) -> None:
        """Add what another process has counted, and what it counts at the moment if it is there `now`."""
        for family in self.families():
            if now or not isinstance(family, Gauge):
                family.merge(dumped.get(family.name, ()))

    def text(self, *, openmetrics: bool = False) -> str:
        """Return all of it in the Prometheus text format, or as OpenMetrics."""
        lines = [line for family in self.families() for line in family.lines(self._fixed, openmetrics=openmetrics)]
        return "\n".join([*lines, "# EOF", ""] if openmetrics else [*lines, ""])


class Metrics(Families):
    """What the gateway counts. `worker` is a label that tells processes apart whose numbers aren't added up."""

    def __init__(self, worker: str = "") -> None:
        super().__init__({"worker": worker} if worker else None)
        self.calls = Counter(
            "bartizan_calls", "Calls, by what was decided and by which rule.", ("door", "action", "decision", "rule")
        )
        self.tokens = Counter("bartizan_tokens", "Tokens as providers count them.", ("door", "direction"))
        self.cost = Counter("bartizan_cost", "Money, in the currency of the budgets.", ("door",))
        self.findings = Counter("bartizan_findings", "Sensitive values that were found.", ("type",))
        self.seconds = Histogram(
            "bartizan_call_seconds", "Time from a request to the end of its answer.", _BOUNDS, ("door", "decision")
        )
        self.tool_calls = Counter(
            "bartizan_tool_calls", "Calls of agents at MCP servers, by what was decided and by which rule.",
            ("server", "decision", "rule"),
        )  # fmt: skip
        self.asks = Counter("bartizan_asks", "Questions to people about calls of agents.")
        self.approvals = Counter("bartizan_approvals", "How those questions came out.", ("outcome",))
        self.waited = Histogram(
            "bartizan_approval_seconds", "Time that a call of an agent waited for an answer.", _PATIENCE
        )
        self.streams = Gauge("bartizan_streams_open", "Streamed answers under way.")
        self.workers = Gauge("bartizan_workers", "Worker processes that serve.")
        self.written = Counter("bartizan_events_written", "Events put on record.")
        self.failed = Counter("bartizan_events_failed", "Events that could not be put on record.")

    def note(self, event: Event, door: str) -> None:
        """Count what an event says of a call that is over, one of the kinds `call` and `refusal`."""
        self.calls.add(1, door, event.action, event.decision, event.rule)
        took = event.more.get("milliseconds")
        if isinstance(took, int | float):
            self.seconds.observe(took / 1000, door, event.decision)
        tokens = event.tokens
        if tokens.input:
            self.tokens.add(tokens.input, door, "input")
        if tokens.output:
            self.tokens.add(tokens.output, door, "output")
        if event.cost:
            self.cost.add(event.cost, door)
        for found in event.findings:
            self.findings.add(found.count, found.type)

    def note_agent(self, event: Event) -> None:
        """Count what an event says of an agent's call, or of a question about one; other kinds are let be."""
        if event.kind in ("tool-call", "tool-refusal"):
            self.tool_calls.add(1, str(event.more.get("server", "")), event.decision, event.rule)
        elif event.kind == "ask":
            self.asks.add(1)
        elif event.kind == "approval":
            self.approvals.add(1, str(event.more.get("outcome", "")))
            took = event.more.get("milliseconds")
            if isinstance(took, int | float):
                self.waited.observe(took / 1000)

    def families(self) -> tuple[Counter | Gauge | Histogram, ...]:
        """Return every metric, in the order of the text."""
        return (self.calls, self.seconds, self.tokens, self.cost, self.findings, self.tool_calls, self.asks,
                self.approvals, self.waited, self.streams, self.workers, self.written, self.failed)  # fmt: skip


def _escape(text: str, *, quotes: bool = True) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quotes else text


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))
