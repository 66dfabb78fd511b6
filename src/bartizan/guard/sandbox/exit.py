"""The exit report: what came of a sandbox, from its events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from bartizan.guard.sandbox.document import Criterion, Sandbox
from bartizan.guard.sandbox.tally import Tally, sandbox_of
from bartizan.model import Event

__all__ = ["Exit", "Outcome", "exit_json", "exit_markdown", "exit_of"]


class Outcome(msgspec.Struct, frozen=True):
    """A criterion, the number it is about, and whether that was reached."""

    what: str
    measure: str
    reaches: float
    number: float
    met: bool


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a sandbox. `reason` is why it ended, `first` and `last` are when its calls were."""

    sandbox: Sandbox
    reason: str
    tally: Tally
    success: list[Outcome]
    kill: list[Outcome]

    @property
    def verdict(self) -> str:
        """One sentence: whether it met what it was to show, and whether it had to be ended."""
        ended = [one for one in self.kill if one.met]
        if ended:
            return f"A kill criterion was met: {ended[0].what}."
        if not self.success:
            return "No success criterion was set."
        met = sum(one.met for one in self.success)
        return f"{met} of {len(self.success)} success criteria met."


def exit_of(sandbox: Sandbox, events: Iterable[Event], reason: str) -> Exit:
    """Add up a sandbox's events; those of others are passed over."""
    tally = Tally()
    for event in events:
        if sandbox_of(event) == sandbox.id:
            tally.add(event)
    return Exit(
        sandbox=sandbox,
        reason=reason,
        tally=tally,
        success=[_outcome(one, tally) for one in sandbox.success],
        kill=[_outcome(one, tally) for one in sandbox.kill],
    )


def _outcome(criterion: Criterion, tally: Tally) -> Outcome:
    number = round(tally.number(criterion), 6)
    return Outcome(criterion.title, criterion.measure, criterion.reaches, number, tally.meets(criterion))


def exit_json(report: Exit) -> dict[str, Any]:
    """Return the report as plain values."""
    sandbox, tally = report.sandbox, report.tally
    return {
        "schema": "bartizan/sandbox-exit/1",
        "sandbox": sandbox.id,
        "purpose": sandbox.purpose,
        "owner": sandbox.owner,
        "starts": sandbox.starts,
        "ends": sandbox.ends,
        "digest": sandbox.digest,
        "ended": report.reason,
        "verdict": report.verdict,
        "calls": tally.calls,
        "refused": tally.refusals.total(),
        "first": tally.first,
        "last": tally.last,
        "people": _sorted(tally.people),
        "models": _sorted(tally.models),
        "tokens": {"input": tally.input, "output": tally.output, "limit": sandbox.budget.tokens},
        "money": {"spent": round(tally.money, 6), "limit": sandbox.budget.money},
        "findings": _sorted(tally.findings),
        "refusals": _sorted(tally.refusals),
        "injection_signals": {str(signal): count for signal, count in sorted(tally.injection.items())},
        "success": msgspec.to_builtins(report.success),
        "kill": msgspec.to_builtins(report.kill),
    }


def exit_markdown(report: Exit) -> str:
    """Return the report as Markdown, for a ticket or a decision paper."""
    sandbox, tally = report.sandbox, report.tally
    lines = [
        f"# Exit report: {_cell(sandbox.id)}",
        "",
        _cell(sandbox.purpose),
        "",
        f"Owner: {_cell(sandbox.owner)}. From {sandbox.starts} to {sandbox.ends}. Ended: {_cell(report.reason)}.",
        "",
        f"**{_cell(report.verdict)}**",
        "",
        "| number | value | limit |",
        "|---|---:|---:|",
        f"| calls | {tally.calls:,} | |",
        f"| of these refused | {tally.refusals.total():,} | |",
        f"| people and programs | {len(tally.people):,} | |",
        f"| tokens in | {tally.input:,} | |",
        f"| tokens out | {tally.output:,} | |",
        f"| tokens | {tally.input + tally.output:,} | {_limit(sandbox.budget.tokens)} |",
        f"| money | {tally.money:,.2f} | {_limit(sandbox.budget.money)} |",
        f"| calls with an injection signal | {tally.injection.total():,} | |",
        "",
        *_criteria("Success criteria", report.success),
        *_criteria("Kill criteria", report.kill),
        *_counts("People and programs", "who", tally.people),
        *_counts("Models", "model", tally.models),
        *_counts("Findings by type", "type", tally.findings),
        *_counts("Refusals by rule", "rule", tally.refusals),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _criteria(title: str, outcomes: list[Outcome]) -> list[str]:
    if not outcomes:
        return []
    rows = [
        f"| {_cell(one.what)} | {one.reaches:g} | {one.number:g} | {'yes' if one.met else 'no'} |" for one in outcomes
    ]
    return [f"## {title}", "", "| criterion | at | number | met |", "|---|---:|---:|---|", *rows, ""]


def _counts(title: str, what: str, counts: Counter[str]) -> list[str]:
    if not counts:
        return []
    rows = [f"| {_cell(name) or '(not identified)'} | {count:,} |" for name, count in _sorted(counts).items()]
    return [f"## {title}", "", f"| {what} | count |", "|---|---:|", *rows, ""]


def _sorted(counts: Counter[str]) -> dict[str, int]:
    """Most first, then by name."""
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def _limit(limit: float) -> str:
    return f"{limit:,}" if limit else ""


def _cell(text: str) -> str:
    """Keep a text on one line, and from being Markdown or HTML."""
    flat = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    for letter in "\\|`*_[]":
        flat = flat.replace(letter, "\\" + letter)
    return flat.replace("&", "&amp;").replace("<", "&lt;")
