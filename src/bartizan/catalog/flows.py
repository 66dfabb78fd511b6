"""Flows: what calls of the usual libraries do, and texts that tell a place, a command or an instruction apart.

Data of the following of values through source: which call runs a shell, reads a file or sends, which check makes a
value safe, which words in a tool's name and description say that it does so, and how a path of a key, a command that
turns protection off or an instruction to a model looks.
"""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.model.base import Id

__all__ = ["Flow", "Language", "Operation", "TextKind", "load_flows", "load_text_kinds"]

Language: TypeAlias = Literal["python", "javascript"]


class Operation(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """Calls of libraries, or names that are read, that do the same.

    Names are dotted as imports make them; `X()` is what a call of X gives, `*` any text, `?` a value of unknown origin.
    `at` are the positions from 0 or keywords of the arguments that matter, all by default; `subject` says that what
    the method belongs to matters instead. `when` are keywords that must be given so (`given` for any but false; else
    an expression found in the text); `unless` those that must not.
    """

    language: Language
    calls: list[str] = []
    reads: list[str] = []
    at: list[int | str] = []
    subject: bool = False
    when: dict[str, str] = {}
    unless: dict[str, str] = {}


class Flow(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, dict=True):
    """One thing that programs do.

    `role` is `effect` for what changes or reveals something, `source` for where values come from (they get the label
    `gives`; effects may give one too), `check` for what makes values safe for the uses `clears` (the arguments too
    where `tests` is set). `looks_at` says what the texts it is given are. `declared_by` are words, regular expressions
    for whole words, that tell in a tool's name or description that it does this.
    """

    id: Id
    title: str
    role: Literal["effect", "source", "check"]
    looks_at: Literal["", "path", "command", "address"] = ""
    gives: str = ""
    clears: list[str] = []
    tests: bool = False
    declared_by: list[str] = []
    operations: list[Operation] = []

    @cached_property
    def declared(self) -> re.Pattern[str] | None:
        """The words as one expression."""
        return re.compile(rf"(?i)\b(?:{'|'.join(self.declared_by)})\b") if self.declared_by else None


class TextKind(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, dict=True):
    """Texts of one meaning. `among` says where they are looked for; `declared_by` as in a flow.

    `patterns` are regular expressions, letters in any case; a zero character stands for an unknown part of a text.
    `gives` is the label of what is read from there.
    """

    id: Id
    title: str
    among: Literal["path", "command", "address", "instruction", "result", "description", "parameter"]
    patterns: list[str]
    gives: str = ""
    declared_by: list[str] = []
    hits: list[str]
    misses: list[str]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The patterns as one expression."""
        return re.compile("|".join(f"(?:{one})" for one in self.patterns), re.IGNORECASE)

    @cached_property
    def declared(self) -> re.Pattern[str] | None:
        """The words as one expression."""
        return re.compile(rf"(?i)\b(?:{'|'.join(self.declared_by)})\b") if self.declared_by else None


def load_flows(cache: Path | None = None) -> dict[str, Flow]:
    """Return all flows by id. Raises InputError for a file that breaks its type."""
    folder = packaged("flows")
    return cached(cache, "flows", [folder], dict[str, Flow], lambda: read_folder(folder, Flow))


def load_text_kinds(cache: Path | None = None) -> dict[str, TextKind]:
    """Return all kinds of texts by id. Raises InputError for a file that breaks its type."""
    folder = packaged("flow-texts")
    return cached(cache, "flow-texts", [folder], dict[str, TextKind], lambda: read_folder(folder, TextKind))
