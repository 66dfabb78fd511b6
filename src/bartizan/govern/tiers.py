"""Which tier a system is of, and how much risk may remain in it."""

from __future__ import annotations

from typing import NamedTuple

from bartizan.analysis.losses import MONEY
from bartizan.model import Level, System
from bartizan.model.component import Agent
from bartizan.model.documents import Organisation, TierRule
from bartizan.model.label import Scheme
from bartizan.model.words import Autonomy, Category

__all__ = ["Traits", "appetite_of", "money_of", "rank_of", "stricter", "tier_for", "tier_of"]

_NO_TIER = TierRule(id="no-tier", title="No tier")


def tier_of(system: System, organisation: Organisation) -> TierRule:
    """Return the strictest tier of which any condition holds; the last one takes what no rule took.

    The classes are the organisation's. A class that it doesn't know is taken for what the system's own scheme makes of
    it, and for the highest where that doesn't know it either: what nobody can place is not harmless.
    """
    return tier_for(_traits(system, organisation.scheme), organisation)


class Traits(NamedTuple):
    """What of a system decides its tier. `highest` is where its highest class stands in the organisation, or -1."""

    criticality: Level
    highest: int
    categories: frozenset[Category]
    acts: bool


def tier_for(traits: Traits, organisation: Organisation) -> TierRule:
    """Return the tier of every system with some traits, as `tier_of` does."""
    scheme = organisation.scheme
    found = (rule for rule in organisation.tiers if _holds(rule, traits, scheme))
    return next(found, organisation.tiers[-1] if organisation.tiers else _NO_TIER)


def appetite_of(system: System, organisation: Organisation) -> Level | float:
    """Return what may remain in a system.

    The organisation decides: by the system's tier where that says something, else for all. A system may ask for less
    risk than that for itself and never for more, so of its own appetite and the organisation's the stricter holds.
    """
    rule = tier_of(system, organisation)
    given = organisation.appetite if rule.appetite is None else rule.appetite
    return given if system.appetite is None else stricter(given, system.appetite)


def stricter(one: Level | float, other: Level | float) -> Level | float:
    """Return the appetite that leaves less; the first of equal ones.

    A level stands for losses up to the money that the analysis takes for it where nobody gave any, so that levels and
    amounts can be compared.
    """
    return other if money_of(other) < money_of(one) else one


def money_of(appetite: Level | float) -> float:
    """Return the loss that an appetite leaves: a level's is the one that the analysis takes for it."""
    return MONEY[appetite][1] if isinstance(appetite, Level) else float(appetite)


def _traits(system: System, scheme: Scheme) -> Traits:
    data = system.data.values()
    highest = max((rank_of(one.class_, scheme, system.scheme) for one in data), default=-1)
    categories = frozenset(category for one in data for category in one.categories)
    return Traits(system.criticality, highest, categories, _acts(system))


def _holds(rule: TierRule, traits: Traits, scheme: Scheme) -> bool:
    return (
        (rule.criticality is not None and traits.criticality.rank >= rule.criticality.rank)
        or (bool(rule.highest) and traits.highest >= rank_of(rule.highest, scheme, scheme))
        or not traits.categories.isdisjoint(rule.categories)
        or (rule.acts and traits.acts)
    )


def rank_of(name: str, scheme: Scheme, own: Scheme) -> int:
    """Return where a class stands in the organisation's scheme; `own` is that of who says it."""
    top = len(scheme.classes) - 1
    if name in scheme.classes:
        return scheme.level(name)
    return round(own.weight(own.level(name)) * top / 3) if name in own.classes else top


def _acts(system: System) -> bool:
    agents = [one for one in system.components.values() if isinstance(one, Agent)]
    return any(one.autonomy is Autonomy.ACT or one.watches for one in agents)
