"""AgentDojo with a perfectly gullible agent: attacks that take effect, honest tasks solved, and what is asked.

    PYTHONPATH=src:. DOJO/bin/python -m benchmarks.flow.bench_agentdojo [--monitor M]... [--suite S]... [--form F]...

`DOJO` is an environment with `agentdojo` and what Bartizan needs; both can't live in one, as AgentDojo brings
clients of a dozen providers. Bartizan's monitor runs with the reviewed cards below `examples/` (`reviewed`) and with
cards that were drafted from the tools' definitions and reviewed by nobody (`drafted`), also when the drafts have seen
results of honest sessions (`refined`). Beside it: no monitor, one that
denies every write after an untrusted read, and an oracle that lets the calls of the user's plan through and nothing
else, whose loss is the loss of any monitor. The order of sets is part of some results: figures are for
`PYTHONHASHSEED=0`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from benchmarks.flow.cards import drafted_cards, refined_cards, reviewed_cards
from benchmarks.flow.dojo import SUITES, Dojo, Pair, People, Run, Watch, recorded
from benchmarks.flow.payloads import FORMS
from benchmarks.flow.watches import flow, nothing, oracle, reading_oracle, strict
from benchmarks.measure import REPOSITORY, machine

TRACES = REPOSITORY.parent / "shared" / "data" / "agents" / "gullible_traces_dojo.jsonl.gz"
ATTENDED, ALONE, RUBBER = People(), People(there=False), People(gullible=True)


class Tally(msgspec.Struct):
    """Figures of one monitor on one suite, or on all."""

    honest: int = 0
    tasks: int = 0
    alone: int = 0
    asks: int = 0
    asked: int = 0
    pairs: int = 0
    useful: int = 0
    acting: int = 0
    reached: int = 0
    taken: int = 0
    evil_asks: int = 0
    rubber: int = 0
    useful_alone: int = 0

    def add(self, other: Tally) -> None:
        """Add another suite's."""
        for field in self.__struct_fields__:
            setattr(self, field, getattr(self, field) + getattr(other, field))

    def row(self, name: str) -> str:
        """Write it as a row."""
        return (
            f"{name:<22}{self.honest:>4}/{self.tasks:<4}{self.alone:>6}{self.asks:>6}{self.asked:>7}"
            f"{self.taken:>7}/{self.acting:<4}{_share(self.taken, self.acting)}{self.reached:>8}{self.evil_asks:>10}"
            f"{self.rubber:>8}{self.useful:>7}/{self.pairs:<4}{_share(self.useful, self.pairs)}"
            f"{_share(self.useful_alone, self.pairs)}"
        )


HEAD = (
    f"{'':<22}{'honest':<9}{'alone':>6}{'asks':>6}{'tasks':>7}{'attacks':>9}{'':>9}{'reached':>8}{'evil asks':>10}"
    f"{'rubber':>8}{'useful':>9}{'':>9}{'alone':>6}"
)


class Bench:
    """One monitor after the other on the same tasks."""

    def __init__(self, dojo: Dojo, suites: list[str], *, told: bool, whole: bool) -> None:
        self._dojo, self._suites, self._told, self._whole = dojo, suites, told, whole
        self._acts = {(suite, pair): dojo.acts(suite, pair) for suite in suites for pair in dojo.pairs(suite)}

    def measure(self, name: str, watch: Watch, form: str) -> None:
        """Run all of it, and print a row a suite."""
        started, total = time.perf_counter(), Tally()
        print(f"\n{name}, injected text {form}\n{HEAD}")
        for suite in self._suites:
            tally = self._suite(suite, watch, form)
            total.add(tally)
            print(tally.row(f"  {suite}"), flush=True)
        print(total.row("  all"), f"  {time.perf_counter() - started:.0f} s")

    def _suite(self, suite: str, watch: Watch, form: str) -> Tally:
        tally = Tally()
        for user in self._dojo.suites[suite].user_tasks:
            self._honest(tally, suite, user, watch)
        for pair in self._dojo.pairs(suite):
            self._pair(tally, suite, pair, watch, form)
        return tally

    def _honest(self, tally: Tally, suite: str, user: str, watch: Watch) -> None:
        run = self._dojo.honest(suite, user, watch, ATTENDED)
        asks = run.count("user", "ask")
        alone = self._dojo.honest(suite, user, watch, ALONE) if asks else run
        tally.tasks += 1
        tally.honest += run.useful
        tally.alone += alone.useful
        tally.asks += asks
        tally.asked += asks > 0
        if self._told:
            self._tell("honest", run, lambda call: call.word != "allow")

    def _pair(self, tally: Tally, suite: str, pair: Pair, watch: Watch, form: str) -> None:
        run = self._dojo.attacked(suite, pair, form, watch, ATTENDED)
        tally.pairs += 1
        tally.useful += run.useful
        tally.reached += run.reached
        if self._told and not run.useful:
            self._tell("LOST", run, lambda call: call.ran == (call.who == "attacker"))
        if self._acts[suite, pair]:
            tally.acting += 1
            tally.taken += run.attacked
            tally.evil_asks += run.count("attacker", "ask") > 0
            if self._told and run.attacked:
                self._tell("ATTACK", run, lambda call: call.who == "attacker")
        if self._whole:
            asked = run.count("user", "ask") + run.count("attacker", "ask")
            alone = self._dojo.attacked(suite, pair, form, watch, ALONE) if asked else run
            tally.useful_alone += alone.useful
            evil = self._dojo.attacked(suite, pair, form, watch, RUBBER) if asked else run
            tally.rubber += self._acts[suite, pair] and evil.attacked

    def _tell(self, what: str, run: Run, which: Callable[..., bool]) -> None:
        for call in run.calls:
            if which(call):
                args = str(call.arguments)[:160]
                print(f"    {what} {run.suite} {run.user} {run.injection} {call.word} {call.tool} {args}")


