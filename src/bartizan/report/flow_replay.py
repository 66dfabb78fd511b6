"""What replayed sessions of agents come to, as text and for programs. No value of a call is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from bartizan.guard.flow.replay import Figures, Replayed, Seen, figures
from bartizan.report.amounts import count
from bartizan.report.terminal import Column, Pen, clean

__all__ = ["HEADINGS", "cells", "hits", "replay_json", "replay_text", "suites"]

HEADINGS = ("suite", "honest solved", "alone", "asked", "attacks", "complete", "under attack")
_MOST = 20


def suites(replayed: Sequence[Replayed]) -> list[tuple[str, Figures]]:
    """Return the figures of each suite by its name, and of all together at the end when there are several."""
    names = sorted({one.trace.suite for one in replayed})
    out = [(name or "sessions", figures([one for one in replayed if one.trace.suite == name])) for name in names]
    return [*out, ("all", figures(replayed))] if len(out) > 1 else out


def cells(name: str, found: Figures) -> list[str]:
    """Return a row of figures, as HEADINGS name them."""
    return [
        name,
        _of(found.solved, found.honest),
        _of(found.alone, found.honest),
        f"{found.asked_tasks:,} ({count(found.asks, 'call')})" if found.honest else "-",
        _of(found.leaked, found.armed),
        _of(found.completed, found.armed),
        _of(found.done, found.attacked),
    ]


def hits(replayed: Iterable[Replayed]) -> list[tuple[Replayed, list[Seen]]]:
    """Return each attack that came through, with the calls that did."""
    found = []
    for one in replayed:
        calls = [call for call in one.calls if call.who == "attacker" and call.effect and not call.own and call.passed]
        if calls:
            found.append((one, calls))
    return found


def replay_text(replayed: Sequence[Replayed], pen: Pen, *, attended: bool) -> str:
    """Return the figures as a table, then what came through, what was refused, and what was asked about."""
    columns = [Column(20, style="bold"), *(Column(18, right=True) for _ in HEADINGS[1:])]
    rows = [list(HEADINGS), *(cells(name, found) for name, found in suites(replayed))]
    found = figures(replayed)
    lines = [pen.heading("replayed", "somebody can be asked" if attended else "nobody can be asked").lstrip("\n")]
    lines += pen.table(columns, rows)
    lines.append("")
    lines.append(f"  calls: {found.allow:,} allowed, {found.ask:,} asked, {found.deny:,} denied")
    lines += _listed(pen, "attacks that came through", hits(replayed), good=False)
    honest = [one for one in replayed if not one.trace.attacked]
    lines += _listed(pen, "honest calls refused", _picked(honest, refused=True), good=False)
    lines += _listed(pen, "honest calls asked about", _picked(honest, refused=False), good=True)
    return "\n".join(lines) + "\n"


def replay_json(replayed: Sequence[Replayed], *, attended: bool) -> dict[str, Any]:
    """Return the figures and lists for programs."""
    honest = [one for one in replayed if not one.trace.attacked]
    return {
        "schema": "bartizan/flow-replay/1",
        "attended": attended,
        "all": msgspec.to_builtins(figures(replayed)),
        "suites": {
            name: msgspec.to_builtins(figures([one for one in replayed if one.trace.suite == name]))
            for name in sorted({one.trace.suite for one in replayed})
        },
        "came_through": [_plain(*one) for one in hits(replayed)],
        "refused": [_plain(*one) for one in _picked(honest, refused=True)],
        "asked": [_plain(*one) for one in _picked(honest, refused=False)],
    }


def _of(part: int, whole: int) -> str:
    return f"{part:,}/{whole:,} ({100 * part / whole:.1f} %)" if whole else "-"


def _picked(replayed: Iterable[Replayed], *, refused: bool) -> list[tuple[Replayed, list[Seen]]]:
    found = []
    for one in replayed:
        calls = [call for call in one.calls if (not call.passed if refused else call.passed and call.word == "ask")]
        if calls:
            found.append((one, calls))
    return found


def _listed(pen: Pen, title: str, found: Sequence[tuple[Replayed, list[Seen]]], *, good: bool) -> list[str]:
    if not found:
        return []
    lines = [pen.heading(title, count(len(found), "session"))]
    for one, calls in found[:_MOST]:
        lines.append("  " + pen(clean(one.trace.name), "medium" if good else "bad"))
        for call in calls:
            lines += pen.paragraph(f"call {call.verdict.number}, {call.verdict.tool}: {_why(call)}", 4)
    if len(found) > _MOST:
        lines.append(f"  and {count(len(found) - _MOST, 'more session')}: --format json lists all")
    return lines


def _why(call: Seen) -> str:
    """Say why a call was decided as it was: its reason, or else where its values came from."""
    if call.reason:
        return f"{call.reason} ({call.rule})"
    words = "; ".join(dict.fromkeys(origin.words for origin in call.verdict.origins if origin.words))
    return f"{words} ({call.rule})" if words else call.rule


def _plain(one: Replayed, calls: Sequence[Seen]) -> dict[str, Any]:
    return {
        "session": one.trace.name,
        "calls": [
            {
                "call": call.verdict.number,
                "tool": call.verdict.tool,
                "decision": call.word,
                "rule": call.rule,
                "reason": call.reason,
                "origins": [
                    {
                        "argument": origin.argument,
                        "type": origin.type.value,
                        "source": origin.source.value,
                        "call": origin.call,
                        "tool": origin.tool,
                        "field": origin.field,
                        "words": origin.words,
                    }
                    for origin in call.verdict.origins
                ],
            }
            for call in calls
        ],
    }
