"""Data types made ready: expressions for the matcher, a tree of layouts, keywords, and what decides about a match."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.catalog.data_types import DataType, Form
from bartizan.inspection.checks import ColumnCheck, TextCheck, column_checks, text_checks
from bartizan.inspection.finders import Finder, finders
from bartizan.inspection.gates import CODE_SIGN, WIDE_SIGN
from bartizan.inspection.keywords import Keywords
from bartizan.inspection.layers import EMPHASIS, RUN
from bartizan.inspection.layouts import Layout, Tree, parse_layout
from bartizan.inspection.matcher import Expression, Matcher, make_matcher
from bartizan.inspection.prepare import Prepared, prepare_all
from bartizan.model import InputError
from bartizan.model.decode import nearest

__all__ = ["Rule", "Rules", "build_rules"]


@dataclass
class Rule:
    """One form of one type, ready to use. `kind` is the type's index; `head` and `tail` bound a match around the end
    that the matcher reports, in bytes. Expressions are compiled when they are first needed.
    """

    kind: int
    alone: int
    near: int
    source: str = ""
    ignore_case: bool = False
    head: int = 0
    tail: int = 0
    columns: ColumnCheck | None = None
    check: TextCheck | None = None
    entropy: float = 0.0
    excluded: tuple[str, ...] = ()
    finder: Finder | None = None

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """What decides about a match."""
        return re.compile(self.source.encode(), re.IGNORECASE if self.ignore_case else 0)

    @cached_property
    def value(self) -> int | str:
        """The group that is the value."""
        return "value" if "value" in self.pattern.groupindex else 0

    @cached_property
    def exclude(self) -> re.Pattern[bytes] | None:
        """What is no finding; None when everything is."""
        joined = "|".join(f"(?:{text})" for text in self.excluded)
        return re.compile(joined.encode(), re.IGNORECASE) if joined else None


class Group(NamedTuple):
    """Rules that are looked for in the same parts of a text."""

    matcher: Matcher
    rules: list[list[int]]
    """For each number that the matcher reports the rules that have this expression, as places in all rules."""


@dataclass
class Rules:
    """All that a policy asks for.

    Each group of rules has a matcher. `open` rules are looked for everywhere, `capital`, `code`, `long`, `wide`
    and `digit` ones where a text may hold such, and `gated` ones, which count beside a keyword only, around keywords.
    """

    types: list[DataType]
    rules: list[Rule]
    tree: Tree
    groups: dict[str, Group]
    signs: Matcher
    """Of short texts: whether there are long rows (0), codes (1) and wide rows of digits (2)."""
    emphasis: int
    """The number of the open group for signs of Markdown."""
    gated_kinds: frozenset[int]
    gated_reach: NDArray[np.int64]
    """For each keyword the bytes around it in which a gated value that it speaks for may lie; 0 where there is none."""
    keywords: Keywords
    least: int
    always: list[int]
    """Rules whose finder looks at every record, as it has no anchor."""


def build_rules(
    types: Mapping[str, DataType], least: int, allow: Sequence[str], cache: Path | None, *, plain: bool = False
) -> Rules:
    """Make types ready. `least` is the confidence below which nothing is reported; `cache` keeps compiled databases.

    Raises InputError naming the type, for a form that can't work.
    """
    prepared = prepare_all(types, cache)
    made = _Made()
    chosen = list(types.values())
    made.groups["open"].append((Rule(kind=-1, alone=0, near=0), (EMPHASIS, False)))
    for kind, entry in enumerate(chosen):
        excluded = (*entry.exclude, *allow)
        for form, ready in zip(entry.forms, prepared[entry.id], strict=True):
            if max(form.alone, form.near if entry.keywords else 0) < max(least, 1):
                continue
            try:
                made.add(kind, form, ready, excluded, gated=form.alone < least)
            except InputError as error:
                raise InputError(f"data type `{entry.id}`: {error.message}", help=error.help) from None
    keywords = Keywords([entry.keywords for entry in chosen], cache, plain=plain)
    rules: list[Rule] = []
    groups: dict[str, Group] = {}
    for name, members in made.groups.items():
        alike: dict[Expression, list[int]] = {}
        for rule, expression in members:
            alike.setdefault(expression, []).append(len(rules))
            rules.append(rule)
        groups[name] = Group(make_matcher(list(alike), cache, plain=plain), list(alike.values()))
    gated = [rule for rule, _ in made.groups["gated"]]
    return Rules(
        types=chosen,
        rules=rules + made.others,
        tree=Tree([(len(rules) + number, shapes) for number, shapes in made.layouts]),
        groups=groups,
        signs=make_matcher([(RUN, False), (CODE_SIGN, False), (WIDE_SIGN, False)], cache, plain=plain),
        emphasis=0,
        gated_kinds=frozenset(rule.kind for rule in gated),
        gated_reach=_reach(chosen, gated, keywords.owners),
        keywords=keywords,
        least=least,
        always=[len(rules) + number for number, rule in enumerate(made.others) if rule.finder is not None],
    )


def _reach(types: Sequence[DataType], gated: Sequence[Rule], owners: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how far around each keyword gated rules of its types have to be looked for."""
    by_kind = np.zeros(len(types), np.int64)
    for rule in gated:
        # The matcher reports a match no later than its head behind its start.
        by_kind[rule.kind] = max(by_kind[rule.kind], types[rule.kind].within + rule.head + 1)
    reach = np.zeros(owners.shape[1], np.int64)
    kinds, keywords = np.nonzero(owners)
    np.maximum.at(reach, keywords, by_kind[kinds])
    return reach


@dataclass
class _Made:
    """Rules so far: by group with their expressions, and those without one."""

    groups: dict[str, list[tuple[Rule, Expression]]] = field(
        default_factory=lambda: {
            "open": [],
            "capital": [],
            "code": [],
            "long": [],
            "wide": [],
            "digit": [],
            "gated": [],
        }
    )
    others: list[Rule] = field(default_factory=list)
    layouts: list[tuple[int, list[Layout]]] = field(default_factory=list)

    def add(self, kind: int, form: Form, ready: Prepared, excluded: tuple[str, ...], *, gated: bool) -> None:
        """Make one form ready, and put it where it belongs."""
        columns, check = _check(form.check)
        rule = Rule(
            kind=kind,
            alone=form.alone,
            near=form.near,
            source=ready.source,
            ignore_case=form.ignore_case,
            head=ready.head,
            tail=ready.tail,
            columns=columns,
            check=check,
            entropy=form.entropy,
            excluded=excluded,
            finder=_finder(form.finder),
        )
        if ready.expression:
            self.groups["gated" if gated else ready.group].append((rule, (ready.expression, form.ignore_case)))
            return
        if form.digits:
            shapes = [layout for text in form.digits for layout in parse_layout(text)]
            self.layouts.append((len(self.others), shapes))
        self.others.append(rule)


def _finder(name: str) -> Finder | None:
    """Look a finder up by its name."""
    if not name:
        return None
    if name not in finders():
        raise InputError(f"`{name}` is not a finder", help=nearest(name, finders()))
    return finders()[name]


def _check(name: str) -> tuple[ColumnCheck | None, TextCheck | None]:
    """Look a checksum up by its name."""
    if not name:
        return None, None
    if name in column_checks():
        return column_checks()[name], None
    if name in text_checks():
        return None, text_checks()[name]
    raise InputError(f"`{name}` is not a checksum", help=nearest(name, [*column_checks(), *text_checks()]))
