"""Knowledge as data: threats, controls, patterns, frameworks, and the words that rules are written in."""

from bartizan.catalog.atoms import Atom, Fact, parse_atom
from bartizan.catalog.load import Catalog, Rule, load_catalog, parse_rule
from bartizan.catalog.types import Control, Framework, Pattern, Position, Predicate, Step, Strength, Threat

__all__ = [
    "Atom",
    "Catalog",
    "Control",
    "Fact",
    "Framework",
    "Pattern",
    "Position",
    "Predicate",
    "Rule",
    "Step",
    "Strength",
    "Threat",
    "load_catalog",
    "parse_atom",
    "parse_rule",
]
