"""Judges a file of a server: follows its program and says what is wrong, each finding once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.taint import tree as t
from bartizan.scan.taint.engine import Program, followed, text_places
from bartizan.scan.taint.judge_arguments import judge_arguments
from bartizan.scan.taint.judge_behaviour import judge_behaviour
from bartizan.scan.taint.judge_triggers import judge_triggers
from bartizan.scan.taint.judge_words import judge_words
from bartizan.scan.taint.judge_work import judge_work
from bartizan.scan.taint.judged import Case, Hit
from bartizan.scan.taint.state import Entry

__all__ = ["judged", "lines_of"]

_JUDGES = (judge_arguments, judge_behaviour, judge_triggers, judge_words, judge_work)


def judged(
    module: t.Module,
    tools: list[t.Tool],
    find: Callable[[str, str], t.Module | None],
    tick: Callable[[], None],
) -> tuple[list[Hit], list[Entry]]:
    """Return what is wrong with a file, in the order of its lines, and what was followed.

    `find` gives the trees of the modules that it names; `tick` is called often, and raises where time is over.
    Raises LimitReached for expressions that nest too deeply.
    """
    program = Program(module, find, tick)
    try:
        entries = followed(program, tools)
    except RecursionError:
        raise LimitReached("its expressions nest too deeply") from None
    told = " ".join(f"{tool.name} {tool.description}" for tool in tools)
    hits: dict[tuple[str, int], Hit] = {}
    for entry in entries:
        case = Case(entry, text_places(), told, module.path)
        for judge in _JUDGES:
            for hit in judge(case):
                if entry.tool is None and hit.beside and not tools:
                    continue
                hits.setdefault((hit.rule, hit.line), hit)
    if program.left:
        hits["mcp-source-partly-followed", 1] = Hit(
            "mcp-source-partly-followed", 1, 1, f"{program.left} functions that no tool is seen to reach"
        )
    return sorted(hits.values(), key=lambda one: (one.line, one.rule)), entries


def lines_of(entries: Iterable[Entry]) -> list[str]:
    """What each tool does, for a reader: one line a tool and one an effect."""
    lines = []
    for entry in entries:
        if entry.tool is not None:
            lines.append(f"{entry.tool.kind} {entry.tool.name}")
            seen = dict.fromkeys(f"  {one.flow.id} {one.callee} at line {one.line}" for one in entry.effects)
            lines += list(seen)[:40]
    return lines
