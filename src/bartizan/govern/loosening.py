"""Four eyes on what the organisation lets stand: a higher appetite, and tiers that ask for less. Pure.

Who could raise the appetite alone would accept every risk up to it alone. So it is asked for in the document, under
`proposed`, and holds once another person confirms it, who may accept risk in the whole organisation. What asks for
less risk takes one person, and so does the first description of an organisation: nothing was decided under another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations, product

import msgspec

from bartizan.govern.reason import Reason, is_same, said
from bartizan.govern.roles import Person
from bartizan.govern.tiers import Traits, money_of, rank_of, tier_for
from bartizan.model import InputError, Level
from bartizan.model.documents import Organisation, Proposed
from bartizan.model.words import Category

__all__ = ["against", "asked", "check_change", "check_removal", "confirmed", "loosens"]


def loosens(old: Organisation, new: Organisation) -> bool:
    """Tell whether there can be a system that may keep more risk, or is looked at less often, than before."""
    if (old.appetite, old.classes, old.tiers) == (new.appetite, new.classes, new.tiers):
        return False
    return any(_looser(_limits(before, old), _limits(after, new)) for before, after in _systems(old, new))


def confirmed(spec: Organisation) -> Organisation:
    """Return the organisation as it is once what is asked for is confirmed."""
    asked = spec.proposed
    if asked is None:
        return spec
    return msgspec.structs.replace(
        spec,
        appetite=spec.appetite if asked.appetite is None else asked.appetite,
        classes=spec.classes if asked.classes is None else asked.classes,
        tiers=spec.tiers if asked.tiers is None else asked.tiers,
        proposed=None,
    )


def asked(old: Organisation, new: Organisation, by: str) -> Organisation:
    """Return a change in which what loosens is asked for, by somebody, and doesn't hold yet."""
    proposed = Proposed(
        asked_by=by,
        appetite=None if new.appetite == old.appetite else new.appetite,
        classes=None if new.classes == old.classes else new.classes,
        tiers=None if new.tiers == old.tiers else new.tiers,
    )
    return msgspec.structs.replace(
        new, appetite=old.appetite, classes=old.classes, tiers=old.tiers, proposed=proposed
    )  # fmt: skip


def against(spec: Organisation, person: Person, askers: Collection[str] = ()) -> Reason | None:
    """Return why somebody may not confirm what is asked for, None where they may. Their rights are another question.

    `askers` are the ids of those who have put it there, for people can change the name under which they have asked.
    """
    if spec.proposed is None:
        return said("nothing is asked for")
    if person.program:
        return said("a program is no second person")
    if person.id in askers or is_same(person, spec.proposed.asked_by):
        return said("the second person has to be another one than who asked")
    return None


def check_change(old: Organisation | None, new: Organisation, person: Person, askers: Collection[str] = ()) -> None:
    """Hold a change of the organisation, from whatever door, against who makes it.

    `old` is what holds now, None where nobody has ever described an organisation, and `askers` are the ids of those
    who have put there what it asks for. Raises InputError.
    """
    before = old.proposed if old is not None else None
    if old is not None and before is not None and new == confirmed(old):
        if reason := against(old, person, askers):
            raise InputError(reason.text, help="another person who may accept risk in the whole organisation does it")
        return
    if new.proposed is not None and new.proposed != before and not is_same(person, new.proposed.asked_by):
        raise InputError("`proposed.asked_by` is in the name of the person who asks", help=f"`{person.id[:60]}`")
    if old is not None and loosens(old, new):
        raise InputError(
            "this would let more risk stand, and takes two people",
            help="ask for it under `proposed`, with `asked_by`; it holds once another person confirms it",
        )


def check_removal(old: Organisation) -> None:
    """Hold that taking the description out lets no more risk stand: then the defaults hold. Raises InputError."""
    if loosens(old, Organisation(title="")):
        raise InputError(
            "without its description more risk would be let stand", help="ask for the change instead, under `proposed`"
        )


def _systems(old: Organisation, new: Organisation) -> Iterator[tuple[Traits, Traits]]:
    """Return what decides the tier of systems, as the one and the other organisation sees them.

    Of a system with many categories of data two decide at most: the one that takes it to its tier before, and the one
    that does so after. So pairs stand for all.
    """
    known = sorted({name for one in (old, new) for rule in one.tiers for name in rule.categories})
    groups: list[frozenset[Category]] = [frozenset(one) for few in range(3) for one in combinations(known, few)]
    ranks = [(-1, -1)]
    ranks += [(old.scheme.level(name), rank_of(name, new.scheme, old.scheme)) for name in old.classes]
    for criticality, (before, after), categories, acts in product(Level, ranks, groups, (False, True)):
        yield Traits(criticality, before, categories, acts), Traits(criticality, after, categories, acts)


def _limits(traits: Traits, organisation: Organisation) -> tuple[float, int, int]:
    """Return what a system may keep, and for how many days its review and its evidence are good."""
    rule = tier_for(traits, organisation)
    appetite = organisation.appetite if rule.appetite is None else rule.appetite
    return money_of(appetite), rule.review_days, rule.evidence_days


def _looser(before: tuple[float, int, int], after: tuple[float, int, int]) -> bool:
    return any(now > then for then, now in zip(before, after, strict=True))
