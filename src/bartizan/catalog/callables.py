"""Callables that pickles name: which are safe in what use, and what the others do. One YAML file a library.

A name is a module's path and a name in it, joined by dots. In patterns `*` stands for any part of one word between
dots, `**` for words and dots, `[A-Z]` for one of these letters, and `{a,b}` for either. What is listed as harmful is
harmful, even where a pattern calls it safe, unless its full name is listed as safe in so many words. Of several
patterns the one that allows the most uses counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Generic, Literal, TypeAlias, TypeVar

import msgspec

from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.catalog.places import cache_folder
from bartizan.model.base import Id

__all__ = ["Callables", "Effect", "Harmful", "Register", "Safe", "Use", "expanded", "known_callables",
           "load_callables"]  # fmt: skip

T = TypeVar("T")

Use: TypeAlias = Literal["refer", "new", "call", "build", "fill"]
"""Naming it; making an instance by `__new__` alone; calling it; BUILD on what it gives; putting items into that."""

Effect: TypeAlias = Literal[
    "execution", "import", "file", "network", "attributes", "code", "deserialise", "control", "function"
]
"""What calling it does: runs code or programs; imports by name; reads, writes or deletes files; opens connections;
walks from object to object by names; makes code objects; loads further pickles or the like; changes the interpreter or
a guard; makes a function from its code, as dill and cloudpickle do."""


class Safe(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Callables that are safe in some uses; naming them always is.

    `args` are the words that each argument of a call must fit, `...` for any number of the last: kinds (`int`, `str`,
    `tuple`, ...), `class` and `function` (something safe by name), `data` (plain), `any`; alternatives with `|`,
    literals in quotes, `?` at the end of a word where the argument may be missing, `builtin` (safe by name, of
    builtins), `@NAME` (just this name). Without `args` any arguments are safe. `instance` says that the result is an
    instance of the class that is the argument of this number, made by `__new__`. `otherwise` is what a call with other
    arguments does; without it that is not known. `calls` are the numbers of the
    argument that is itself called, and of the tuple that it is called with. `code` is the key of a state whose text
    the class runs as Python.
    """

    names: list[str]
    uses: list[Use] = []
    args: list[str] | None = None
    instance: int | None = None
    calls: list[int] | None = None
    code: str | None = None
    otherwise: Effect | None = None


class Harmful(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Callables with an effect that no model needs when it is loaded."""

    effect: Effect
    names: list[str]
    cve: list[str] = []


class Callables(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is known of a library. `source` says where the facts are from."""

    id: Id
    title: str
    source: str
    safe: list[Safe] = []
    harmful: list[Harmful] = []


class Register:
    """All libraries together. Answers are kept, as a pickle asks for the same few names again and again."""

    def __init__(self, libraries: dict[str, Callables]) -> None:
        self._exact: dict[str, Safe] = {}
        self._patterns: _Patterns[Safe] = _Patterns()
        self._harms: dict[str, Harmful] = {}
        self._harm_patterns: _Patterns[Harmful] = _Patterns()
        for library in libraries.values():
            for safe in library.safe:
                for name in expanded(safe.names):
                    if _plain(name):
                        self._exact[name] = safe
                    else:
                        self._patterns.add(name, safe)
            for harm in library.harmful:
                for name in expanded(harm.names):
                    if _plain(name):
                        self._harms[name] = harm
                    else:
                        self._harm_patterns.add(name, harm)
        self._seen: dict[str, tuple[Safe | None, Harmful | None]] = {}

    def look_up(self, path: str) -> tuple[Safe | None, Harmful | None]:
        """Return what is known of a full name: how it is safe, or how harmful; neither for an unknown one."""
        found = self._seen.get(path)
        if found is None:
            if len(self._seen) > 10_000:
                self._seen.clear()
            found = self._seen[path] = self._find(path)
        return found

    def with_any(self, path: str) -> tuple[Safe | None, Harmful | None]:
        """Look up for a use whose arguments nobody looks at: what is safe with some only is what it is with others."""
        safe, harm = self.look_up(path)
        if safe is not None and safe.otherwise is not None:
            return None, Harmful(effect=safe.otherwise, names=[path])
        return safe, harm

    def exact(self, path: str) -> bool:
        """Tell whether a name is listed as safe in so many words, by no pattern."""
        return path in self._exact

    def _find(self, path: str) -> tuple[Safe | None, Harmful | None]:
        if path in self._exact:
            return self._exact[path], None
        harm = self._harms.get(path) or next(self._harm_patterns.fitting(path), None)
        if harm is not None:
            return None, harm
        return max(self._patterns.fitting(path), key=lambda safe: len(safe.uses), default=None), None


class _Patterns(Generic[T]):
    """Patterns with what they stand for, by their first word; compiled when a name with that word is asked for."""

    def __init__(self) -> None:
        self._by_word: dict[str, list[tuple[str, T]]] = {}

    def add(self, pattern: str, value: T) -> None:
        """Take a pattern; one whose first word is itself a pattern stands under no word."""
        word, dot, _ = pattern.partition(".")
        self._by_word.setdefault(word if dot and _plain(word) else "", []).append((pattern, value))

    def fitting(self, path: str) -> Iterator[T]:
        """Give what stands for a full name, in the order of the catalog within a word."""
        for word in (path.partition(".")[0], ""):
            for pattern, value in self._by_word.get(word, ()):
                if _compiled(pattern).fullmatch(path):
                    yield value


def load_callables(cache: Path | None = None) -> Register:
    """Return the register. Raises InputError for a file that breaks its type."""
    folder = packaged("callables")
    return Register(cached(cache, "callables", [folder], dict[str, Callables], lambda: read_folder(folder, Callables)))


@cache
def known_callables() -> Register:
    """Return the register that all scanners of a process share, kept in the user's cache. Raises InputError."""
    return load_callables(cache_folder())


def _plain(name: str) -> bool:
    return "*" not in name and "[" not in name


def expanded(names: Iterable[str]) -> Iterator[str]:
    """Write out the alternatives in braces."""
    for name in names:
        head, brace, rest = name.partition("{")
        if brace:
            inner, _, tail = rest.partition("}")
            yield from expanded(f"{head}{one}{tail}" for one in inner.split(","))
        else:
            yield name


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of names."""
    out = []
    for part in re.split(r"(\*\*|\*|\[[^\]]*\])", pattern):
        if part == "**":
            out.append(r".*")
        elif part == "*":
            out.append(r"[^.]*")
        elif part.startswith("["):
            out.append(part)
        else:
            out.append(re.escape(part))
    return re.compile("".join(out), re.DOTALL)
