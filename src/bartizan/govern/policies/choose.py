"""Which statements are for an organisation, and what their texts say there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bartizan.catalog.statements import When
from bartizan.model.documents import Organisation
from bartizan.model.words import Level

__all__ = ["applies", "fill", "parameters"]

_WITHIN: Mapping[str, frozenset[str]] = {
    "eu": frozenset({
        "at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu",
        "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se",
    }),
    "finance": frozenset({"banking", "insurance", "asset-management", "payments", "securities", "pensions"}),
}  # fmt: skip
"""What lies within a region or a sector: the member states by their ISO 3166 codes, and the trades of finance."""
_IN_BRACES = re.compile(r"\{([a-z_]+)\}")


class _Words(NamedTuple):
    """What values say in a language: `levels` of an appetite, lowest first, and how it writes a sum of money.

    `nobody` stands for an organisation without a name, in the form that the language's texts need.
    """

    and_: str
    nobody: str
    levels: tuple[str, str, str, str]
    thousands: str
    sum: str


_SAID: Mapping[str, _Words] = {
    "en": _Words("and", "the organisation", ("low", "medium", "high", "critical"), ",", "{currency}\u00a0{amount}"),
    "de": _Words(
        "und", "der Organisation", ("niedrig", "mittel", "hoch", "kritisch"), "\u00a0", "{currency}\u00a0{amount}"
    ),
    "fr": _Words(
        "et", "l’organisation", ("faible", "moyenne", "élevée", "critique"), "\u202f", "{amount}\u00a0{currency}"
    ),
    "it": _Words("e", "l’organizzazione", ("bassa", "media", "alta", "critica"), ".", "{amount}\u00a0{currency}"),
    "sq": _Words("dhe", "organizata", ("i ulët", "i mesëm", "i lartë", "kritik"), "\u00a0", "{amount}\u00a0{currency}"),
}


def applies(when: When, organisation: Organisation) -> bool:
    """Tell whether a statement is for an organisation."""
    area = organisation.area
    asked = (
        (when.develops, area.develops),
        (when.builds_agents, area.builds_agents),
        (when.trains, area.trains),
        (when.personal_data, area.personal_data),
        (when.critical_processes, area.critical_processes),
        (when.units, bool(organisation.units)),
    )
    return (
        all(wanted is None or wanted is given for wanted, given in asked)
        and _any(when.regions, area.regions)
        and _any(when.sectors, area.sectors)
        and _any(when.frameworks, organisation.frameworks)
        and _low_enough(when.appetite_at_most, organisation.appetite)
        and len(organisation.classes) >= when.classes_at_least
    )


def parameters(organisation: Organisation, language: str) -> dict[str, str]:
    """Return what stands in a text in place of each name in braces, in a language; in English for one unknown here."""
    said = _SAID.get(language, _SAID["en"])
    tiers = organisation.tiers
    mildest, strictest = (tiers[-1], tiers[0]) if tiers else (None, None)
    classes = organisation.classes
    *others, last = classes
    together = f"{', '.join(others)} {said.and_} {last}" if others else last
    return {
        "organisation": organisation.title or said.nobody,
        "lowest_class": classes[0],
        "highest_class": classes[-1],
        "classes": together,
        "appetite": _appetite(organisation, said),
        "review_days": str(mildest.review_days if mildest else 365),
        "strictest_review_days": str(strictest.review_days if strictest else 365),
        "evidence_days": str(mildest.evidence_days if mildest else 180),
    }


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values in place of the names in braces; nothing else of the text is looked at."""
    return _IN_BRACES.sub(lambda found: values.get(found[1], found[0]), text)


def _any(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Tell whether one of what is wanted is given, or something that lies within it. Nothing wanted fits everybody."""
    here = {word.strip().lower().replace(" ", "-") for word in given}
    return not wanted or any(one in here or not here.isdisjoint(_WITHIN.get(one, frozenset())) for one in wanted)


def _low_enough(most: Level | None, appetite: Level | float) -> bool:
    return most is None or (isinstance(appetite, Level) and appetite.rank <= most.rank)


def _appetite(organisation: Organisation, said: _Words) -> str:
    appetite = organisation.appetite
    if isinstance(appetite, Level):
        return said.levels[appetite.rank - 1]
    amount = f"{appetite:,.0f}".replace(",", said.thousands)
    return said.sum.format(currency=organisation.currency, amount=amount)
