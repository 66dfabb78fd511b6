"""Rules over words: which of a text's words and short phrases belong to a class, and which classes follow each other.

Words are looked up by their numbers, all at once; only a text that holds every class of a rule is looked at closer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.catalog.injection import InjectionRule, InjectionWords
from bartizan.inspection.injection.features import SLOTS, Read, folded, read, slots_of
from bartizan.model import InputError

__all__ = ["Rules"]

_NEAR = 160
"""Bytes around a match that count as near."""
_DENIED = 30
"""Bytes before a match in which a word that forbids it stands."""
_MOST = 64
"""Hits of a class that are looked at."""
_ADDRESS = "url"
"""The class of addresses, which patterns for files of instructions name, too."""
_DENIAL = "no"
"""The class of words that forbid what follows."""
_NONE: dict[int, int] = {}
_LONGEST, _LINE, _PHRASES = 3, 10, 512
_BREAKS = (b"\n", b";")


def _columns(masks: Sequence[int], count: int) -> NDArray[np.uint64]:
    """Return masks of classes as rows of numbers of 64 bits."""
    return np.frombuffer(b"".join(mask.to_bytes(8 * count, "little") for mask in masks), "<u8").reshape(-1, count)


class _Ready(NamedTuple):
    order: tuple[int, ...]
    within: int
    also: tuple[int, ...]
    without: tuple[int, ...]
    negated: bool


class _Hit(NamedTuple):
    start: int
    end: int
    classes: int


class Rules:
    """Rules made ready for a lexicon. Raises InputError for a rule that names a class without words."""

    def __init__(self, words: Mapping[str, InjectionWords], rules: Mapping[str, InjectionRule]) -> None:
        named = {name for rule in rules.values() for group in (*rule.order, *rule.also, *rule.without)
                 for name in group.split("|")}  # fmt: skip
        known = {kind for language in words.values() for kind in language.words} | {_ADDRESS, _DENIAL}
        self._bits = {kind: 1 << number for number, kind in enumerate(sorted(known & {*named, _ADDRESS, _DENIAL}))}
        self.names = tuple(rules)
        self._rules = [self._ready(rule) for rule in rules.values()]
        self._denies = self._bits[_DENIAL]
        self._classes, self._longer = self._table(words)
        keys = sorted({*self._classes, *self._longer})
        self._keys = np.array(keys, np.uint32)
        self._listed = [(self._classes.get(key, 0), self._longer.get(key)) for key in keys]
        self._known = np.zeros(SLOTS, np.bool_)
        self._known[slots_of(self._keys)] = True
        count = len(self._bits) // 64 + 1
        possible = [reduce(or_, self._longer.get(key, _NONE).values(), self._classes.get(key, 0)) for key in keys]
        self._columns = _columns(possible, count)
        most = max(len(rule.order) + len(rule.also) for rule in self._rules)
        # A group of a rule that asks for nothing is full of ones, so that it always counts as present.
        nothing = [(1 << 64 * count) - 1] * most
        groups = [group for one in self._rules for group in [*one.order, *one.also, *nothing][:most]]
        self._groups = _columns(groups, count).reshape(-1, most, count).transpose(2, 0, 1).copy()
        wanted = [reduce(or_, [*one.order, *one.also, *one.without], self._denies) for one in self._rules]
        self._wanted = _columns(wanted, count)

    def _ready(self, rule: InjectionRule) -> _Ready:
        return _Ready(
            tuple(self._mask(group, rule) for group in rule.order),
            rule.within,
            tuple(self._mask(group, rule) for group in rule.also),
            tuple(self._mask(group, rule) for group in rule.without),
            rule.negated,
        )

    def _mask(self, group: str, rule: InjectionRule) -> int:
        out = 0
        for name in group.split("|"):
            if name not in self._bits:
                raise InputError(f"rule `{rule.id}` names `{name}`, which has no words")
            out |= self._bits[name]
        return out

    def _table(self, words: Mapping[str, InjectionWords]) -> tuple[dict[int, int], dict[int, dict[int, int]]]:
        """Return the classes of each word and pair by its number, and of each pair with a third word."""
        phrases = ["http", "https", "www", "ftp"]
        bits = [self._bits[_ADDRESS]] * len(phrases)
        for language in words.values():
            for kind, listed in language.words.items():
                if kind in self._bits:
                    phrases += _spelled(listed, language.endings or [""])
                    bits += [self._bits[kind]] * (len(phrases) - len(bits))
        classes: dict[int, int] = {}
        longer: dict[int, dict[int, int]] = {}
        for first, third, place in _numbered(phrases):
            if third is None:
                classes[first] = classes.get(first, 0) | bits[place]
            else:
                thirds = longer.setdefault(first, {})
                thirds[third] = thirds.get(third, 0) | bits[place]
        return classes, longer

    def find(self, text: Read, slots: NDArray[np.intp]) -> list[str]:
        """Return the rules that match somewhere in a text, by id. `slots` are those of its words and pairs."""
        likely = self._known.take(slots).nonzero()[0]
        if not likely.size:
            return []
        numbers = np.concatenate((text.words, text.pairs)).take(likely)
        places = self._keys.searchsorted(numbers)
        good = self._keys.take(places, mode="clip") == numbers
        at, places = likely[good], places[good]
        if not at.size:
            return []
        present = np.bitwise_or.reduce(self._columns.take(places, axis=0), axis=0)
        met = self._groups[0] & present[0]
        for column in range(1, present.size):
            met |= self._groups[column] & present[column]
        possible = met.all(axis=1).nonzero()[0]
        if not possible.size:
            return []
        wanted = self._wanted[possible[0]]
        for one in possible[1:].tolist():
            wanted = wanted | self._wanted[one]
        used = (self._columns.take(places, axis=0) & wanted).any(axis=1)
        hits = self._hits(text, at[used], places[used])
        return [self.names[one] for one in possible.tolist() if self._matches(self._rules[one], hits, text.data)]

    def _hits(self, text: Read, found: NDArray[np.intp], places: NDArray[np.intp]) -> _Hits:
        """Return where the words and pairs with these numbers stand that belong to a class, alone or with the next."""
        words, size = text.words, text.words.size
        first = found % size
        last = first + found // size
        starts, ends, lasts = text.starts.take(first).tolist(), text.ends.take(last).tolist(), last.tolist()
        out = []
        for number, place in enumerate(places.tolist()):
            classes, thirds = self._listed[place]
            if classes:
                out.append(_Hit(starts[number], ends[number], classes))
            if thirds is not None and lasts[number] + 1 < size:
                classes = thirds.get(int(words[lasts[number] + 1]), 0)
                if classes:
                    out.append(_Hit(starts[number], int(text.ends[lasts[number] + 1]), classes))
        return _Hits(out)

    def _matches(self, rule: _Ready, hits: _Hits, data: bytes) -> bool:
        """Tell if a rule's classes follow each other, nothing forbids it, and what must stand near does."""
        chains = [(hit.start, hit.end) for hit in hits.of(rule.order[0])[:_MOST]]
        for group in rule.order[1:]:
            chains = list(_follow(chains, hits.of(group), rule.within, data))
            if not chains:
                return False
        return any(self._stands(rule, start, end, hits) for start, end in chains)

    def _stands(self, rule: _Ready, start: int, end: int, hits: _Hits) -> bool:
        if not rule.negated and hits.within(start - _DENIED, start) & self._denies:
            return False
        if not (rule.also or rule.without):
            return True
        near = hits.within(start - _NEAR, end + _NEAR)
        return all(near & group for group in rule.also) and not any(near & group for group in rule.without)


