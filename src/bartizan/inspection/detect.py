"""Finds values of the wanted types in bytes: candidates from the matcher and the tree, then checks and keywords."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.context import Text
from bartizan.inspection.digits import Digits
from bartizan.inspection.gates import LONGEST_NUMBER, digit_parts, ends_in_parts
from bartizan.inspection.layers import Parts, Signs, Stretches, long_rows
from bartizan.inspection.layouts import SEPARATORS
from bartizan.inspection.numbers import few_numbers, many_numbers
from bartizan.inspection.prepare import LONGEST_HEAD
from bartizan.inspection.rules import BEGUN, Rule
from bartizan.inspection.signs import ends_in, has_wide, joined, rows_of
from bartizan.inspection.starts import Places

__all__ = ["Detected", "Found", "detect"]

Found = tuple[int, int, int, int, int]
"""Start and end in bytes, the type's index, confidence, the layer's number."""
FEW = 6_000
"""Bytes up to which numbers are looked at one by one; beyond, arrays are faster."""
SHORT = 32
"""Bytes of a record that is a cell rather than a text: finders look at it on its own."""
_LONGEST_WORD = 128
_DIGITS = bytes(byte - 48 if 48 <= byte <= 57 else 0 for byte in range(256))
_WINDOW_GAP = b" \t\r\n,;\"'<>()[]{}|"


class Detected(NamedTuple):
    """What is found, in no order, with all that overlaps; and signs of encodings: long rows, `SIGNS`, any digits."""

    found: list[Found]
    rows: Stretches | Parts
    signs: Signs
    digits: bool


def detect(text: Text) -> Detected:
    """Find values in a text as it stands."""
    rules, by_rule = text.rules, _Ends(list)
    by_rule.add(rules.groups["open"].rules, *rules.groups["open"].matcher.ends(text.data))
    signs = {rules.signs[number]: by_rule.pop(number) for number in [*by_rule] if number < len(rules.signs)}
    rows = rows_of(text.data) if len(text.data) <= FEW else long_rows(text.data)
    gates: Iterable[tuple[str, Stretches | Parts]]
    numbers: Iterable[Found]
    digits = True
    if isinstance(rows, list):
        digits = b"0" in text.marks
        gates, numbers = _few_gates(text, rows), _few(text) if digits else ()
    else:
        places = _places(text, rows)
        gates, numbers = _gates(text, places), _many(text, places)
    for name, parts in gates:
        group = rules.groups[name]
        if group.matcher:
            if isinstance(parts, list):
                by_rule.add(group.rules, *ends_in(group.matcher, text.data, parts))
            else:
                by_rule.add(group.rules, *ends_in_parts(group.matcher, text.data, parts))
    found: list[Found] = []
    for number, ends in by_rule.items():
        rule = rules.rules[number]
        if rule.alone >= rules.least or rule.kind in text.kinds:
            found += _find(text, rule, _windows(text, rule, ends)) if rule.finder else _matches(text, rule, ends)
    for number in rules.always:
        found += _find_everywhere(text, rules.rules[number])
    if rules.tree:
        found += numbers
    return Detected(found, rows, signs, digits)


def _places(text: Text, rows: Stretches) -> Places:
    """Return where `BEGUN` groups and numbers may start in a long text."""
    names = [*BEGUN, "numbers"]
    if not text.kinds.isdisjoint(text.rules.gated_numbers):
        names.append("gated numbers")
    return text.rules.starts.find(text.rows, rows, text.ends, names)


class _Ends(defaultdict[int, list[int]]):
    """Where the matchers reported rules, by the rule's number."""

    def add(self, rules: Sequence[Sequence[int]], numbers: Sequence[int], ends: Sequence[int]) -> None:
        """Add what a matcher reported; `rules` are those of each of its numbers."""
        for number, end in zip(numbers, ends, strict=True):
            for rule in rules[number]:
                self[rule].append(end)


