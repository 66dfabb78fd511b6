"""Numbers of a sandbox, added up event by event, and which criteria they meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from bartizan.guard.sandbox.document import Criterion
from bartizan.model import Event

__all__ = ["Tally", "sandbox_of"]

_COUNTED = frozenset({"call", "refusal"})
"""Kinds of events that are one call each; others say that something begins, or tell of people's decisions."""

_KINDS = ("people", "models", "findings", "refusals", "injection")
_MILLION = 1_000_000


def sandbox_of(event: Event) -> str:
    """Return the sandbox that a call was made in, `` for none."""
    name = event.more.get("sandbox", "") if event.kind in _COUNTED else ""
    return name if isinstance(name, str) else ""


class Tally:
    """What a sandbox's events add up to. Events of other sandboxes must not be added."""

    def __init__(self) -> None:
        self.calls = 0
        self.input = self.output = 0
        self.money = 0.0
        self.people: Counter[str] = Counter()
        self.models: Counter[str] = Counter()
        self.findings: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.injection: Counter[int] = Counter()
        self.first = self.last = ""

    def add(self, event: Event) -> None:
        """Count one event of a call."""
        if event.kind not in _COUNTED:
            return
        self.calls += 1
        self.input += event.tokens.input
        self.output += event.tokens.output
        self.money += event.cost
        self.people[event.principal] += 1
        if event.resource:
            self.models[event.resource] += 1
        for found in event.findings:
            self.findings[found.type] += found.count
        if event.kind == "refusal":
            self.refusals[event.rule] += 1
        signal = event.more.get("injection", 0)
        if isinstance(signal, int) and signal > 0:
            self.injection[signal] += 1
        self.first = self.first or event.time
        self.last = event.time

    def numbers(self) -> dict[str, int]:
        """Return it as whole numbers by name, which add up between processes; money in millionths."""
        out = {"calls": self.calls, "input": self.input, "output": self.output, "money": round(self.money * _MILLION)}
        for kind in _KINDS:
            out |= {f"{kind}:{name}": count for name, count in getattr(self, kind).items()}
        return {name: count for name, count in out.items() if count > 0}

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> Tally:
        """Return what `numbers` were made of; when the first and the last call were is not among them."""
        made = cls()
        for name, count in numbers.items():
            kind, colon, of = name.partition(":")
            if not colon:
                setattr(made, kind, count / _MILLION if kind == "money" else count)
            elif kind == "injection":
                made.injection[int(of)] = count
            else:
                getattr(made, kind)[of] = count
        return made

    def number(self, criterion: Criterion) -> float:
        """Return the number that a criterion is about."""
        measure = criterion.measure
        if measure == "refusals":
            return _sum(self.refusals, criterion.rules)
        if measure == "findings":
            return _sum(self.findings, criterion.types)
        if measure == "injection-signals":
            return sum(count for signal, count in self.injection.items() if signal >= criterion.level)
        if measure == "refused-share":
            return 100 * self.refusals.total() / self.calls if self.calls else 0.0
        return {
            "calls": self.calls,
            "people": len(self.people),
            "tokens": self.input + self.output,
            "money": self.money,
        }[measure]

    def meets(self, criterion: Criterion) -> bool:
        """Tell whether the number is reached."""
        return self.number(criterion) >= criterion.reaches

    def met(self, criteria: Iterable[Criterion]) -> Criterion | None:
        """Return the first criterion that is met."""
        return next((one for one in criteria if self.meets(one)), None)


def _sum(counts: Counter[str], names: list[str]) -> int:
    return sum(counts[name] for name in names) if names else counts.total()