class _Hits:
    """What was found in a text, by its start."""

    def __init__(self, hits: list[_Hit]) -> None:
        self._all = sorted(hits)
        self._by_group: dict[int, list[_Hit]] = {}

    def of(self, group: int) -> list[_Hit]:
        """Return the hits of any of some classes."""
        known = self._by_group.get(group)
        if known is None:
            known = self._by_group[group] = [hit for hit in self._all if hit.classes & group]
        return known

    def within(self, start: int, end: int) -> int:
        """Return the classes of all that lies between two places."""
        out = 0
        for at in range(bisect_left(self._all, (start,)), len(self._all)):
            hit = self._all[at]
            if hit.start >= end:
                break
            if hit.end <= end:
                out |= hit.classes
        return out


def _follow(
    chains: Iterable[tuple[int, int]], others: Sequence[_Hit], within: int, data: bytes
) -> Iterator[tuple[int, int]]:
    """Yield the chains with the nearest hit behind each, as far as one stands within reach and in the same line."""
    for start, end in chains:
        at = bisect_left(others, (end,))
        if at < len(others) and others[at].start - end <= within:
            gap = data[end : others[at].start]
            if not any(mark in gap for mark in _BREAKS):
                yield start, others[at].end


def _spelled(listed: Iterable[str], endings: Sequence[str]) -> Iterable[str]:
    """Yield words and phrases with each ending where a star asks for any; those with marks in front are left out."""
    for word in listed:
        if word[0] not in "./~`":
            yield from [word[:-1] + ending for ending in endings] if word.endswith("*") else [word]


def _numbered(phrases: Sequence[str]) -> Iterator[tuple[int, int | None, int]]:
    """Yield for each phrase of one to three words the number of the word or first pair, that of a third, the place."""
    for at in range(0, len(phrases), _PHRASES):
        part = phrases[at : at + _PHRASES]
        data = folded("\n".join(part))
        text = read(data)
        lines = np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE).searchsorted(text.starts)
        firsts = lines.searchsorted(np.arange(len(part)))
        counts = np.diff(np.append(firsts, lines.size))
        for number, (first, count) in enumerate(zip(firsts.tolist(), counts.tolist(), strict=True)):
            if 1 <= count <= _LONGEST:
                key = text.words[first] if count == 1 else text.pairs[first]
                yield int(key), int(text.words[first + 2]) if count == _LONGEST else None, at + number
