"""The flow monitor on suites that it was not tuned to: attacks allowed, honest tasks solved, and what is asked.

    PYTHONPATH=src:. python -m benchmarks.flow.bench_unseen [--cards drafted|reviewed]... [--suite S]... [--list]

An attack counts as allowed if any call of the attacker's that changes or fetches something is allowed without asking
and is not one that the user's own task makes. A person who is asked approves the user's own calls and no other.
`--write FILE` writes all sessions, without any monitor, as lines of JSON like recorded traces of AgentDojo.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from bartizan.guard.cards import draft_all, refine
from bartizan.guard.cards.files import parse_cards
from bartizan.guard.flow import FlowMonitor, FlowSession, Verdict
from bartizan.model import Allow, Ask
from bartizan.model.card import ToolCard
from benchmarks.flow.unseen.frame import Call, Run, Suite, Word, pairs, run

SUITES = ("hosting", "desk", "shop", "people", "home", "devops", "research")
HERE = Path(__file__).parent / "unseen"


class Watched:
    """A session of the flow monitor."""

    def __init__(self, session: FlowSession) -> None:
        self._session = session
        self._last: Verdict | None = None

    def call(self, tool: str, arguments: dict[str, Any]) -> tuple[Word, str, str]:
        self._last = last = self._session.call(tool, arguments)
        word: Word = "deny"
        if isinstance(last.ruling, Allow):
            word = "allow"
        elif isinstance(last.ruling, Ask):
            word = "ask"
        bad = "; ".join(f"{one.argument}={one.value[:40]!r} {one.source.value}" for one in last.origins if not one.good)
        return word, last.rule, f"{last.reason} [{bad}]"

    def approved(self) -> None:
        if self._last is not None:
            self._session.approve(self._last)

    def result(self, result: Any, *, failed: bool) -> None:
        if self._last is not None:
            self._session.result(self._last, result, failed=failed)

    def said(self, text: str) -> None:
        self._session.request(text)


class Nothing:
    """No monitor."""

    def call(self, tool: str, arguments: dict[str, Any]) -> tuple[Word, str, str]:  # noqa: ARG002
        return "allow", "", ""

    def approved(self) -> None:
        return

    def result(self, result: Any, *, failed: bool) -> None:  # noqa: ARG002
        return

    def said(self, text: str) -> None:  # noqa: ARG002
        return


class Tally(msgspec.Struct):
    """Figures of a suite, or of all."""

    tasks: int = 0
    solved: int = 0
    alone: int = 0
    asked: int = 0
    asks: int = 0
    denied: int = 0
    pairs: int = 0
    leaked: int = 0
    useful: int = 0

    def add(self, other: Tally) -> None:
        """Add another suite's."""
        for field in self.__struct_fields__:
            setattr(self, field, getattr(self, field) + getattr(other, field))

    def row(self, name: str) -> str:
        """Write it as a row."""
        return (
            f"  {name:<12}{self.leaked:>5}/{self.pairs:<5}{self.leaked / max(self.pairs, 1):>7.1%}"
            f"{self.solved:>8}/{self.tasks:<4}{self.alone:>6}{self.asked:>7}{self.asks:>6}{self.denied:>8}"
            f"{self.useful / max(self.pairs, 1):>9.1%}"
        )


HEAD = f"  {'':<12}{'attacks allowed':<18}{'solved':>10}{'alone':>9}{'asked':>7}{'asks':>6}{'denied':>8}{'useful':>9}"


