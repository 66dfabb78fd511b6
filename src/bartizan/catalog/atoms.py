"""Atoms of threat rules: `flow(S, A)`, `effect(T, send)`, `S != T`.

A name that starts with a capital is a variable, `_` is anything, every other name is a constant. Nothing else is
understood, so a rule can't compute.
"""

from __future__ import annotations

import re
from typing import TypeAlias

import msgspec

from bartizan.model import InputError

_ATOM = re.compile(r"\s*([a-z][a-z0-9_]*)\s*\(\s*([^()]*)\s*\)\s*\Z")
_NOT_EQUAL = re.compile(r"\s*([A-Z][A-Za-z0-9_]*)\s*!=\s*([A-Z][A-Za-z0-9_]*|[a-z][a-z0-9_-]*)\s*\Z")
_TERM = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z|_\Z")

Fact: TypeAlias = tuple[str, ...]
"""A ground atom: the predicate's name, then its arguments."""


class Atom(msgspec.Struct, frozen=True):
    """One condition or conclusion; `terms` are variables (capital), constants or `_`."""

    predicate: str
    terms: tuple[str, ...]

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables in order of appearance, `_` left out."""
        return tuple(term for term in self.terms if is_variable(term))

    def ground(self, binding: dict[str, str]) -> Fact:
        """Put values in for variables; `_` has no value and raises KeyError."""
        return (self.predicate, *(binding[term] if is_variable(term) or term == "_" else term for term in self.terms))

    def __str__(self) -> str:
        """Return the atom as rules write it."""
        if self.predicate == "!=":
            return f"{self.terms[0]} != {self.terms[1]}"
        return f"{self.predicate}({', '.join(self.terms)})"


def is_variable(term: str) -> bool:
    """Tell whether a term is a named variable."""
    return term[:1].isupper()


def parse_atom(text: str) -> Atom:
    """Read one atom. Raises InputError when the text is none."""
    unequal = _NOT_EQUAL.match(text)
    if unequal:
        return Atom("!=", (unequal[1], unequal[2]))
    match = _ATOM.match(text)
    terms = tuple(part.strip() for part in match[2].split(",")) if match else ()
    if match is None or not all(_TERM.match(term) for term in terms):
        raise InputError(f"`{text}` is not an atom", help="write `predicate(Variable, constant)` or `A != B`")
    return Atom(match[1], terms)
