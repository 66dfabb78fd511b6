"""What a text or an argument of a definition shows: the signs of the catalog, and the signal of injections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from bartizan.catalog.assistants import load_instruction_patterns
from bartizan.catalog.definition_signs import DefinitionSign, load_definition_signs
from bartizan.catalog.injection import load_injection_rules
from bartizan.catalog.places import cache_folder
from bartizan.guard.mcp.pins.names import snake
from bartizan.inspection.injection import FLAGGED, score
from bartizan.model.words import Level

__all__ = ["Sign", "signs_of_argument", "signs_of_text"]

_SHORTEST = 12
"""Characters of the shortest text that says something."""
_LONGEST = 64 * 1024
_SURE = 75.0
"""The signal from which on it counts alone. Descriptions of tools speak of sending and deleting by their nature."""


class Sign(NamedTuple):
    """A sign that shows: its id, what it says behind the name of a tool, and how bad it is."""

    id: str
    says: str
    severity: Level


@cache
def _ready() -> dict[str, list[tuple[Sign, re.Pattern[str]]]]:
    out: dict[str, list[tuple[Sign, re.Pattern[str]]]] = {"text": [], "argument": []}
    for one in load_definition_signs(cache_folder()).values():
        out[one.on].append((_sign(one), compiled(one)))
    return out


def compiled(sign: DefinitionSign) -> re.Pattern[str]:
    """Return the expressions of a sign as one."""
    whole = "|".join(f"(?:{one})" for one in sign.patterns)
    return re.compile(rf"\A(?:{whole})\Z" if sign.on == "argument" else whole, re.IGNORECASE)


def _sign(one: DefinitionSign) -> Sign:
    return Sign(one.id, one.says, one.severity)


@cache
def _said() -> dict[str, str]:
    """Return what the rules of injections say, of those that count in a definition."""
    patterns = load_instruction_patterns(cache_folder())
    meant = {
        id for id, one in patterns.items() if one.weight != "none" and (not one.contexts or "tool" in one.contexts)
    }
    return {
        id: one.says for id, one in load_injection_rules(cache_folder()).items() if id in meant or id not in patterns
    }


def signs_of_text(text: str, *, joined: bool = False) -> Iterator[Sign]:
    """Yield what a text shows, as it is read. In `joined` texts the signal of injections only counts with a rule."""
    if len(text) < _SHORTEST:
        return
    for at in range(0, len(text), _LONGEST):
        part = text[at : at + _LONGEST]
        for sign, pattern in _ready()["text"]:
            if pattern.search(part):
                yield sign
    found = score(text)
    if (found.score >= _SURE and not joined) or (found.score >= FLAGGED and found.rules):
        said = [says for id in found.rules if (says := _said().get(id))]
        yield Sign("injection", f"reads like an injection{': ' + said[0] if said else ''}", Level.HIGH)


def signs_of_argument(name: str) -> Iterator[Sign]:
    """Yield what the name of an argument shows."""
    word = snake(name)
    for sign, pattern in _ready()["argument"]:
        if pattern.search(word):
            yield sign
