"""Which statements are for an organisation, and what their texts say there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

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
_AND = {"en": "and", "de": "und"}
_LEVELS = {"de": {Level.LOW: "niedrig", Level.MEDIUM: "mittel", Level.HIGH: "hoch", Level.CRITICAL: "kritisch"}}


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
    """Return what stands in a text in place of each name in braces."""
    tiers = organisation.tiers
    mildest, strictest = (tiers[-1], tiers[0]) if tiers else (None, None)
    classes = organisation.classes
    *others, last = classes
    together = f"{', '.join(others)} {_AND.get(language, _AND['en'])} {last}" if others else last
    return {
        "organisation": organisation.title or {"de": "der Organisation"}.get(language, "the organisation"),
        "lowest_class": classes[0],
        "highest_class": classes[-1],
        "classes": together,
        "appetite": _appetite(organisation, language),
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


def _appetite(organisation: Organisation, language: str) -> str:
    appetite = organisation.appetite
    if isinstance(appetite, Level):
        return _LEVELS.get(language, {}).get(appetite, appetite.value)
    return f"{organisation.currency} {appetite:,.0f}".replace(",", "\u00a0" if language == "de" else ",")
