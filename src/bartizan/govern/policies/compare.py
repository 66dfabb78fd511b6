"""What a policy's edition changes over an earlier one, statement by statement and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from bartizan.govern.policies.draft import by_number
from bartizan.model.documents import PolicySpec, Statement

__all__ = ["Difference", "Kind", "Word", "diff"]

Op: TypeAlias = Literal["same", "out", "in"]
_HEAD = ("title", "purpose", "scope", "owner", "language")
_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


class Kind(StrEnum):
    """What became of a statement. A changed one may have another number as well."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENUMBERED = "renumbered"


class Word(NamedTuple):
    """A run of text: `same` in both, taken `out`, or put `in`. Those that aren't `in` make up the old text."""

    op: Op
    text: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One change. `id` is the statement's, or, with empty numbers, what changed of the document itself: `scope`.

    `before` and `after` are its numbers, empty where it isn't there. `fields` says what changed of a changed one:
    `text`, `level`, `controls`, `maps`, `enforced`. `words` are of the text.
    """

    kind: Kind
    id: str
    before: str = ""
    after: str = ""
    level: str = ""
    fields: list[str] = []
    words: list[Word] = []


def diff(old: PolicySpec, new: PolicySpec) -> list[Difference]:
    """Return what changed: of the document first, then in the order of the new edition, and last what was removed."""
    return [*_head(old, new), *_statements(old, new)]


def _head(old: PolicySpec, new: PolicySpec) -> Iterator[Difference]:
    for name in _HEAD:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Difference(kind=Kind.CHANGED, id=name, fields=["text"], words=_words(before, after))


def _statements(old: PolicySpec, new: PolicySpec) -> Iterator[Difference]:
    had = {one.id: one for one in old.statements}
    for one in sorted(new.statements, key=by_number):
        before = had.pop(one.id, None)
        if before is None:
            words = [Word("in", one.text)]
            yield Difference(kind=Kind.ADDED, id=one.id, after=one.number, level=one.level, words=words)
        else:
            yield from _compared(before, one)
    for one in sorted(had.values(), key=by_number):
        words = [Word("out", one.text)]
        yield Difference(kind=Kind.REMOVED, id=one.id, before=one.number, level=one.level, words=words)


def _compared(before: Statement, after: Statement) -> Iterator[Difference]:
    names = ("text", "level", "controls", "maps", "enforced")
    fields = [name for name in names if getattr(before, name) != getattr(after, name)]
    if fields or before.number != after.number:
        yield Difference(
            kind=Kind.CHANGED if fields else Kind.RENUMBERED,
            id=after.id,
            before=before.number,
            after=after.number,
            level=after.level,
            fields=fields,
            words=_words(before.text, after.text),
        )


def _words(before: str, after: str) -> list[Word]:
    """Compare two texts by words, spaces and signs; neighbours of one kind are one run."""
    left, right = _TOKEN.findall(before), _TOKEN.findall(after)
    found: list[Word] = []
    for op, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(Word("same", "".join(left[a:b])))
            continue
        if a < b:
            found.append(Word("out", "".join(left[a:b])))
        if c < d:
            found.append(Word("in", "".join(right[c:d])))
    return found
