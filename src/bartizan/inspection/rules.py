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
from bartizan.inspection.beginnings import Blocks, layout_beginnings
from bartizan.inspection.checks import ColumnCheck, TextCheck, column_checks, text_checks
from bartizan.inspection.finders import Finder, finders
from bartizan.inspection.keywords import Keywords
from bartizan.inspection.layers import SIGNS
from bartizan.inspection.layouts import Layout, Nodes, Tree, parse_layout
from bartizan.inspection.matcher import Expression, Matcher, make_matcher
from bartizan.inspection.prepare import Prepared, prepare_all
from bartizan.inspection.starts import Begins, Starts
from bartizan.model import InputError
from bartizan.model.decode import nearest

__all__ = ["BEGUN", "Rule", "Rules", "build_rules"]

BEGUN = ("code", "wide", "digit", "long")
"""Groups whose rules are looked for where they may start, in long texts."""

_SHORT = ("code", "digit", "loose")
"""Groups that are looked for in one pass in short texts."""


@dataclass
class Rule:
    """One form of one type, ready to use. `kind` is the type's index; `head` and `tail` bound a match around the end
    that the matcher reports, in bytes; with `exact` it begins just `head` bytes before. Expressions are compiled when
    they are first needed.
    """

    kind: int
    alone: int
    near: int
    source: str = ""
    ignore_case: bool = False
    head: int = 0
    tail: int = 0
    exact: bool = False
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


class Wanted(NamedTuple):
    """Rules for numbers of one layout: its width in bytes, its groups, which count alone, which beside a keyword."""

    width: int
    groups: tuple[int, ...]
    alone: list[Rule]
    beside: list[Rule]


@dataclass
class Rules:
    """All that a policy asks for.

    Each group of rules has a matcher. `open` rules are looked for everywhere, `code`, `wide`, `digit` and `long` ones
    where they may start, `loose` ones around digits, and `gated` ones, which count beside a keyword only, around
    keywords. `short` has the `code`, `digit` and `loose` ones once more: in a short text one pass is faster than three.
    """

    types: list[DataType]
    rules: list[Rule]
    tree: Tree
    groups: dict[str, Group]
    starts: Starts
    """Of long texts: where `BEGUN` groups and numbers may start."""
    signs: tuple[str, ...]
    """The signs of encodings, which are the first rules of the open group, in this order."""
    gated_kinds: frozenset[int]
    numbers: Nodes
    """Of the tree, what counts without a keyword."""
    gated_numbers: dict[int, Nodes]
    """Of the tree, what counts beside a keyword of a type only."""
    gated_reach: list[int]
    """For each keyword the bytes around it in which a gated value that it speaks for may lie; 0 where there is none."""
    keywords: Keywords
    least: int
    always: list[int]
    """Rules whose finder looks at every record, as it has no anchor."""

    @cached_property
    def finders(self) -> list[Finder]:
        """The finders of `always`."""
        return [finder for number in self.always if (finder := self.rules[number].finder) is not None]

    @cached_property
    def gated_words(self) -> frozenset[int]:
        """Keywords of types with gated rules."""
        kinds = self.keywords.kinds
        return frozenset(word for word, mine in enumerate(kinds) if not self.gated_kinds.isdisjoint(mine))

    @cached_property
    def wanted(self) -> dict[int, Wanted]:
        """What stands at each node of the tree at which a layout ends."""
        out = {}
        for node, members in self.tree.wanted.items():
            layout, rules = self.tree.layouts[node], [self.rules[number] for number in members]
            alone = [rule for rule in rules if rule.alone >= max(self.least, 1)]
            beside = [rule for rule in rules if rule.alone < max(self.least, 1)]
            out[node] = Wanted(layout.width, layout.groups, alone, beside)
        return out


