"""How far drafted tool cards agree with those that a person has reviewed.

    PYTHONPATH=src:. DOJO/bin/python -m benchmarks.flow.bench_cards [--suite S]... [--differences]

`DOJO` is an environment with `agentdojo`, from which the definitions of its 74 tools come, and what Bartizan needs.
The reviewed cards lie below `examples/`. Fields are compared where recorded results have them; drafted cards are
refined by these results first. What differs is stricter, when it can only lead to more questions, or looser; types have
no order. The lexicon names no tool, but was corrected with these tools in sight, so that others may agree less.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import msgspec

from bartizan.guard.cards import draft_all, refine
from bartizan.guard.cards.effects import RANK
from bartizan.guard.cards.results import EVERY_SHAPE
from bartizan.guard.flow.fields import NamedFields
from bartizan.guard.flow.results import leaves
from bartizan.model.card import Role, ToolCard, Trust
from benchmarks.flow.cards import reviewed_cards
from benchmarks.measure import REPOSITORY

TRACES = REPOSITORY.parent / "shared" / "data" / "agents" / "gullible_traces_dojo.jsonl.gz"
ROLES = {Role.FREE: 0, Role.TEXT: 1, Role.BOUND: 1, Role.CRITICAL: 2}
TRUSTS = {Trust.OWNER: 0, Trust.SERVICE: 0, Trust.PLANTABLE: 1, Trust.ORGANISATION: 2, Trust.UNTRUSTED: 3}
"""What a value must be held to, the higher the stricter; owners and services both ground."""


class Verdict(msgspec.Struct):
    """What was compared, and how it came out."""

    what: str
    same: int = 0
    stricter: int = 0
    looser: int = 0
    other: int = 0

    def add(self, drafted: object, reviewed: object, grade: int | None) -> None:
        """Count one comparison; `grade` is above 0 where the draft is the stricter, None where neither can be."""
        if drafted == reviewed:
            self.same += 1
        elif grade is None:
            self.other += 1
        elif grade >= 0:
            self.stricter += 1
        else:
            self.looser += 1

    def row(self) -> str:
        """Return a line of the table."""
        total = self.same + self.stricter + self.looser + self.other
        rest = f"{self.stricter:>10}{self.looser:>8}{self.other:>7}"
        return f"{self.what:<22}{total:>6}{self.same / max(total, 1):>8.1%}{rest}"


def definitions(suites: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return AgentDojo's tools as MCP would list them."""
    known = import_module("agentdojo.task_suite.load_suites").get_suites("v1.2.2")
    return {
        suite: [
            {"name": tool.name, "description": tool.description, "inputSchema": tool.parameters.model_json_schema()}
            for tool in known[suite].tools
        ]
        for suite in suites
    }


def results(suite: str) -> Iterator[tuple[str, str]]:
    """Yield what the tools returned in recorded honest runs."""
    with gzip.open(TRACES, "rt") as lines:
        for line in lines:
            trace = msgspec.json.decode(line)
            if trace["suite"] == suite and not trace["injection_task"]:
                yield from ((event["tool"], event["result"]) for event in trace["events"] if not event["error"])


class Comparison:
    """Drafted and reviewed cards side by side."""

    def __init__(self, *, show: bool) -> None:
        self._show = show
        self.verdicts = {
            name: Verdict(name)
            for name in (
                "effect",
                "reversible",
                "destroys",
                "fetches",
                "private",
                "argument role",
                "argument type",
                "field trust",
                "field type",
            )
        }

    def card(self, suite: str, drafted: ToolCard, reviewed: ToolCard) -> None:
        """Compare what two cards say of a tool and its arguments."""
        where = f"{suite}/{drafted.tool}"
        self._note("effect", where, drafted.effect, reviewed.effect, RANK[drafted.effect] - RANK[reviewed.effect])
        for name in ("reversible", "destroys", "fetches", "private"):
            ours, theirs = getattr(drafted, name), getattr(reviewed, name)
            self._note(name, where, ours, theirs, (theirs - ours) if name == "reversible" else (ours - theirs))
        for name, argument in reviewed.arguments.items():
            own = drafted.arguments[name]
            self._note(
                "argument role", f"{where}.{name}", own.role, argument.role, ROLES[own.role] - ROLES[argument.role]
            )
            self._note("argument type", f"{where}.{name}", own.type, argument.type, None)

    def fields(self, suite: str, drafted: ToolCard, reviewed: ToolCard, seen: Iterable[str]) -> None:
        """Compare what two cards say of the fields of results; a field counts once for each thing said of it."""
        ours, theirs = NamedFields(drafted), NamedFields(reviewed)
        told: set[tuple[object, ...]] = set()
        for result in seen:
            found = leaves(result, EVERY_SHAPE)
            records: dict[tuple[str | int, ...], dict[str, str]] = {}
            for leaf in found:
                if leaf.path and leaf.path[-1] not in ("keys", "*", "**"):
                    records.setdefault(leaf.record, {}).setdefault(NamedFields.plain(leaf.path[-1]), leaf.text)
            for leaf in found:
                if leaf.path[-1:] == ("keys",) and not theirs.names_keys(leaf.path):
                    continue
                record = records.get(leaf.record, {})
                own, other = ours.about(leaf.path, record), theirs.about(leaf.path, record)
                path = tuple(word if word.islower() else "*" for word in leaf.path)
                if (path, own, other) in told:
                    continue
                told.add((path, own, other))
                where = f"{suite}/{drafted.tool}: {'.'.join(path) or '(text)'}"
                self._note("field trust", where, own.trust, other.trust, TRUSTS[own.trust] - TRUSTS[other.trust])
                self._note("field type", where, own.type, other.type, None)

    def _note(self, name: str, where: str, drafted: object, reviewed: object, grade: int | None) -> None:
        self.verdicts[name].add(drafted, reviewed, grade)
        if self._show and drafted != reviewed:
            word = "other" if grade is None else "looser" if grade < 0 else "stricter"
            print(f"{name:<15} {word:<8} {where}: drafted {drafted}, reviewed {reviewed}")


def main() -> int:
    """Compare, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", action="append", choices=("workspace", "travel", "banking", "slack"))
    parser.add_argument("--differences", action="store_true", help="print each of them")
    asked = parser.parse_args()
    suites = asked.suite or ["workspace", "travel", "banking", "slack"]
    comparison = Comparison(show=asked.differences)
    reviewed = reviewed_cards()
    took: list[float] = []
    counted: Counter[str] = Counter()
    for suite, listed in definitions(suites).items():
        start = time.perf_counter()
        drafted = {card.tool: card for card in draft_all(listed, server=suite)}
        took.append(time.perf_counter() - start)
        counted["tools"] += len(drafted)
        seen: dict[str, list[str]] = {}
        for tool, result in results(suite):
            seen.setdefault(tool, []).append(result)
            drafted[tool] = refine(drafted[tool], result)
        for card in reviewed[suite]:
            comparison.card(suite, drafted[card.tool], card)
            comparison.fields(suite, drafted[card.tool], card, seen.get(card.tool, []))
    print(f"{'':<22}{'count':>6}{'same':>8}{'stricter':>10}{'looser':>8}{'other':>7}")
    for verdict in comparison.verdicts.values():
        print(verdict.row())
    print(f"{counted['tools']} tools drafted in {sum(took) * 1000:.0f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