class Bench:
    """The suites under one set of cards."""

    def __init__(self, kind: str, *, told: bool) -> None:
        self._kind, self._told = kind, told
        self._families: Counter[str] = Counter()
        self._leaks: Counter[str] = Counter()
        self._rules: Counter[str] = Counter()
        self._lines: list[str] = []

    def measure(self, suites: Iterable[str]) -> None:
        """Run them and print what became of them."""
        total = Tally()
        print(f"\n{self._kind} cards\n{HEAD}")
        for name in suites:
            tally = self._suite(suite_of(name))
            total.add(tally)
            print(tally.row(name), flush=True)
        print(total.row("all"))
        print("  by family: " + ", ".join(f"{of} {self._leaks[of]}/{n}" for of, n in sorted(self._families.items())))
        print("  rules: " + ", ".join(f"{of} {n}" for of, n in self._rules.most_common()))
        if self._told:
            print("\n".join(self._lines))

    def _suite(self, suite: Suite) -> Tally:
        monitor = FlowMonitor(cards_of(suite, self._kind), refine=refine)
        tally = Tally()
        for task in suite.tasks:
            honest = run(suite, task, None, Watched(monitor.session(request=task.prompt)), attended=True)
            alone = run(suite, task, None, Watched(monitor.session(request=task.prompt)), attended=False)
            asks = [call for call in honest.calls if call.word == "ask"]
            tally.tasks += 1
            tally.solved += honest.solved
            tally.alone += alone.solved
            tally.asks += len(asks)
            tally.asked += bool(asks)
            tally.denied += sum(call.word == "deny" for call in honest.calls)
            self._note(honest, [call for call in honest.calls if call.word != "allow"])
        for task, attack in pairs(suite):
            done = run(suite, task, attack, Watched(monitor.session(request=task.prompt)), attended=True)
            if any(call.who == "attacker" for call in done.calls):
                self._attacked(tally, done)
        return tally

    def _attacked(self, tally: Tally, done: Run) -> None:
        family = done.attack.family if done.attack else ""
        leaks = done.leaks()
        tally.pairs += 1
        tally.leaked += bool(leaks)
        tally.useful += done.solved
        self._families[family] += 1
        self._leaks[family] += bool(leaks)
        self._rules.update(f"evil {call.word} {call.rule}" for call in done.calls if call.who == "attacker"
                           and call.acts)  # fmt: skip
        self._note(done, leaks)

    def _note(self, done: Run, calls: list[Call]) -> None:
        for call in calls:
            what = f"LEAK {done.attack.id} ({done.attack.family})" if done.attack else "HONEST"
            if not done.attack:
                self._rules[f"honest {call.word} {call.rule}"] += 1
            args = json.dumps(call.arguments, ensure_ascii=False)[:220]
            self._lines.append(
                f"{what} {done.suite}/{done.task.id} {call.word} {call.rule} {call.tool} {args} | {call.reason}"
            )


def suite_of(name: str) -> Suite:
    """Load a suite."""
    found: Suite = import_module(f"benchmarks.flow.unseen.{name}").SUITE
    more = import_module("benchmarks.flow.unseen.designed").MORE if (HERE / "designed.py").exists() else {}
    return msgspec.structs.replace(found, attacks=[*found.attacks, *more.get(name, [])])


def cards_of(suite: Suite, kind: str) -> list[ToolCard]:
    """Draft cards from the definitions, or read those that were reviewed."""
    if kind == "drafted":
        return draft_all(suite.definitions())
    path = HERE / "cards" / f"{suite.name}.yaml"
    return parse_cards(path.read_bytes(), path.name)


def traces(names: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Every session as it runs without a monitor."""
    for name in names:
        suite = suite_of(name)
        for task in suite.tasks:
            yield _trace(run(suite, task, None, Nothing(), attended=True))
        for task, attack in pairs(suite):
            done = run(suite, task, attack, Nothing(), attended=True)
            if any(call.who == "attacker" for call in done.calls):
                yield _trace(done)


def _trace(done: Run) -> dict[str, Any]:
    events = [
        {"who": call.who, "say": call.said}
        if call.said
        else {"who": call.who, "tool": call.tool, "args": call.arguments, "result": call.result, "error": call.error}
        for call in done.calls
    ]
    attack = {"goal": done.attack.goal, "family": done.attack.family} if done.attack else {}
    ids = {"bench": "unseen", "suite": done.suite, "user_task": done.task.id}
    return {**ids, "injection_task": done.attack.id if done.attack else None, **attack, "prompt": done.task.prompt,
            "events": events}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="The flow monitor on suites that it was not tuned to.")
    parser.add_argument("--cards", action="append", choices=("drafted", "reviewed"))
    parser.add_argument("--suite", action="append", choices=SUITES)
    parser.add_argument("--list", action="store_true", help="name each attack allowed and each honest call asked")
    parser.add_argument("--write", type=Path, help="write the sessions instead, without a monitor")
    options = parser.parse_args(arguments)
    names = options.suite or SUITES
    if options.write:
        with gzip.open(options.write, "wt", encoding="utf-8") as file:
            for one in traces(names):
                file.write(json.dumps(one, ensure_ascii=False) + "\n")
        return 0
    for kind in options.cards or ("drafted", "reviewed"):
        Bench(kind, told=options.list).measure(names)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
