"""Texts of an event that stand for themselves: strings, long numbers, and names that a format doesn't have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from bartizan.guard.exchange import Slot, SlotKind
from bartizan.guard.formats.media import is_made, is_opaque

__all__ = ["Vocabulary", "take_alone"]

_LONG_NUMBER = 10_000_000
"""As in the walk through whole bodies."""


class Vocabulary(NamedTuple):
    """What says nothing by itself in a format: fixed values, names of members, and members that a provider makes up."""

    words: Collection[str]
    names: Collection[str]
    fixed: Collection[str]


class _Number:
    """A number as a place for a text: it becomes a string when it is changed."""

    def __init__(self, holder: Any, key: str | int) -> None:
        self._holder, self._key = holder, key

    def __getitem__(self, _: int) -> str:
        return repr(self._holder[self._key])

    def __setitem__(self, _: int, text: str) -> None:
        self._holder[self._key] = text


class _Name:
    """The name of a member as a place for a text: the member keeps its position."""

    def __init__(self, holder: dict[str, Any], name: str) -> None:
        self._holder, self._name = holder, name

    def __getitem__(self, _: int) -> str:
        return self._name

    def __setitem__(self, _: int, text: str) -> None:
        entries = [(text if name == self._name else name, value) for name, value in self._holder.items()]
        self._holder.clear()
        self._holder.update(entries)


def take_alone(value: Any, holder: Any, key: str | int, origin: str, out: list[Slot], vocabulary: Vocabulary) -> None:
    """Take every text of a value that stands in an event. Names come behind what they name, which they move."""
    kind = type(value)
    if kind is str:
        made = key in vocabulary.fixed and (is_made(value) or is_opaque(value))
        if value and value not in vocabulary.words and not made:
            out.append(Slot(SlotKind.ALONE, "", holder, key, origin))
    elif kind is dict:
        for name, inner in value.items():
            take_alone(inner, value, name, origin, out, vocabulary)
        for name in value:
            if name not in vocabulary.names:
                out.append(Slot(SlotKind.ALONE, "", _Name(value, name), 0, origin))
    elif kind is list:
        for number, inner in enumerate(value):
            take_alone(inner, value, number, origin, out, vocabulary)
    elif kind in (int, float) and not -_LONG_NUMBER < value < _LONG_NUMBER:
        out.append(Slot(SlotKind.ALONE, "", _Number(holder, key), 0, origin))
