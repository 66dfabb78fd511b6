"""The values of a call's arguments, one by one, and what the card says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bartizan.guard.flow.results import written
from bartizan.guard.flow.values import EMBEDDED, embedded
from bartizan.model.card import Argument, Role, ToolCard, ValueType

__all__ = ["FLAGS", "Given", "given"]

_TELLING_KIND = frozenset({"type", "kind", "format", "mimetype", "mime_type", "media_type"})
FLAGS = frozenset({"public", "force", "admin", "everyone", "permanent", "recursive", "cascade"})
"""Switches that change what a call reaches."""
_BETWEEN = re.compile(r"[,;\n]+")
_FREE = Argument(role=Role.FREE, type=ValueType.FLAG)
_DEEPEST, _MOST = 40, 20_000


class Given(NamedTuple):
    """A single value. `name` is the argument's name with a JSON pointer behind it, `plain` the name alone."""

    name: str
    plain: str
    text: str
    about: Argument


def given(card: ToolCard, arguments: Mapping[str, Any]) -> list[Given]:
    """Return a call's values. What the card doesn't name, or what lies too deep, counts as critical."""
    found: list[Given] = []
    for name, value in arguments.items():
        for one in _values(card, name, name, value, card.arguments.get(name), 0):
            found.append(one)
            if len(found) >= _MOST:
                found.append(Given(name, name, written(value), Argument(role=Role.CRITICAL)))
                return found
    return found


def _values(
    card: ToolCard, plain: str, pointer: str, value: Any, about: Argument | None, depth: int
) -> Iterator[Given]:
    if value is None or value == "":
        return
    if depth > _DEEPEST:
        yield Given(pointer, plain, written(value), Argument(role=Role.CRITICAL))
    elif isinstance(value, Mapping):
        for word, item in value.items():
            name = written(word)
            inner = f"{plain}.{name}"
            told = card.arguments.get(inner)
            if told is None and name in _TELLING_KIND and isinstance(item, str) and item.isalpha():
                told = _FREE
            if embedded(name):  # an address may as well stand as the name of a member
                yield Given(f"{pointer}/{name}", plain, name, about or _unknown(name))
            yield from _values(card, inner, f"{pointer}/{name}", item, told or about, depth + 1)
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _values(card, plain, f"{pointer}/{number}", item, about, depth + 1)
    elif isinstance(value, bool):
        if value and plain.rpartition(".")[2].lower() in FLAGS:
            yield Given(pointer, plain, "true", Argument(role=Role.BOUND, type=ValueType.FLAG))
    else:
        yield from _single(plain, pointer, value if isinstance(value, str) else written(value), about)


def _single(plain: str, pointer: str, text: str, about: Argument | None) -> Iterator[Given]:
    if about is not None and about.type is ValueType.EMAIL and text.count("@") > 1:
        for number, part in enumerate(part for part in _BETWEEN.split(text) if part.strip()):
            yield Given(f"{pointer}/{number}", plain, part, about)
    else:
        yield Given(pointer, plain, text, about or _unknown(text))


def _unknown(text: str) -> Argument:
    """Return what an argument is held to that no card names: by what it holds."""
    found = embedded(text)
    if len(found) == 1 and found[0].type in EMBEDDED and found[0].end - found[0].start >= len(text.strip()) - 2:
        return Argument(role=Role.CRITICAL, type=found[0].type)
    return Argument(role=Role.TEXT)
