"""Which tier a system is of, and how much risk may remain in it."""

from __future__ import annotations

from bartizan.analysis.losses import MONEY
from bartizan.model import Level, System
from bartizan.model.component import Agent
from bartizan.model.documents import Organisation, TierRule
from bartizan.model.label import Scheme
from bartizan.model.words import Autonomy

__all__ = ["appetite_of", "stricter", "tier_of"]

_NO_TIER = TierRule(id="no-tier", title="No tier")


def tier_of(system: System, organisation: Organisation) -> TierRule:
    """Return the strictest tier of which any condition holds; the last one takes what no rule took.

    The classes are the organisation's. A class that it doesn't know is taken for what the system's own scheme makes of
    it, and for the highest where that doesn't know it either: what nobody can place is not harmless.
    """
    for rule in organisation.tiers:
        if _holds(rule, system, organisation.scheme):
            return rule
    return organisation.tiers[-1] if organisation.tiers else _NO_TIER


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
    return other if _money(other) < _money(one) else one


def _money(appetite: Level | float) -> float:
    return MONEY[appetite][1] if isinstance(appetite, Level) else float(appetite)


def _holds(rule: TierRule, system: System, scheme: Scheme) -> bool:
    categories = {category for data in system.data.values() for category in data.categories}
    return (
        (rule.criticality is not None and system.criticality.rank >= rule.criticality.rank)
        or (bool(rule.highest) and _highest(system, scheme) >= _rank(rule.highest, scheme, scheme))
        or not categories.isdisjoint(rule.categories)
        or (rule.acts and _acts(system))
    )


def _highest(system: System, scheme: Scheme) -> int:
    return max((_rank(data.class_, scheme, system.scheme) for data in system.data.values()), default=-1)


def _rank(name: str, scheme: Scheme, own: Scheme) -> int:
    """Return where a class stands in the organisation's scheme."""
    top = len(scheme.classes) - 1
    if name in scheme.classes:
        return scheme.level(name)
    return round(own.weight(own.level(name)) * top / 3) if name in own.classes else top


def _acts(system: System) -> bool:
    agents = [one for one in system.components.values() if isinstance(one, Agent)]
    return any(one.autonomy is Autonomy.ACT or one.watches for one in agents)