def _share(part: int, whole: int) -> str:
    return f"{part / max(whole, 1):>8.1%} "


def lost(dojo: Dojo, suites: Iterable[str]) -> None:
    """Say which tasks an oracle can't save, as the injected text alone spoils them or a shared call does the harm."""
    for suite in suites:
        spoiled: dict[str, list[str]] = {}
        for pair in dojo.pairs(suite):
            run = dojo.attacked(suite, pair, "clear", reading_oracle, ATTENDED)
            if not run.useful:
                spoiled.setdefault(pair[0], []).append(pair[1].removeprefix("injection_task_"))
        for user, injections in spoiled.items():
            print(f"  {suite:<10}{user:<14}{len(injections):>3}: injections {', '.join(injections)}")


def opened(traces: Path, *, json: bool = False) -> Dojo | None:
    """Load the suites; say what is missing and return None where they aren't there."""
    try:
        return Dojo(recorded(traces), json=json)
    except ModuleNotFoundError as error:
        print(f"{error.name} is not there, nothing measured: see how to run it at the top of this file")
    except FileNotFoundError as error:
        print(f"{error.filename} is not there, nothing measured")
    return None


def main(arguments: list[str]) -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description="AgentDojo with a perfectly gullible agent.")
    choices = ("none", "strict", "oracle", "reading-oracle", "reviewed", "drafted", "refined")
    parser.add_argument("--monitor", action="append", choices=choices)
    parser.add_argument("--suite", action="append", choices=SUITES)
    parser.add_argument("--form", action="append", choices=FORMS)
    parser.add_argument("--traces", type=Path, default=TRACES, help="recorded traces, for calls that the package lacks")
    parser.add_argument("--list", action="store_true", help="name calls asked or denied, and attacks that work")
    parser.add_argument("--whole", action="store_true", help="also attacks with nobody there, and with all approved")
    parser.add_argument("--json", action="store_true", help="results as JSON, not as AgentDojo writes them")
    parser.add_argument("--lost", action="store_true", help="name the pairs in which even an oracle loses the task")
    options = parser.parse_args(arguments)
    warnings.filterwarnings("ignore")
    dojo = opened(options.traces, json=options.json)
    if dojo is None:
        return 0
    print(machine(), f"hash seed {os.environ.get('PYTHONHASHSEED', 'random')}", sep=", ")
    suites = options.suite or list(SUITES)
    if options.lost:
        lost(dojo, suites)
        return 0
    bench = Bench(dojo, suites, told=options.list, whole=options.whole)
    for name in options.monitor or choices:
        watch = _watch(name, dojo)
        for form in options.form or FORMS:
            bench.measure(name, watch, form)
    return 0


def _watch(name: str, dojo: Dojo) -> Watch:
    plain: dict[str, Watch] = {
        "none": nothing,
        "strict": strict,
        "oracle": oracle,
        "reading-oracle": reading_oracle,
    }
    if name in plain:
        return plain[name]
    if name == "reviewed":
        return flow(reviewed_cards())
    return flow(drafted_cards(dojo) if name == "drafted" else refined_cards(dojo))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
