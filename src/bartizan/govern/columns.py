"""The columns of lists as files have them: what a list says, in which order, and what its headings are called.

A heading is found again at an import by its key (`good_until`) or by its title in any language, so a file that was
exported in German can be imported in English. `imported` says whether a column may change what is in the register; the
others are there to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

__all__ = ["LISTS", "Cells", "Column", "List", "heading", "joined", "several"]


class Cells(StrEnum):
    """What the cells of a column hold. `words` are several texts, in one cell with `; ` between them."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    WORDS = "words"


class Column(msgspec.Struct, frozen=True):
    """A column: its key, what its cells hold, its titles, and its width in characters."""

    key: str
    cells: Cells
    titles: dict[str, str]
    width: int = 18
    imported: bool = True

    def title(self, language: str) -> str:
        """Return its heading in a language, in English where there is none."""
        return self.titles.get(language, self.titles["en"])


class List(msgspec.Struct, frozen=True):
    """A list that can be exported. `needed` are the columns without which no import makes sense; none is no import."""

    id: str
    titles: dict[str, str]
    columns: tuple[Column, ...]
    needed: tuple[str, ...] = ()

    @property
    def importable(self) -> bool:
        """Whether files of it can be imported."""
        return bool(self.needed)

    def title(self, language: str) -> str:
        """Return its name in a language, in English where there is none."""
        return self.titles.get(language, self.titles["en"])