def _stretches(parts: Parts) -> Stretches:
    """Return parts of a text as arrays."""
    table = np.array(parts, np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _gates(text: Text, places: Places) -> Iterator[tuple[str, Stretches]]:
    """Yield the groups that may match somewhere in a long text, and the parts of it where they may."""
    for name in BEGUN:
        yield name, text.rules.starts.parts(places, name, len(text.data))
    yield "loose", digit_parts(text.rows)
    if not text.rules.gated_kinds.isdisjoint(text.kinds):
        yield "gated", _stretches(text.around_keywords())


def _few_gates(text: Text, rows: Parts) -> list[tuple[str, Parts]]:
    """Return the same for a short text, with few parts, as it is not worth looking between its digits."""
    marked, size = text.marks, len(text.data)
    out: list[tuple[str, Parts]] = []
    first = marked.find(b"0")
    if first >= 0:
        part = [(max(first - LONGEST_NUMBER, 0), min(marked.rfind(b"0") + 1 + LONGEST_NUMBER, size))]
        out.append(("short", part))
        if has_wide(marked):
            out.append(("wide", part))
    if rows:
        out.append(("long", joined(((start - LONGEST_HEAD, stop + LONGEST_HEAD) for start, stop in rows), size)))
    if not text.rules.gated_kinds.isdisjoint(text.kinds):
        out.append(("gated", text.around_keywords()))
    return out


# --- expressions -----------------------------------------------------------------------------------------------------


def _matches(text: Text, rule: Rule, ends: Sequence[int]) -> Iterator[Found]:
    """Yield the matches of a rule around the ends that the matcher reported, leftmost first, none within another."""
    pattern, data, done = rule.pattern, text.data, 0
    find = pattern.match if rule.exact else pattern.search
    low, high = text.bounds(0)
    for end in sorted(ends):
        if end <= done:
            continue
        if end > high:
            low, high = text.bounds(end - 1)
        place = end - rule.head
        if place < low or place < done:
            if rule.exact:
                continue
            place = max(low, done)
        # One byte more, so that the expression sees what touches the match.
        stop = min(high, end + rule.tail + 1)
        while (match := find(data, place, stop)) is not None and match.start() < end:
            start, finish = match.span(rule.value)
            if match.end() < end:
                place = match.start() + 1
                continue
            confidence = _judge(text, rule, start, finish)
            if confidence == 0:
                place = match.start() + 1
                continue
            done = match.end()
            if confidence > 0:
                yield start, finish, rule.kind, confidence, 0
            break


def _judge(text: Text, rule: Rule, start: int, end: int) -> int:
    """Return the confidence of one match; 0 when it is none, and -1 when nothing in it is to be told."""
    confidence = rule.alone
    if rule.near > rule.alone and text.near(rule.kind, start, end):
        confidence = rule.near
    if confidence < text.rules.least or confidence == 0:
        return 0
    value = bytes(text.data[start:end])
    if rule.exclude is not None and rule.exclude.fullmatch(value):
        return -1
    if rule.entropy and _entropy(value) < rule.entropy:
        return 0
    if rule.columns is not None:
        return confidence if rule.columns([byte - 48 for byte in value if 48 <= byte <= 57]) else 0
    if rule.check is not None and not rule.check(value.decode(errors="replace")):
        return 0
    return confidence


def _entropy(value: bytes) -> float:
    """Shannon entropy in bits a byte."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


# --- numbers ---------------------------------------------------------------------------------------------------------


def _few(text: Text) -> Iterator[Found]:
    """Yield the numbers of a short text."""
    rules, data = text.rules, bytes(text.data)
    counting: dict[int, list[Rule]] = {}
    for node, start in few_numbers(text.marks, rules.tree):
        layout = rules.wanted[node]
        if node not in counting:
            counting[node] = [*layout.alone, *(rule for rule in layout.beside if rule.kind in text.kinds)]
        if not counting[node]:
            continue
        end = start + layout.width
        digits = Digits(data[start:end].translate(_DIGITS, SEPARATORS), layout.groups)
        for rule in counting[node]:
            # What is dear comes last: a checksum where the shape alone counts, else the look for keywords.
            beside = rule.alone < max(rules.least, 1)
            if beside and not text.near(rule.kind, start, end):
                continue
            if rule.columns is not None and not rule.columns(digits):
                continue
            near = beside or (rule.near > rule.alone and text.near(rule.kind, start, end))
            if _value_passes(rule, data, start, end):
                yield start, end, rule.kind, rule.near if near else rule.alone, 0


def _value_passes(rule: Rule, data: bytes | memoryview, start: int, end: int) -> bool:
    """Tell whether a number passes what looks at its text."""
    if rule.exclude is None and rule.check is None:
        return True
    value = bytes(data[start:end])
    if rule.exclude is not None and rule.exclude.fullmatch(value):
        return False
    return rule.check is None or rule.check(value.decode())


def _many(text: Text, places: Places) -> Iterator[Found]:
    """Yield the numbers of a long text, which start at some of the places."""
    tree, rules = text.rules.tree, text.rules.rules
    raw = np.frombuffer(text.data, np.uint8)
    starts_of_numbers = text.rules.starts.of(places, "numbers", "gated numbers")
    nodes = text.rules.numbers
    for kind in text.kinds.intersection(text.rules.gated_numbers):
        nodes |= text.rules.gated_numbers[kind]
    for node, starts in many_numbers(text.rows, tree, nodes, starts_of_numbers):
        layout = tree.layouts[node]
        for number in tree.wanted[node]:
            yield from _column(text, rules[number], raw, starts, layout.places, layout.groups, layout.width)


def _column(
    text: Text,
    rule: Rule,
    raw: NDArray[np.uint8],
    starts: NDArray[np.int64],
    places: tuple[int, ...],
    groups: tuple[int, ...],
    width: int,
) -> Iterator[Found]:
    """Yield what a rule accepts of many values in one layout."""
    least = max(text.rules.least, 1)
    if rule.alone < least:
        starts = starts[text.near_many(rule.kind, starts, starts + width)]
    if rule.columns is not None and starts.size:
        digits = Digits((raw[starts + place].astype(np.int32) - 48 for place in places), groups)
        starts = starts[np.broadcast_to(rule.columns(digits), starts.shape)]
    if not starts.size:
        return
    near = (
        text.near_many(rule.kind, starts, starts + width) if rule.near > rule.alone else np.zeros(starts.size, np.bool_)
    )
    confidences = np.where(near, rule.near, rule.alone)
    for start, confidence in zip(starts.tolist(), confidences.tolist(), strict=True):
        if _value_passes(rule, text.data, start, start + width):
            yield start, start + width, rule.kind, confidence, 0


# --- finders ---------------------------------------------------------------------------------------------------------


def _find_everywhere(text: Text, rule: Rule) -> Iterator[Found]:
    """Yield what a finder finds in all records: short ones on their own, long ones as lines of one text.

    A call costs microseconds, which rows of a table can't each pay. What reaches over the end of a record is none.
    """
    if text.ends is None:
        yield from _find(text, rule, [(0, len(text.data))])
        return
    starts = np.concatenate(([0], text.ends[:-1] + 1))
    short = text.ends - starts <= SHORT
    yield from _find_short(text, rule, zip(starts[short].tolist(), text.ends[short].tolist(), strict=True))
    places = list(zip(starts[~short].tolist(), text.ends[~short].tolist(), strict=True))
    whole = memoryview(text.data)
    shown = b"\n".join([whole[start:end] for start, end in places]).decode(errors="surrogateescape")
    assert rule.finder is not None
    row, line, at, byte = 0, 0, 0, 0
    for first, last, sure in sorted(rule.finder(shown)) if places else ():
        byte += len(shown[at:first].encode(errors="surrogateescape"))
        at = first
        # `line` is where the row begins in the joined text.
        while byte - line > places[row][1] - places[row][0]:
            line += places[row][1] - places[row][0] + 1
            row += 1
        start = places[row][0] + byte - line
        end = start + len(shown[first:last].encode(errors="surrogateescape"))
        if end <= places[row][1]:
            yield from _accepted(text, rule, start, end, sure)


def _find_short(text: Text, rule: Rule, places: Iterable[tuple[int, int]]) -> Iterator[Found]:
    """Yield what a finder finds in short records; of those that are alike, as columns have, one without is enough."""
    assert rule.finder is not None
    empty: set[bytes] = set()
    for low, high in places:
        part = bytes(text.data[low:high])
        if part in empty:
            continue
        shown = part.decode(errors="surrogateescape")
        if matches := list(rule.finder(shown)):
            yield from _placed(text, rule, low, part, shown, matches)
        else:
            empty.add(part)


def _windows(text: Text, rule: Rule, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the surroundings of anchors, joined where they meet, cut at no word."""
    data = text.data
    spans: list[list[int]] = []
    floor, ceiling = text.bounds(0)
    for end in sorted(ends):
        if end > ceiling:
            floor, ceiling = text.bounds(end - 1)
        start, stop = max(floor, end - rule.head), min(ceiling, end + rule.tail)
        if spans and spans[-1][0] >= floor and start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], stop)
        else:
            spans.append([start, stop])
    for low, high in spans:
        yield _at_gaps(data, low, high, *text.bounds(low))


