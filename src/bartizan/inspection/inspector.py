"""The inspector: made once for a policy, then asked about texts from any number of threads and tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bartizan.catalog.data_types import DataType, load_data_types
from bartizan.catalog.places import cache_folder
from bartizan.inspection.context import heading_kinds
from bartizan.inspection.deep import detect_deep
from bartizan.inspection.detect import Found
from bartizan.inspection.plugins import Recogniser, spans
from bartizan.inspection.policy import Policy, chosen_types
from bartizan.inspection.rules import build_rules
from bartizan.inspection.settle import settle
from bartizan.inspection.signs import rows_of
from bartizan.inspection.span import Hits, Inspection, Span
from bartizan.inspection.stream import Stream, joining_words
from bartizan.model import Scheme

__all__ = ["Inspector"]

_CALM = 600
"""Bytes of the longest text that is looked at for being calm; longer ones hardly are."""
_WORDS = bytes(byte for byte in range(128) if chr(byte).isalpha() or chr(byte) in " \n.,;:!?'\"()-")
_BROKEN = "surrogateescape"
"""How bytes that are no UTF-8 are read, so that they count as one character each."""


class Inspector:
    """Finds sensitive data in texts and records.

    `policy` says what to look for, by default the default types at confidence 65 and more. `cache` is a folder in
    which the compiled matcher is kept, as compiling takes seconds: by default the user's, None for nowhere. `types`
    are the known data types, by default the packaged ones. `plain` does without Vectorscan, with the same result.
    `recognisers` are models of other makers that find more, see `bartizan.inspection.plugins`; they see every record,
    so that their speed is the speed. Raises InputError for a policy that names what doesn't exist. Safe to share
    between threads and tasks: nothing in it changes.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        *,
        cache: Path | Literal["user"] | None = "user",
        types: dict[str, DataType] | None = None,
        plain: bool = False,
        recognisers: Sequence[Recogniser] = (),
    ) -> None:
        self.policy = policy or Policy()
        folder = cache_folder() if cache == "user" else cache
        self.known = load_data_types(folder) if types is None else types
        chosen = chosen_types(self.policy, self.known)
        self._rules = build_rules(chosen, self.policy.min_confidence, self.policy.allow, folder, plain=plain)
        self._scheme = Scheme(tuple(self.policy.scheme))
        self._names = tuple(chosen)
        self._recognisers = tuple(recognisers)
        self._classes = [self.policy.classes.get(name, self._own_class(entry)) for name, entry in chosen.items()]
        self._ranks = [self._scheme.level(name) for name in self._classes]
        self._titles = {name: entry.title for name, entry in chosen.items()}
        self._categories = ["" if entry.category is None else entry.category.value for entry in chosen.values()]

    def _own_class(self, entry: DataType) -> str:
        """Place a type's class of the default scheme in the organisation's scheme."""
        default = Scheme()
        level, top = default.level(entry.class_), len(default.classes) - 1
        return self._scheme.name(round(level * (len(self._scheme.classes) - 1) / top))

    def title(self, name: str) -> str:
        """Return a data type's title."""
        return self._titles[name]

    def inspect(self, text: str, column: str = "") -> Inspection:
        """Inspect one text. `column` is the heading that it stands under, which counts as near to all of it."""
        data = text.encode(errors="surrogatepass")
        if not column and self._is_calm(data, text):
            return Inspection([], self._scheme.classes[0])
        heading = heading_kinds(self._rules, column) if column else frozenset()
        deep = detect_deep(self._rules, data, None, heading, self.policy.depth)
        if not deep.found and not self._recognisers:
            return Inspection([], self._scheme.classes[0], deep.unread)
        found = settle([*deep.found, *self._recognised(text)], self._ranks)
        if found and len(data) != len(text):
            found = _in_characters(data, found)
        spans = [self._span(*one[:4], deep.layers[one[4]]) for one in found]
        return Inspection(spans, self._highest(spans), deep.unread)

    def _is_calm(self, data: bytes, text: str) -> bool:
        """Tell whether a text is short, of plain words only, and holds nothing: told with the least there is to do.

        Most of what people and models write is, a few words at a time. What is not sure here is looked at as a whole.
        """
        rules = self._rules
        return (
            len(data) <= _CALM
            and not data.translate(None, _WORDS)
            and not self._recognisers
            and not rules.groups["open"].matcher.ends(data)[0]
            and not rows_of(data)
            and rules.gated_words.isdisjoint(rules.keywords.find(data))
            and not any(any(True for _ in finder(text)) for finder in rules.finders)
        )

    def stream(self) -> Stream:
        """Return a stream for one text that arrives in pieces."""
        return Stream(self.inspect, self._words)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Plain words that stand in patterns, which a value may follow."""
        return joining_words([form.pattern for entry in self._rules.types for form in entry.forms])

    def records(self, data: bytes | memoryview, ends: NDArray[np.int64] | None = None, column: str = "") -> Hits:
        """Inspect many records that stand in one piece of memory.

        `ends` are the offsets at which records end, each followed by one byte that belongs to none; None for one
        record, whose lines then are the records that hits are counted by. `column` is the heading of all records.
        """
        heading = heading_kinds(self._rules, column) if column else frozenset()
        deep = detect_deep(self._rules, data, ends, heading, self.policy.depth)
        found = settle([*deep.found, *self._in_records(data, ends)], self._ranks)
        table = np.array(found, np.int64).reshape(-1, 5)
        if ends is None:
            breaks = np.flatnonzero(np.frombuffer(data, np.uint8) == 10) if found else np.zeros(0, np.int64)
            record = np.searchsorted(breaks, table[:, 0], side="left")
        else:
            record = np.searchsorted(ends, table[:, 0], side="right")
        kind, confidence = table[:, 2].astype(np.int32), table[:, 3].astype(np.uint8)
        return Hits(
            self._names, kind, table[:, 0], table[:, 1], confidence, record.astype(np.int64), tuple(deep.unread)
        )

    def _recognised(self, text: str, origin: int = 0, errors: str = "surrogatepass") -> Iterator[Found]:
        """Yield what recognisers find in a record that begins at a byte, as far as the policy asks for it."""
        for name, start, end, confidence in spans(self._recognisers, text):
            if name in self._names and confidence >= self.policy.min_confidence:
                first = origin + len(text[:start].encode(errors=errors))
                last = first + len(text[start:end].encode(errors=errors))
                yield first, last, self._names.index(name), confidence, 0

    def _in_records(self, data: bytes | memoryview, ends: NDArray[np.int64] | None) -> Iterator[Found]:
        if not self._recognisers:
            return
        start = 0
        for end in [len(data)] if ends is None else ends.tolist():
            text = bytes(data[start:end]).decode(errors=_BROKEN)
            yield from self._recognised(text, start, _BROKEN)
            start = end + 1

    def _span(self, start: int, end: int, kind: int, confidence: int, layer: str) -> Span:
        return Span(self._names[kind], start, end, confidence, self._categories[kind], self._classes[kind], layer)

    def _highest(self, spans: list[Span]) -> str:
        return max((span.class_ for span in spans), key=self._scheme.classes.index, default=self._scheme.classes[0])


def _in_characters(data: bytes, found: list[Found]) -> list[Found]:
    """Turn offsets in bytes of UTF-8 into offsets in characters."""
    starts = (np.frombuffer(data, np.uint8) & 0xC0) != 0x80
    before = np.concatenate(([0], np.cumsum(starts)))
    return [(int(before[one[0]]), int(before[one[1]]), *one[2:]) for one in found]
