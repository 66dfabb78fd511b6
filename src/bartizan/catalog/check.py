"""Checks that rules use only known words, rightly, before the solver sees them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from bartizan.model import InputError, Place
from bartizan.model.decode import nearest

if TYPE_CHECKING:
    from bartizan.catalog.atoms import Atom
    from bartizan.catalog.load import Rule
    from bartizan.catalog.types import Predicate


def check_rules(rules: Iterable[Rule], vocabulary: Mapping[str, Predicate]) -> None:
    """Raise InputError for an unknown predicate, a wrong number of terms, an unbound variable or a wrong conclusion."""
    for rule in rules:
        place = Place(f"{rule.id}.yaml")
        for atom in (*rule.when, rule.then):
            _check_atom(atom, vocabulary, place)
        bound = {name for atom in rule.when if atom.predicate != "!=" for name in atom.variables}
        used = {*rule.then.variables, rule.at, *(at for _, _, at in rule.cuts)} - {"system"}
        unequal = {name for atom in rule.when if atom.predicate == "!=" for name in atom.variables}
        for name in sorted((used | unequal) - bound):
            raise InputError(f"`{name}` is bound by no condition", place=place, help="use it in `when`")
        if not vocabulary[rule.then.predicate].gained:
            raise InputError(f"`{rule.then}` is nothing that an attacker gains", place=place)


def _check_atom(atom: Atom, vocabulary: Mapping[str, Predicate], place: Place) -> None:
    if atom.predicate == "!=":
        return
    if atom.predicate not in vocabulary:
        help = nearest(atom.predicate, vocabulary)
        raise InputError(f"`{atom.predicate}` is not a word of the rules", place=place, help=help)
    if "_" in atom.terms and vocabulary[atom.predicate].gained:
        raise InputError(f"name every argument of `{atom}`", place=place, help="`_` is for facts of the system only")
    expected = len(vocabulary[atom.predicate].args)
    if len(atom.terms) != expected:
        raise InputError(f"`{atom.predicate}` takes {expected} terms, not {len(atom.terms)}", place=place)
