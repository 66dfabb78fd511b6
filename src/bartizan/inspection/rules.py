"""Data types made ready: expressions for the matcher, a tree of layouts, keywords, and what decides about a match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.catalog.data_types import DataType, Form
from bartizan.inspection.checks import ColumnCheck, TextCheck, column_checks, text_checks
from bartizan.inspection.finders import Finder, finders
from bartizan.inspection.gates import CODE_SIGN, beside_digits, gate_of
from bartizan.inspection.keywords import keyword_expressions
from bartizan.inspection.layers import EMPHASIS, RUN
from bartizan.inspection.layouts import Layout, Tree, parse_layout
from bartizan.inspection.matcher import Expression, Matcher, make_matcher
from bartizan.inspection.shorten import shorten, width_up_to
from bartizan.model import InputError
from bartizan.model.decode import nearest

__all__ = ["Rule", "Rules", "build_rules"]

LONGEST_HEAD = 96
"""Bytes that a match may begin before the place that the matcher reported, to be looked for around long rows only."""
LONGEST_TAIL = 8192
"""Bytes that a match without a limit of its own may go on behind the place that the matcher reported."""
_WORD = "[0-9A-Za-z_]"
_BEFORE = "(?:^|[^0-9A-Za-z_])"
_START = f"(?:(?<!{_WORD})|(?!{_WORD}))"
_END = f"(?:(?!{_WORD})|(?<!{_WORD}))"


@dataclass(frozen=True)
class Rule:
    """One form of one type, ready to use. `kind` is the type's index; `head` and `tail` bound a match around the end
    that the matcher reports, in bytes.
    """

    kind: int
    alone: int
    near: int
    pattern: re.Pattern[bytes] | None = None
    value: int | str = 0
    head: int = 0
    tail: int = 0
    columns: ColumnCheck | None = None
    check: TextCheck | None = None
    entropy: float = 0.0
    exclude: re.Pattern[bytes] | None = None
    finder: Finder | None = None


class Group(NamedTuple):
    """Rules that are looked for in the same parts of a text."""

    matcher: Matcher
    first: int


@dataclass
class Rules:
    """All that a policy asks for.

    Each group of rules has a matcher; the numbers that it reports, plus the group's `first`, are places in `rules`.
    `open` rules are looked for everywhere, `code`, `long` and `digit` ones where a text may hold such, and `gated`
    ones, which count beside a keyword only, around keywords.
    """

    types: list[DataType]
    rules: list[Rule]
    tree: Tree
    groups: dict[str, Group]
    signs: Matcher
    """Of short texts: whether there are long rows (0) and codes (1)."""
    emphasis: int
    """The number of the open group for signs of Markdown."""
    gated_kinds: frozenset[int]
    gated_reach: NDArray[np.int64]
    """For each keyword the bytes around it in which a gated value that it speaks for may lie; 0 where there is none."""
    keywords: Matcher
    owners: NDArray[np.bool_]
    """Which keyword (column) belongs to which type (row)."""
    has_keywords: list[bool]
    least: int
    always: list[int]
    """Rules whose finder looks at every record, as it has no anchor."""


def build_rules(
    types: Mapping[str, DataType], least: int, allow: Sequence[str], cache: Path | None, *, plain: bool = False
) -> Rules:
    """Make types ready. `least` is the confidence below which nothing is reported; `cache` keeps compiled databases.

    Raises InputError naming the type, for a form that can't work.
    """
    made = _Made()
    chosen = list(types.values())
    made.groups["open"].append((Rule(kind=-1, alone=0, near=0), (EMPHASIS, False)))
    for kind, entry in enumerate(chosen):
        exclude = _any([*entry.exclude, *allow])
        for form in entry.forms:
            if max(form.alone, form.near if entry.keywords else 0) < max(least, 1):
                continue
            try:
                made.add(kind, form, exclude, gated=form.alone < least)
            except InputError as error:
                raise InputError(f"data type `{entry.id}`: {error.message}", help=error.help) from None
    words, owners = keyword_expressions([entry.keywords for entry in chosen])
    rules: list[Rule] = []
    groups: dict[str, Group] = {}
    for name, members in made.groups.items():
        groups[name] = Group(make_matcher([expression for _, expression in members], cache, plain=plain), len(rules))
        rules += [rule for rule, _ in members]
    gated = [rule for rule, _ in made.groups["gated"]]
    return Rules(
        types=chosen,
        rules=rules + made.others,
        tree=Tree([(len(rules) + number, shapes) for number, shapes in made.layouts]),
        groups=groups,
        signs=make_matcher([(RUN, False), (CODE_SIGN, False)], cache, plain=plain),
        emphasis=0,
        gated_kinds=frozenset(rule.kind for rule in gated),
        gated_reach=_reach(chosen, gated, owners),
        keywords=make_matcher(words, cache, plain=plain),
        owners=owners,
        has_keywords=[bool(entry.keywords) for entry in chosen],
        least=least,
        always=[len(rules) + number for number, rule in enumerate(made.others) if rule.finder is not None],
    )


def _reach(types: Sequence[DataType], gated: Sequence[Rule], owners: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how far around each keyword gated rules of its types have to be looked for."""
    by_kind = np.zeros((len(types), 1), np.int64)
    for rule in gated:
        # The matcher reports a match no later than its head behind its start.
        by_kind[rule.kind] = max(by_kind[rule.kind, 0], types[rule.kind].within + rule.head + 1)
    reach: NDArray[np.int64] = np.max(by_kind * owners, axis=0, initial=0)
    return reach