def _at_gaps(data: bytes | memoryview, low: int, high: int, floor: int, ceiling: int) -> tuple[int, int]:
    """Widen a window so that it cuts no word, unless the word is very long."""
    floor, ceiling = max(floor, low - _LONGEST_WORD), min(ceiling, high + _LONGEST_WORD)
    while low > floor and data[low - 1] not in _WINDOW_GAP:
        low -= 1
    while high < ceiling and data[high] not in _WINDOW_GAP:
        high += 1
    return low, high


def _find(text: Text, rule: Rule, windows: Iterable[tuple[int, int]]) -> Iterator[Found]:
    """Yield what a finder finds in parts of the text."""
    assert rule.finder is not None
    for low, high in windows:
        part = bytes(text.data[low:high])
        shown = part.decode(errors="surrogateescape")
        if matches := list(rule.finder(shown)):
            yield from _placed(text, rule, low, part, shown, matches)


def _placed(
    text: Text, rule: Rule, low: int, part: bytes, shown: str, matches: Iterable[tuple[int, int, int]]
) -> Iterator[Found]:
    """Yield what a finder found in a part that begins at `low`, by offsets in bytes; `shown` is the part as text."""
    for first, last, sure in matches:
        if len(shown) == len(part):
            start, end = low + first, low + last
        else:
            start = low + len(shown[:first].encode(errors="surrogateescape"))
            end = start + len(shown[first:last].encode(errors="surrogateescape"))
        yield from _accepted(text, rule, start, end, sure)


def _accepted(text: Text, rule: Rule, start: int, end: int, sure: int) -> Iterator[Found]:
    """Yield what a finder found, if the policy wants it, as sure as its surroundings make it."""
    confidence = rule.near if rule.near > sure and text.near(rule.kind, start, end) else sure
    if confidence >= text.rules.least and _value_passes(rule, text.data, start, end):
        yield start, end, rule.kind, confidence, 0
