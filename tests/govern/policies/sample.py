"""A small catalog of statements of its own, so that tests of drafts don't change with the packaged one."""

from __future__ import annotations

from typing import Any

from bartizan.catalog.statements import (
    CatalogStatement,
    Measure,
    PolicyDocument,
    PolicySection,
    Statements,
    When,
    arranged,
)
from bartizan.model.documents import Area, Enforcement, Organisation
from bartizan.model.words import Level

__all__ = ["ORGANISATION", "catalog_of", "entry"]

ORGANISATION = Organisation(title="Example", area=Area(develops=True, regions=["ch", "DE"], sectors=["Insurance"]))


def entry(id: str, section: str = "first", order: int = 1, text: str = "", **given: Any) -> CatalogStatement:
    said = text or f"{id} must hold at {{organisation}}."
    plain: dict[str, Any] = {"document": "rules", "level": "must", "text": {"en": said, "de": f"{id} muss sein."}}
    return CatalogStatement(**{**plain, "id": id, "section": section, "order": order, **given})


def catalog_of(*entries: CatalogStatement, sections: tuple[str, ...] = ("first", "second", "third")) -> Statements:
    document = PolicyDocument(
        id="rules",
        order=1,
        title={"en": "Rules of {organisation}", "de": "Regeln"},
        purpose={"en": "Why there are rules.", "de": "Wozu Regeln."},
        scope={"en": "Everybody.", "de": "Alle."},
        sections=[PolicySection(id=id, title={"en": id.title(), "de": f"{id.title()}-de"}) for id in sections],
    )
    return arranged([document], entries, [Measure(id="budgets", title={"en": "Budgets"}, key="budgets")])


STANDARD = catalog_of(
    entry("named", controls=["human-approval"], maps={"nist-ai-rmf": ["GOVERN 2.1"]}),
    entry("built", order=2, when=When(develops=True)),
    entry("asked", order=3, level="should", text="People should ask."),
    entry("limited", "second", enforced=[Enforcement(by="gateway", what="budgets")]),
    entry("strict", "second", order=2, when=When(appetite_at_most=Level.LOW)),
)