@dataclass
class _Made:
    """Rules so far: by group with their expressions, and those without one."""

    groups: dict[str, list[tuple[Rule, Expression]]] = field(
        default_factory=lambda: {"open": [], "code": [], "long": [], "digit": [], "gated": []}
    )
    others: list[Rule] = field(default_factory=list)
    layouts: list[tuple[int, list[Layout]]] = field(default_factory=list)

    def add(self, kind: int, form: Form, exclude: re.Pattern[bytes] | None, *, gated: bool) -> None:
        """Make one form ready, and put it where it belongs."""
        rule, expression, shapes = _rule(kind, form, exclude)
        if expression is not None:
            group = "gated" if gated else _gate(form, rule, expression)
            self.groups[group].append((rule, expression))
            return
        if shapes:
            self.layouts.append((len(self.others), shapes))
        self.others.append(rule)


def _gate(form: Form, rule: Rule, expression: Expression) -> str:
    """Return the group of a rule that counts without a keyword."""
    gate = gate_of(form.pattern, bounded=form.bounded, ignore_case=form.ignore_case) if form.pattern else ""
    if gate == "code" or (gate == "long" and not form.anchor and rule.head <= LONGEST_HEAD):
        return gate
    return "digit" if beside_digits(expression[0]) else "open"


def _rule(kind: int, form: Form, exclude: re.Pattern[bytes] | None) -> tuple[Rule, Expression | None, list[Layout]]:
    """Make one form ready: the rule, what the matcher looks for, and the layouts that the tree looks for."""
    if sum(map(bool, (form.pattern, form.digits, form.finder))) != 1:
        raise InputError("a form has exactly one of `pattern`, `digits` and `finder`")
    make = partial(Rule, kind=kind, alone=form.alone, near=form.near, entropy=form.entropy, exclude=exclude)
    columns, check = _check(form.check)
    if form.digits:
        shapes = [layout for text in form.digits for layout in parse_layout(text)]
        return make(columns=columns, check=check), None, shapes
    if form.finder:
        if form.finder not in finders():
            raise InputError(f"`{form.finder}` is not a finder", help=nearest(form.finder, finders()))
        rule = make(finder=finders()[form.finder], head=form.reach, tail=form.reach)
        return rule, (form.anchor, form.ignore_case) if form.anchor else None, []
    shape = shorten(form.pattern)
    source = f"{_START}(?:{form.pattern}){_END}" if form.bounded else form.pattern
    pattern = re.compile(source.encode(), re.IGNORECASE if form.ignore_case else 0)
    head = form.reach or shape.head
    if form.anchor and (lead := width_up_to(form.pattern, form.anchor)) >= 0:
        head = lead
    if head < 0:
        raise InputError(
            f"`{form.pattern}` has no greatest length", help="bound its start, or give `anchor` and `reach`"
        )
    tail = form.reach or shape.tail
    if form.anchor:
        expression = shorten(form.anchor).expression
    else:
        expression = _BEFORE + shape.expression if form.bounded and shape.bounded else shape.expression
    rule = make(
        pattern=pattern,
        value="value" if "value" in pattern.groupindex else 0,
        head=head,
        tail=tail if tail >= 0 else LONGEST_TAIL,
        columns=columns,
        check=check,
    )
    return rule, (expression, form.ignore_case), []


def _check(name: str) -> tuple[ColumnCheck | None, TextCheck | None]:
    """Look a checksum up by its name."""
    if not name:
        return None, None
    if name in column_checks():
        return column_checks()[name], None
    if name in text_checks():
        return None, text_checks()[name]
    raise InputError(f"`{name}` is not a checksum", help=nearest(name, [*column_checks(), *text_checks()]))


def _any(expressions: Iterable[str]) -> re.Pattern[bytes] | None:
    """Join expressions into one that matches what any of them does; None for none."""
    joined = "|".join(f"(?:{text})" for text in expressions)
    return re.compile(joined.encode(), re.IGNORECASE) if joined else None
