"""`bartizan portfolio`: every system below a folder, on all cores, one line each."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import IO, Any

import click
import msgspec

from bartizan.analysis import Options
from bartizan.cli import grades, parameters
from bartizan.cli.estate import Outcome, find_systems, outcomes
from bartizan.cli.output import emit, say
from bartizan.cli.progress import Bar
from bartizan.cli.review import fails_on
from bartizan.model import Level, NothingToDo
from bartizan.report.phrases import SEVERITIES, count, money
from bartizan.store import whole_file

__all__ = ["command"]


@click.command("portfolio")
@click.argument("folder", type=click.Path(path_type=Path), help="Where the systems are.")
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes; default: one for each core.")
@parameters.output
@parameters.as_of
@parameters.proven
@parameters.appetite
@fails_on
def command(
    folder: Path,
    jobs: int | None,
    output: Path | None,
    as_of: date | None,
    proven: bool,
    appetite: Level | float | None,
    fail_on: str,
) -> int:
    """Review every system below a folder.

    A system is a YAML file with an `id` at its top; includes may reach anything below FOLDER. Writes one line of JSON
    for each system as it is done, in the order of their paths, and a summary as the last line.
    """
    found = find_systems(folder)
    if not found.systems:
        raise NothingToDo(
            f"there is no system below `{folder}`", help="a system is a YAML file with an `id` at its top"
        )
    total = Total(len(found.systems))
    bar = Bar(len(found.systems))
    options = Options(appetite=appetite, proven=proven)
    with whole_file(output) if output else nullcontext(None) as file:
        for outcome in outcomes(folder, found.systems, as_of or date.today(), options, jobs or os.cpu_count() or 1):
            bar.step(outcome.path)
            if outcome.error:
                bar.finish()
                say(outcome.error)
            total.add(outcome)
            if not _line(outcome, file):
                return 0
        bar.finish()
        summary = total.summary(sorted(set(found.parts) - total.read))
        _line(summary, file)
    for line in total.sentences(summary["not_inspected"]):
        say(line)
    return total.exit_code(fail_on)


def _line(value: object, file: IO[bytes] | None) -> bool:
    """Write one line; False when nobody reads on."""
    content = msgspec.json.encode(value) + b"\n"
    if file is None:
        return emit(content, None)
    file.write(content)
    return True


class Total:
    """Adds up outcomes; it keeps sums, and of single systems nothing but the names of the files that were read."""

    def __init__(self, systems: int) -> None:
        self.systems = systems
        self.failed = 0
        self.mistakes = 0
        self.above = 0
        self.threats: Counter[str] = Counter()
        self.controls: Counter[str] = Counter()
        self.days: dict[str, float] = defaultdict(float)
        self.money: dict[str, list[float]] = {}
        self.read: set[str] = set()

    def add(self, outcome: Outcome) -> None:
        """Count one system."""
        self.read.update(outcome.files)
        if outcome.error:
            self.failed += 1
            self.mistakes += outcome.own_mistake
            return
        self.above += not outcome.within_appetite
        self.threats.update(outcome.threats)
        self.controls.update({control for control, _, _ in outcome.plan})
        for control, _, days in outcome.plan:
            self.days[control] += days
        sums = self.money.setdefault(outcome.currency, [0.0, 0.0])
        sums[0] += outcome.residual
        sums[1] += outcome.planned

    def summary(self, parts: list[str]) -> dict[str, Any]:
        """The last line: what the estate has in common, and what nobody looked at."""
        return {
            "schema": "bartizan/portfolio/1",
            "systems": self.systems,
            "failed": self.failed,
            "above_appetite": self.above,
            "threats": {level.value: self.threats[level.value] for level in SEVERITIES},
            "controls": [
                {"control": name, "systems": number, "days": round(self.days[name], 1)}
                for name, number in sorted(self.controls.items(), key=lambda pair: (-pair[1], pair[0]))[:50]
            ],
            "risk": {
                currency: {"residual": round(sums[0], 2), "planned": round(sums[1], 2)}
                for currency, sums in sorted(self.money.items())
            },
            "not_inspected": [
                {"path": path, "reason": "has no `id` at its top, and no system includes it"} for path in parts
            ],
        }

    def sentences(self, unused: list[Any]) -> Iterator[str]:
        """The summary for people."""
        severe = ", ".join(f"{self.threats[level.value]:,} {level}" for level in SEVERITIES)
        yield f"{count(self.systems, 'system')}, {self.above:,} above the appetite; open threats: {severe}"
        for currency, (residual, planned) in sorted(self.money.items()):
            yield f"risk a year: {money(residual, currency)} as it is, {money(planned, currency)} with the plans"
        for name, number in sorted(self.controls.items(), key=lambda pair: (-pair[1], pair[0]))[:5]:
            yield f"  {name}: needed by {count(number, 'system')}"
        if self.failed:
            yield f"error: {count(self.failed, 'system')} could not be reviewed"
        if unused:
            yield f"note: {count(len(unused), 'file')} not inspected, listed in the summary"

    def exit_code(self, fail_on: str) -> int:
        """2 when a system could not be read, 1 when Bartizan failed on one; else by the highest open threat."""
        if self.failed:
            return 1 if self.mistakes else 2
        return grades.exit_code((level for level, number in self.threats.items() if number), fail_on)
