"""The rules of the catalog as one logic program, and its solution.

Conditions are conjunctive queries, so the program is definite: it has one least model, which clingo computes while it
grounds.
Names from the system enter as quoted strings only; nothing of the system or the catalog is evaluated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import clingo
import msgspec

from bartizan.catalog import Atom, Fact, Predicate, Rule
from bartizan.catalog.atoms import is_variable


class Instance(msgspec.Struct, frozen=True, gc=False):
    """One ground rule: from the facts of `body` an attacker gains `head`."""

    rule: str
    binding: tuple[tuple[str, str], ...]
    body: tuple[Fact, ...]
    head: Fact

    def value(self, variable: str) -> str:
        """Return what a variable of the rule stands for here; a constant stands for itself."""
        return dict(self.binding).get(variable, variable)


class _Compiled:
    """A rule as the solver sees it: variables that only one condition mentions are left open, as `_` is.

    A witness for such a variable would only multiply the instances; conditions on the system alone may lose it,
    except who the attacker is.
    """

    def __init__(self, index: int, rule: Rule, vocabulary: Mapping[str, Predicate]) -> None:
        self.rule = rule
        self.name = f"fires_{index}"
        kept = {rule.at, *rule.then.variables, *(at for _, _, at in rule.cuts)}
        count = Counter(name for atom in rule.when for name in atom.variables)
        kept |= {name for name, times in count.items() if times > 1}
        for atom in (atom for atom in rule.when if atom.predicate != "!="):
            word = vocabulary[atom.predicate]
            kept |= {t for t, kind in zip(atom.terms, word.args, strict=True) if word.gained or kind == "position"}
        self.variables = sorted(kept & count.keys())
        self.when = [
            Atom(atom.predicate, tuple("_" if is_variable(t) and t not in kept else t for t in atom.terms))
            for atom in rule.when
        ]
        body = [atom for atom in self.when if atom.predicate != "!=" and "_" not in atom.terms]
        self.body = [self._template(atom) for atom in body]
        self.head = self._template(rule.then)

    def _template(self, atom: Atom) -> tuple[str, tuple[int | str, ...]]:
        """Return the predicate, and for each term the place of its variable or the constant."""
        places = tuple(self.variables.index(term) if is_variable(term) else term for term in atom.terms)
        return atom.predicate, places

    @property
    def text(self) -> str:
        """The rule in the solver's language."""
        fires = f"{self.name}({','.join(self.variables)})"
        body = ", ".join(_atom_text(atom) for atom in self.when)
        return f"{fires} :- {body}.\n{_atom_text(self.rule.then)} :- {fires}."

    def instance(self, values: list[str]) -> Instance:
        """Return the ground instance for the values of `variables`."""
        body = tuple(_ground(template, values) for template in self.body)
        binding = tuple(zip(self.variables, values, strict=True))
        return Instance(self.rule.id, binding, body, _ground(self.head, values))


def _ground(template: tuple[str, tuple[int | str, ...]], values: list[str]) -> Fact:
    return (template[0], *[values[term] if isinstance(term, int) else term for term in template[1]])


def derive(rules: Mapping[str, Rule], facts: Iterable[Fact], vocabulary: Mapping[str, Predicate]) -> list[Instance]:
    """Return every ground instance of the rules that is derivable from `facts`, in a fixed order.

    `vocabulary` says which predicates attackers gain, and which arguments are attackers' positions.
    """
    compiled = [_Compiled(index, rules[name], vocabulary) for index, name in enumerate(sorted(rules))]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join(rule.text for rule in compiled))
    control.add("base", [], "\n".join(_fact_text(fact) for fact in sorted(facts)))
    control.ground([("base", [])])
    found: list[Instance] = []
    for rule in compiled:
        atoms = control.symbolic_atoms.by_signature(rule.name, len(rule.variables))
        rows = sorted(_arguments(str(atom.symbol)) for atom in atoms)
        found.extend(rule.instance(row) for row in rows)
    return found


def _fact_text(fact: Fact) -> str:
    """Write a fact as text, which the solver reads much faster than symbols built one by one.

    Ids and words have no quotes or backslashes; should one appear, refusing beats writing a program.
    """
    quoted = '","'.join(fact[1:])
    if "\\" in quoted or "\n" in quoted or quoted.count('"') != 2 * (len(fact) - 2):
        raise ValueError(f"`{fact[0]}` has an argument that is no id")
    return f'{fact[0]}("{quoted}").'


def _arguments(symbol: str) -> list[str]:
    """Read the arguments of `name("a","b")`."""
    return symbol[symbol.index("(") + 2 : -2].split('","')


def _atom_text(atom: Atom) -> str:
    terms = [term if term == "_" or is_variable(term) else f'"{term}"' for term in atom.terms]
    return f"{terms[0]} != {terms[1]}" if atom.predicate == "!=" else f"{atom.predicate}({','.join(terms)})"
