"""The rules of the catalog as one logic program, and its solution.

Atoms are conjunctive queries, so the program is definite: it has one least model, which clingo computes while grounding.
Names from the system enter as quoted strings only; nothing of the system or the catalog is evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import clingo
import msgspec

from bartizan.catalog import Atom, Fact, Rule


class Instance(msgspec.Struct, frozen=True):
    """One ground rule: from the facts of `body` an attacker gains `head`."""

    rule: str
    binding: tuple[tuple[str, str], ...]
    body: tuple[Fact, ...]
    head: Fact

    def value(self, variable: str) -> str:
        """Return what a variable of the rule stands for here; a constant stands for itself."""
        return dict(self.binding).get(variable, variable)


def derive(rules: Mapping[str, Rule], facts: Iterable[Fact]) -> list[Instance]:
    """Return every ground instance of the rules that is derivable from `facts`, in a fixed order."""
    ordered = [rules[name] for name in sorted(rules)]
    control = clingo.Control(["--warn=none"])
    control.add("base", [], "\n".join(_rule_text(index, rule) for index, rule in enumerate(ordered)))
    with control.backend() as backend:
        for fact in sorted(facts):
            symbol = clingo.Function(fact[0], [clingo.String(term) for term in fact[1:]])
            backend.add_rule([backend.add_atom(symbol)], [])
    control.ground([("base", [])])
    found: list[Instance] = []
    for index, rule in enumerate(ordered):
        names = _variables(rule)
        for atom in control.symbolic_atoms.by_signature(f"fires_{index}", len(names)):
            values = [argument.string for argument in atom.symbol.arguments]
            found.append(_instance(rule, dict(zip(names, values, strict=True))))
    return sorted(found, key=lambda instance: (instance.rule, instance.binding))


def _instance(rule: Rule, binding: dict[str, str]) -> Instance:
    body = tuple(atom.ground(binding) for atom in rule.when if atom.predicate != "!=" and "_" not in atom.terms)
    return Instance(rule.id, tuple(sorted(binding.items())), body, rule.then.ground(binding))


def _variables(rule: Rule) -> list[str]:
    return sorted({name for atom in rule.when for name in atom.variables})


def _rule_text(index: int, rule: Rule) -> str:
    names = ",".join(_variables(rule))
    body = ", ".join(_atom_text(atom) for atom in rule.when)
    fires = f"fires_{index}({names})"
    return f"{fires} :- {body}.\n{_atom_text(rule.then)} :- {fires}."


def _atom_text(atom: Atom) -> str:
    terms = [term if term == "_" or term[:1].isupper() else f'"{term}"' for term in atom.terms]
    return f"{terms[0]} != {terms[1]}" if atom.predicate == "!=" else f"{atom.predicate}({','.join(terms)})"