def heading(text: str) -> str:
    """Return a heading as it is compared: without case, spaces, hyphens and underscores."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def joined(texts: Iterable[str]) -> str:
    """Return several texts as one cell has them: with `; ` between them, or a line each where one has a semicolon."""
    lines = [" ".join(text.splitlines()) for text in texts]
    return "\n".join([*lines, ""]) if any(";" in line for line in lines) else "; ".join(lines)


def several(cell: str) -> list[str]:
    """Return the texts of a cell that holds several."""
    return [text for part in cell.split("\n" if "\n" in cell else ";") if (text := part.strip())]


def _column(
    key: str, english: str, german: str, width: int = 18, cells: Cells = Cells.TEXT, *, read: bool = True
) -> Column:
    return Column(key, cells, {"en": english, "de": german}, width, read)


def _day(key: str, english: str, german: str, *, read: bool = True) -> Column:
    return _column(key, english, german, 13, Cells.DAY, read=read)


def _number(key: str, english: str, german: str, width: int = 14) -> Column:
    return _column(key, english, german, width, Cells.NUMBER, read=False)


def _words(key: str, english: str, german: str, width: int = 30) -> Column:
    return _column(key, english, german, width, Cells.WORDS)


def _shown(key: str, english: str, german: str, width: int = 18) -> Column:
    return _column(key, english, german, width, read=False)


_NAME = _column("name", "Name", "Name", 26)
_UNIT = _column("unit", "Business unit", "Geschäftsbereich", 22)
_TITLE = _column("title", "Title", "Titel", 34)
_ABOUT = _column("about", "About", "Beschreibung", 50)
_OWNER = _column("owner", "Owner", "Verantwortlich", 24)
_VERSION = _number("version", "Version", "Version", 9)
_CHANGED = _shown("changed", "Changed at", "Geändert am", 21)

SYSTEMS = List(
    "systems",
    {"en": "Systems", "de": "Systeme"},
    (
        _NAME,
        _UNIT,
        _TITLE,
        _column("description", "Description", "Beschreibung", 50),
        _OWNER,
        _column("stage", "Stage", "Phase", 12),
        _column("criticality", "Criticality", "Kritikalität", 12),
        _words("duties", "Duties", "Pflichten", 24),
        _column("vendor", "Vendor", "Anbieter", 20),
        _column("model", "Model", "Modell", 20),
        _column("data_class", "Data class", "Datenklasse", 14),
        _words("categories", "Data categories", "Datenkategorien", 26),
        _shown("tier", "Tier", "Stufe", 10),
        _shown("worst", "Worst open threat", "Schlimmste offene Bedrohung", 18),
        _shown("above", "Above the appetite", "Über der Risikobereitschaft", 18),
        _number("risk_p50", "Yearly loss, median", "Jährlicher Verlust, Median"),
        _number("risk_p90", "Yearly loss, 9 of 10 years", "Jährlicher Verlust, 9 von 10 Jahren"),
        _shown("currency", "Currency", "Währung", 9),
        _number("failing", "Controls failing", "Kontrollen ohne Wirkung"),
        _number("required", "Controls required", "Kontrollen gefordert"),
        _number("planned", "Controls planned", "Kontrollen geplant"),
        _number("in_place", "Controls in place", "Kontrollen vorhanden"),
        _number("proven", "Controls proven", "Kontrollen belegt"),
        _day("assessed", "Assessed on", "Beurteilt am", read=False),
        _VERSION,
        _CHANGED,
    ),
    ("name",),
)
CONTROLS = List(
    "controls",
    {"en": "Controls", "de": "Kontrollen"},
    (
        _shown("system", "System", "System", 26),
        _shown("unit", "Business unit", "Geschäftsbereich", 22),
        _shown("control", "Control", "Kontrolle", 28),
        _shown("title", "Title", "Titel", 44),
        _shown("place", "Place", "Ort", 22),
        _shown("state", "State", "Stand", 12),
        _shown("required", "Required", "Gefordert", 10),
        _day("planned", "Planned for", "Geplant auf", read=False),
        _shown("source", "Source", "Quelle", 14),
        _shown("outcome", "Outcome", "Ergebnis", 10),
        _day("observed_at", "Observed on", "Beobachtet am", read=False),
        _day("good_until", "Good until", "Gültig bis", read=False),
        _shown("excepted", "Exception", "Ausnahme", 22),
    ),
)
EVIDENCE = List(
    "evidence",
    {"en": "Evidence", "de": "Nachweise"},
    (
        _column("system", "System", "System", 26),
        _column("control", "Control", "Kontrolle", 28),
        _column("place", "Place", "Ort", 22),
        _column("source", "Source", "Quelle", 14),
        _column("outcome", "Outcome", "Ergebnis", 10),
        _day("observed_at", "Observed on", "Beobachtet am"),
        _day("good_until", "Good until", "Gültig bis"),
        _column("by", "By", "Durch", 22),
        _column("detail", "Detail", "Einzelheit", 60),
        _column("digest", "Digest", "Prüfsumme", 20),
        _column("verdict", "Scan verdict", "Scan-Urteil", 14),
        _shown("at", "Kept at", "Erfasst am", 21),
    ),
    ("system", "control", "source", "observed_at"),
)
TOOLS = List(
    "tools",
    {"en": "External tools", "de": "Externe Werkzeuge"},
    (
        _NAME,
        _UNIT,
        _TITLE,
        _column("vendor", "Vendor", "Anbieter", 20),
        _column("plan", "Plan", "Tarif", 14),
        _ABOUT,
        _OWNER,
        _words("domains", "Domains", "Domänen"),
        _column("standing", "Standing", "Einstufung", 14),
        _column("highest", "Highest data class", "Höchste Datenklasse", 18),
        _words("forbidden", "Forbidden categories", "Verbotene Kategorien"),
        _words("conditions", "Conditions", "Bedingungen", 50),
        _words("instead", "Use instead", "Stattdessen"),
        _column("decided_by", "Decided by", "Entschieden durch", 20),
        _day("decided_on", "Decided on", "Entschieden am"),
        _day("good_until", "Good until", "Gültig bis"),
        _VERSION,
        _CHANGED,
    ),
    ("name", "title"),
)
VENDORS = List(
    "vendors",
    {"en": "Vendors", "de": "Anbieter"},
    (
        _NAME,
        _UNIT,
        _TITLE,
        _ABOUT,
        _OWNER,
        _column("country", "Country", "Land", 9),
        _column("criticality", "Criticality", "Kritikalität", 12),
        _words("products", "Products", "Produkte"),
        _column("contact", "Contact", "Kontakt", 28),
        _day("contract_until", "Contract until", "Vertrag bis"),
        _VERSION,
        _CHANGED,
    ),
    ("name", "title"),
)
SANDBOXES = List(
    "sandboxes",
    {"en": "Sandboxes", "de": "Versuche"},
    (
        _shown("name", "Name", "Name", 26),
        _shown("unit", "Business unit", "Geschäftsbereich", 22),
        _shown("purpose", "Purpose", "Zweck", 50),
        _shown("owner", "Owner", "Verantwortlich", 28),
        _shown("state", "State", "Stand", 12),
        _shown("highest", "Highest data class", "Höchste Datenklasse", 18),
        _shown("models", "Models", "Modelle", 24),
        _shown("tools", "Tools", "Werkzeuge", 24),
        _number("tokens", "Tokens at most", "Tokens höchstens"),
        _number("money", "Money at most", "Geld höchstens"),
        _shown("starts", "Starts", "Beginn", 13),
        _shown("ends", "Ends", "Ende", 13),
        _VERSION,
        _CHANGED,
    ),
)
EXCEPTIONS = List(
    "exceptions",
    {"en": "Exceptions", "de": "Ausnahmen"},
    (
        _NAME,
        _UNIT,
        _TITLE,
        _column("statement", "Statement", "Vorgabe", 26),
        _column("control", "Control", "Kontrolle", 26),
        _words("systems", "Systems", "Systeme"),
        _OWNER,
        _column("why", "Why", "Grund", 50),
        _words("compensating", "Compensating controls", "Ersatzkontrollen"),
        _day("starts", "Starts", "Beginn"),
        _day("ends", "Ends", "Ende"),
        _shown("approved_by", "Approved by", "Genehmigt durch", 22),
        _day("approved_on", "Approved on", "Genehmigt am", read=False),
        _VERSION,
        _CHANGED,
    ),
    ("name", "title", "owner", "why", "starts", "ends"),
)
POLICIES = List(
    "policies",
    {"en": "Policies", "de": "Vorgaben"},
    (
        _shown("name", "Name", "Name", 26),
        _shown("title", "Title", "Titel", 34),
        _shown("edition", "Edition", "Ausgabe", 9),
        _shown("state", "State", "Stand", 12),
        _shown("owner", "Owner", "Verantwortlich", 24),
        _shown("number", "Number", "Nummer", 9),
        _shown("section", "Section", "Abschnitt", 26),
        _shown("level", "Level", "Grad", 9),
        _shown("statement", "Statement", "Vorgabe", 30),
        _shown("text", "Text", "Text", 80),
        _shown("controls", "Controls", "Kontrollen", 30),
        _shown("enforced", "Enforced by", "Durchgesetzt durch", 30),
        _day("effective", "Effective", "In Kraft ab", read=False),
        _day("review_by", "Review by", "Überprüfen bis", read=False),
    ),
)
TRAIL = List(
    "trail",
    {"en": "Audit trail", "de": "Änderungsprotokoll"},
    (
        _number("seq", "Number", "Nummer", 9),
        _shown("at", "At", "Zeit", 21),
        _shown("by", "By", "Durch", 24),
        _shown("action", "Action", "Aktion", 10),
        _shown("kind", "Kind", "Art", 14),
        _shown("name", "Name", "Name", 26),
        _shown("unit", "Business unit", "Geschäftsbereich", 22),
        _number("version", "Version", "Version", 9),
        _shown("why", "Why", "Grund", 50),
        _shown("digest", "Digest", "Prüfsumme", 20),
        _shown("hash", "Hash", "Kettenglied", 20),
    ),
)
LISTS: dict[str, List] = {
    one.id: one for one in (SYSTEMS, CONTROLS, EVIDENCE, TOOLS, VENDORS, SANDBOXES, EXCEPTIONS, POLICIES, TRAIL)
}
"""All lists, by id."""