def build_rules(
    types: Mapping[str, DataType], least: int, allow: Sequence[str], cache: Path | None, *, plain: bool = False
) -> Rules:
    """Make types ready. `least` is the confidence below which nothing is reported; `cache` keeps compiled databases.

    Raises InputError naming the type, for a form that can't work.
    """
    prepared = prepare_all(types, cache)
    made = _Made()
    chosen = list(types.values())
    made.groups["open"] += [(Rule(kind=-1, alone=0, near=0), (sign, False)) for sign in SIGNS.values()]
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
    numbered: dict[str, list[tuple[int, Expression]]] = {}
    for name, members in made.groups.items():
        numbered[name] = [(len(rules) + place, expression) for place, (_, expression) in enumerate(members)]
        rules += [rule for rule, _ in members]
    numbered["short"] = [member for name in _SHORT for member in numbered[name]]
    groups = {name: _group(members, cache, plain=plain) for name, members in numbered.items()}
    gated = [rule for rule, _ in made.groups["gated"]]
    tree = Tree([(len(rules) + place, shapes) for place, shapes in made.layouts])
    alone, gated_numbers = _nodes(tree, made, len(rules), least)
    return Rules(
        types=chosen,
        rules=rules + made.others,
        tree=tree,
        groups=groups,
        starts=Starts(made.begins, made.number_begins),
        signs=tuple(SIGNS),
        gated_kinds=frozenset(rule.kind for rule in gated),
        numbers=alone,
        gated_numbers=gated_numbers,
        gated_reach=_reach(chosen, gated, keywords.owners),
        keywords=keywords,
        least=least,
        always=[len(rules) + number for number, rule in enumerate(made.others) if rule.finder is not None],
    )


def _group(members: Sequence[tuple[int, Expression]], cache: Path | None, *, plain: bool) -> Group:
    """Make a group of rules, given by their places in all rules, each expression once."""
    alike: dict[Expression, list[int]] = {}
    for number, expression in members:
        alike.setdefault(expression, []).append(number)
    return Group(make_matcher(list(alike), cache, plain=plain), list(alike.values()))


def _nodes(tree: Tree, made: _Made, first: int, least: int) -> tuple[Nodes, dict[int, Nodes]]:
    """Return the nodes of numbers that count alone, and by type of those that don't; `first` is the first's number."""
    alone: set[int] = set()
    gated: dict[int, set[int]] = {}
    for place, _ in made.layouts:
        rule = made.others[place]
        (gated.setdefault(rule.kind, set()) if rule.alone < least else alone).add(first + place)
    return tree.nodes(frozenset(alone)), {kind: tree.nodes(frozenset(mine)) for kind, mine in gated.items()}


def _reach(types: Sequence[DataType], gated: Sequence[Rule], owners: NDArray[np.bool_]) -> list[int]:
    """Return how far around each keyword gated rules of its types have to be looked for."""
    by_kind = np.zeros(len(types), np.int64)
    for rule in gated:
        # The matcher reports a match no later than its head behind its start.
        by_kind[rule.kind] = max(by_kind[rule.kind], types[rule.kind].within + rule.head + 1)
    reach = np.zeros(owners.shape[1], np.int64)
    kinds, keywords = np.nonzero(owners)
    np.maximum.at(reach, keywords, by_kind[kinds])
    out: list[int] = reach.tolist()
    return out


@dataclass
class _Made:
    """Rules so far: by group with their expressions, and those without one."""

    groups: dict[str, list[tuple[Rule, Expression]]] = field(
        default_factory=lambda: {name: [] for name in ("open", *BEGUN, "loose", "gated")}
    )
    begins: dict[str, list[Begins]] = field(default_factory=lambda: {name: [] for name in BEGUN})
    number_begins: dict[str, list[Blocks]] = field(default_factory=lambda: {"numbers": [], "gated numbers": []})
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
            exact=ready.exact,
            columns=columns,
            check=check,
            entropy=form.entropy,
            excluded=excluded,
            finder=_finder(form.finder),
        )
        if ready.expression:
            group = "gated" if gated else ready.group
            self.groups[group].append((rule, (ready.expression, form.ignore_case)))
            if group in self.begins:
                self.begins[group].append(Begins(ready.begins, ready.head))
            return
        if form.digits:
            shapes = [layout for text in form.digits for layout in parse_layout(text)]
            self.number_begins["gated numbers" if gated else "numbers"] += layout_beginnings(shapes)
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
