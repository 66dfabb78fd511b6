"""What a session has read: which values were seen, where, and who decided what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from bartizan.guard.flow.fields import About, Fields, NamedFields
from bartizan.guard.flow.results import Leaf, Shape, leaves
from bartizan.guard.flow.secrets import Secrets, is_secret, secrets_in
from bartizan.guard.flow.stems import stem
from bartizan.guard.flow.values import EMBEDDED, comparable, embedded, folded, numbers, words
from bartizan.model.card import ToolCard, Trust, ValueType

__all__ = ["Memory", "Passage", "Record", "Sighting"]

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_FIELD = re.compile(r"[\w .:/#-]{0,60}")
_LONGEST_NAME = 200
_MOST_SIGHTINGS = 64
_MOST_TEXT = 65_536
_SECRET = "restricted"
"""The class of which even texts are secret, and not only their addresses, accounts and numbers."""
LOOSE = frozenset({ValueType.NAME, ValueType.IDENTIFIER, ValueType.PATH, ValueType.TEXT, ValueType.ADDRESS})
"""Types whose values can't be told apart by their form: what one field calls a name, another calls an identifier."""


class Record:
    """An object of a result: its short values by the names of its fields, and who decides them."""

    __slots__ = ("_stems", "call", "created", "fields", "path", "trusts")

    def __init__(self, call: int, path: tuple[str | int, ...]) -> None:
        self.call, self.path = call, path
        self.fields: dict[str, str] = {}
        self.trusts: dict[str, Trust] = {}
        self.created = False
        self._stems: dict[str, frozenset[str]] | None = None

    def names(self) -> dict[str, frozenset[str]]:
        """Return the stems of the words of each field."""
        if self._stems is None:
            self._stems = {
                field: frozenset(stem(word) for word in words(_CAMEL.sub(" ", value)) if len(word) > 1)
                for field, value in self.fields.items()
            }
        return self._stems


class Sighting(NamedTuple):
    """A value in a result: the number of the call, the field, who decides what it says, and the record around it."""

    call: int
    field: str
    trust: Trust
    record: Record | None
    type: ValueType


@lru_cache(maxsize=4096)
def _is_field(name: str) -> bool:
    """Tell whether the name of a member is a field's, and not a text that somebody put there."""
    return _FIELD.fullmatch(name) is not None and not embedded(name)


def _classed(about: About) -> bool:
    """Tell whether its card makes a value secret: a text only by the highest class, as summaries are made of texts."""
    if about.type in (ValueType.SECRET, ValueType.CODE):
        return True
    return bool(about.class_) and (about.type is not ValueType.TEXT or about.class_ == _SECRET)


def _within_text(sighting: Sighting) -> Sighting:
    """Return what holds for a value within a longer text: a service's text may quote anybody, unless it made it."""
    if sighting.trust is not Trust.SERVICE or (sighting.record is not None and sighting.record.created):
        return sighting
    return sighting._replace(trust=Trust.PLANTABLE)


class _Repeated:
    """The values that a call was made with: a short one as a whole, a longer one in any place."""

    def __init__(self, arguments: Iterable[str]) -> None:
        self._values = {folded(text) for text in arguments}
        self._text = "\n".join(self._values)
        self._bare = self._text.replace(" ", "").replace("-", "")

    def __contains__(self, key: str) -> bool:
        key = key.casefold()
        return key in self._values or (len(key) > 4 and (key in self._text or key in self._bare))


class Passage(NamedTuple):
    """A text of a result, folded, with a blank at both ends, and where it stands."""

    text: str
    sighting: Sighting


