"""Work without bound: loops, memory, handles and threads that an argument, or nothing, limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.taint.judged import Case, Hit, said, where
from bartizan.scan.taint.state import Effect, Repeat
from bartizan.scan.taint.values import ARGUMENT, Label

__all__ = ["judge_work"]

_HEAVY = frozenset({"start-work", "open-handle", "write-data", "run-program", "run-shell", "hold-memory"})
_MANY = 5_000
_THREADS = 200
_ROUNDS = 10_000_000
_ATOM = r"(?:\\.|\[(?:\\.|[^\]\\])+\]|[^\\()\[\]|*+?{}^$])"
_NESTED = re.compile(
    rf"\((?:\?:|\?P?<\w+>)?(?:{_ATOM}[*?]\??)*{_ATOM}[*+]\??(?:{_ATOM}[*?]\??)*\)(?:[*+]|\{{\d*,)"
    rf"|\((?:\?:|\?P?<\w+>)?({_ATOM}+)\|\1{_ATOM}*\)[*+]"
)
"""A group that repeats, of which one part repeats and no other must be there; or two ways that begin alike.

Such a pattern tries exponentially many ways. Source: CWE-1333.
"""


def judge_work(case: Case) -> Iterator[Hit]:
    """Tell of work that has no bound."""
    if case.entry.tool is None:
        return
    for effect in case.entry.effects:
        if effect.flow.id in _HEAVY:
            yield from _repeated(case, effect)
        if effect.flow.id == "repeat":
            yield from _looped(case, effect)
        if effect.flow.id == "match-pattern":
            yield from _pattern(case, effect)
    again = [one for one in case.entry.recursing if one.kind == "amount" and "amount" not in one.cleared]
    for name, line in case.entry.recursions:
        if again and case.entry.recursions.count((name, line)) > 1:
            yield Hit(
                "mcp-source-unbounded-work", line, 1, f"`{name}` calls itself twice, as often as {where(again)} says"
            )
        spawning = any(
            effect.flow.id == "start-work" and (name in effect.chain or _starts(effect, name))
            for effect in case.entry.effects
        )
        if spawning:
            yield Hit("mcp-source-unbounded-work", line, 1, f"`{name}` starts itself again")


def _looped(case: Case, effect: Effect) -> Iterator[Hit]:
    """A loop by itself: one that never ends, or turns far too often."""
    own = effect.repeats[-1]
    if own.rounds == -2 and not own.waits:
        yield case.hit("mcp-source-unbounded-work", effect, "a loop that never ends")
    rounds = 1.0
    for repeat in effect.repeats:
        rounds *= max(repeat.rounds, 1.0) if repeat.counted else 1.0
    if rounds >= _ROUNDS:
        yield case.hit("mcp-source-unbounded-work", effect, f"a loop of {rounds:.0e} rounds")
    driven = [one for one in effect.repeats if one.counted and _free(one)]
    if len(driven) > 1:
        yield case.hit("mcp-source-unbounded-work", effect, f"{where(_free(own))} says how often loops in loops turn")
    grown = [one for one in own.labels if one.kind == "scaled" and "amount" not in one.cleared]
    if own.counted and grown:
        yield case.hit("mcp-source-unbounded-work", effect, f"{where(grown)}, multiplied, says how often a loop turns")


def _free(repeat: Repeat) -> list[Label]:
    return [one for one in repeat.labels if one.kind in ("amount", "scaled") and "amount" not in one.cleared]


def _starts(effect: Effect, name: str) -> bool:
    return any(one.function.name == name for value in effect.keywords.values() for one in value.closures)


def _repeated(case: Case, effect: Effect) -> Iterator[Hit]:
    for repeat in effect.repeats:
        driven = [
            one for one in repeat.labels if one.kind in ("amount", "grown", "scaled") and "amount" not in one.cleared
        ]
        if repeat.rounds == -2:
            if effect.flow.id in ("start-work", "hold-memory", "write-data", "open-handle"):
                yield case.hit("mcp-source-unbounded-work", effect, f"{effect.callee} in a loop that never ends")
        elif repeat.counted and driven and effect.flow.id in ("start-work", "open-handle"):
            yield case.hit(
                "mcp-source-unbounded-work", effect, f"{where(driven)} says how often {effect.callee} is called"
            )
        elif (
            repeat.rounds >= (_THREADS if effect.flow.id == "start-work" else _MANY) and effect.flow.id != "hold-memory"
        ):
            yield case.hit("mcp-source-unbounded-work", effect, f"{effect.callee} {int(repeat.rounds)} times")
    if effect.flow.id in ("hold-memory", "write-data") and (grown := _grown(effect)):
        yield case.hit("mcp-source-unbounded-work", effect, f"{where(grown)} says how much {effect.callee} takes")


def _grown(effect: Effect) -> list[Label]:
    return [one for one in effect.focus.labels if one.kind == "grown" and "amount" not in one.cleared]


def _pattern(case: Case, effect: Effect) -> Iterator[Hit]:
    own = [one for one in effect.focus.labels if one.kind == "argument" and not {"pattern", "all"} & one.cleared]
    pattern = (
        effect.subject if effect.callee.startswith("re.compile") and effect.callee != "re.compile" else effect.focus
    )
    slow = [one for one in pattern.texts if _NESTED.search(one)]
    if slow:
        yield case.hit("mcp-source-unbounded-work", effect, f"the pattern `{said(slow[0], 40)}` may take for ever")
    elif own and pattern is effect.focus and effect.focus.texts <= {ARGUMENT} and not case.declares(_REGEX):
        yield case.hit("mcp-source-unbounded-work", effect, f"{where(own)} is the pattern of {effect.callee}")


_REGEX = re.compile(r"(?i)\b(?:regex\w*|regular expressions?|patterns?|grep|glob|search\w*|filter\w*|match\w*)\b")
