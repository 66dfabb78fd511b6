"""What tools, their arguments and the fields of their results are called, and what follows from it.

Three files in `tool-words`, each a list: verbs, objects and values. The words of an entry are kept by language.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec

from bartizan.catalog.folder import cached, packaged, read_file
from bartizan.model.base import Id
from bartizan.model.card import Role, Trust, ValueType
from bartizan.model.words import Effect

__all__ = ["ObjectKind", "ToolWords", "ValueKind", "Verb", "load_tool_words"]


class Verb(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One thing that tools do, and the words for it.

    `words` stand in names of tools and in requests, `said` in requests only. `nouns` are those of the words that may as
    well name a thing, so that a name that holds one says little by itself. `mixed` words don't stand for each other.
    """

    id: Id
    effect: Effect
    reversible: bool = True
    destroys: bool = False
    mixed: bool = False
    words: dict[str, list[str]]
    said: dict[str, list[str]] = {}
    nouns: list[str] = []


class ObjectKind(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One kind of thing that tools act on.

    `private`: only the user or the organisation should see it, and `class_` is its class then. `owned`: they alone
    write it. `money`: making, sending or changing it pays. `outside`: anybody may write it. `public`: open to all.
    `facts`: set by a service, with no text of anybody in it. `same` lists words for one and the same thing where the
    kind is a mixed one; else all of its words are. `fields` are those that records of it usually have.
    """

    id: Id
    private: bool = False
    owned: bool = False
    money: bool = False
    outside: bool = False
    public: bool = False
    facts: bool = False
    class_: str = msgspec.field(default="", name="class")
    fields: list[str] = []
    words: dict[str, list[str]]
    same: list[list[str]] = []


class ValueKind(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One kind of value: `role` as an argument, `trust` as a field of a result.

    `person` tells that it names somebody, `recipient` that what is sent or paid goes there, `sender` that it says from
    whom a record comes. `class_` is the class of its content.
    """

    id: Id
    type: ValueType
    role: Role
    trust: Trust
    person: bool = False
    recipient: bool = False
    sender: bool = False
    class_: str = msgspec.field(default="", name="class")
    words: dict[str, list[str]]


class ToolWords(msgspec.Struct, frozen=True):
    """All of it, in the order of the files: where two entries have a word, the first counts."""

    verbs: list[Verb]
    objects: list[ObjectKind]
    values: list[ValueKind]


def load_tool_words(cache: Path | None = None) -> ToolWords:
    """Return the words. Raises InputError for a file that breaks its type."""
    folder = packaged("tool-words")
    return cached(cache, "tool-words", [folder], ToolWords, lambda: _read(folder))


def _read(folder: Traversable) -> ToolWords:
    return ToolWords(
        verbs=read_file(folder / "verbs.yaml", list[Verb]),
        objects=read_file(folder / "objects.yaml", list[ObjectKind]),
        values=read_file(folder / "values.yaml", list[ValueKind]),
    )