class Memory:
    """Everything that a session's tools returned, by value."""

    def __init__(self, shapes: frozenset[Shape]) -> None:
        self._shapes = shapes
        self._fields = Fields()
        self._repeated = _Repeated(())
        self._seen: dict[tuple[ValueType | None, str], list[Sighting]] = {}
        self._of_call: list[dict[ValueType, dict[str, Sighting]]] = []
        self._texts: list[list[Passage]] = []
        self.amounts: set[float] = set()
        """The amounts that services told outside of records."""
        self.records: list[dict[tuple[str | int, ...], Record]] = []
        self.secrets = Secrets()
        self.tainted = False

    def add(
        self, call: int, card: ToolCard, result: Any, *, arguments: Iterable[str] = (), created: bool = False
    ) -> None:
        """Read what a call returned. `created` tells that the call made what it returns.

        What the result merely repeats of the call's own `arguments` tells nothing of where it comes from.
        """
        self._repeated = _Repeated(arguments)
        while len(self.records) <= call:
            self.records.append({})
            self._of_call.append({})
            self._texts.append([])
        found = leaves(result, self._shapes)
        fields = self._fields.of(card)
        self._collect(call, found, fields, created)
        room = _MOST_TEXT
        for leaf in found:
            if leaf.path[-1:] == ("keys",) and not fields.names_keys(leaf.path) and _is_field(leaf.text):
                continue
            sighting = self._leaf(call, leaf, fields)
            if not leaf.number and room > 0:
                self._texts[call].append(Passage(f" {folded(leaf.text[:room])} ", sighting))
                room -= len(leaf.text)

    def _collect(self, call: int, found: list[Leaf], fields: NamedFields, created: bool) -> None:
        records = self.records[call]
        for leaf in found:
            if not leaf.path or leaf.path[-1] in ("keys", "*", "**") or len(leaf.text) > _LONGEST_NAME:
                continue
            record = records.get(leaf.record)
            if record is None:
                record = records[leaf.record] = Record(call, leaf.record)
                record.created = created
            name = fields.plain(leaf.path[-1])
            record.fields.setdefault(name, leaf.text)
            record.trusts.setdefault(name, fields.trust(leaf.path))
        for record in records.values():
            for name in record.fields:
                record.trusts[name] = fields.trust_in(name, record.fields, record.trusts[name])

    def _leaf(self, call: int, leaf: Leaf, fields: NamedFields) -> Sighting:
        record = self._around(call, leaf.record)
        about = fields.about(leaf.path, record.fields if record is not None else {})
        if about.trust in (Trust.UNTRUSTED, Trust.ORGANISATION, Trust.PLANTABLE) and leaf.text.strip():
            self.tainted = self.tainted or not leaf.number
        sighting = Sighting(call, ".".join(leaf.path), about.trust, record, about.type)
        if len(leaf.text) <= 80 and (_classed(about) or (leaf.path and is_secret(fields.plain(leaf.path[-1])))):
            self.secrets.add(leaf.text, sighting.field, call)
        if not leaf.number:
            for secret, field in secrets_in(leaf.text):
                self.secrets.add(secret, field, call)
        if record is None and about.trust is not Trust.UNTRUSTED and (leaf.number or about.type is ValueType.AMOUNT):
            self.amounts.update(numbers(leaf.text))
        if len(leaf.text) <= _LONGEST_NAME and about.trust is not Trust.UNTRUSTED:
            self._note(about.type, leaf.text, sighting)
        elif about.trust in (Trust.SERVICE, Trust.OWNER):
            self._lines(leaf.text, sighting)
        least = len(leaf.text.strip()) - 2
        for value in embedded(leaf.text) if not leaf.number or about.type in EMBEDDED else ():
            whole = about.type is value.type or value.end - value.start >= least
            self._add(value.type, value.key, sighting if whole else _within_text(sighting))
        return sighting

    def _lines(self, text: str, sighting: Sighting) -> None:
        """Take the lines of a service's text, and what stands behind a colon in them, as names."""
        for line in text.splitlines()[:10_000]:
            for part in (line, line.partition(":")[2], *line.split(",")):
                name = folded(part.strip().strip("-*"))
                if 1 < len(name) <= _LONGEST_NAME:
                    self._add(ValueType.NAME, name, sighting._replace(type=ValueType.NAME))

    def _note(self, type_: ValueType, text: str, sighting: Sighting) -> None:
        self._add(type_, comparable(type_, text), sighting)
        if sighting.trust in (Trust.SERVICE, Trust.OWNER) and ("\n" in text or ": " in text):
            self._lines(text, sighting)

    def _add(self, type_: ValueType, key: str, sighting: Sighting) -> None:
        if not key or key in self._repeated:
            return
        seen = self._seen.setdefault((None if type_ in LOOSE else type_, key), [])
        if len(seen) < _MOST_SIGHTINGS:
            seen.append(sighting)
        self._of_call[sighting.call].setdefault(type_, {}).setdefault(key, sighting)

    def _around(self, call: int, path: tuple[str | int, ...]) -> Record | None:
        """Return the innermost record around a place."""
        records = self.records[call]
        while True:
            record = records.get(path)
            if record is not None or not path:
                return record
            path = path[:-1]

    def around(self, record: Record) -> Iterator[Record]:
        """Yield a record and those around it, innermost first."""
        path = record.path
        while True:
            outer = self.records[record.call].get(path)
            if outer is not None:
                yield outer
            if not path:
                return
            path = path[:-1]

    def seen(self, type_: ValueType, value: str) -> list[Sighting]:
        """Return where a value was seen."""
        return self._seen.get((None if type_ in LOOSE else type_, comparable(type_, value)), [])

    def values(self, call: int, type_: ValueType) -> dict[str, Sighting]:
        """Return the values of a type in what a call returned."""
        return self._of_call[call].get(type_, {}) if call < len(self._of_call) else {}

    def passages(self, call: int) -> list[Passage]:
        """Return the texts that a call returned, folded, the first 64 kB of them."""
        return self._texts[call] if call < len(self._texts) else []
