"""The columns of lists as files have them: what a list says, in which order, and what its headings are called.

A heading is found again at an import by its key (`good_until`) or by its title in any language, so a file that was
exported in German can be imported in English. `imported` says whether a column may change what is in the register; the
others are there to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from bartizan.govern.column_titles import titles_of

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


def _column(key: str, title: str, width: int = 18, cells: Cells = Cells.TEXT, *, read: bool = True) -> Column:
    return Column(key, cells, titles_of(title), width, read)


def _day(key: str, title: str, *, read: bool = True) -> Column:
    return _column(key, title, 13, Cells.DAY, read=read)


def _number(key: str, title: str, width: int = 14) -> Column:
    return _column(key, title, width, Cells.NUMBER, read=False)


def _words(key: str, title: str, width: int = 30) -> Column:
    return _column(key, title, width, Cells.WORDS)


def _shown(key: str, title: str, width: int = 18) -> Column:
    return _column(key, title, width, read=False)


_NAME = _column("name", "Name", 26)
_UNIT = _column("unit", "Business unit", 22)
_TITLE = _column("title", "Title", 34)
_ABOUT = _column("about", "About", 50)
_OWNER = _column("owner", "Owner", 24)
_VERSION = _number("version", "Version", 9)
_CHANGED = _shown("changed", "Changed at", 21)

SYSTEMS = List(
    "systems",
    titles_of("Systems"),
    (
        _NAME,
        _UNIT,
        _TITLE,
        _column("description", "Description", 50),
        _OWNER,
        _column("stage", "Stage", 12),
        _column("criticality", "Criticality", 12),
        _words("duties", "Duties", 24),
        _column("vendor", "Vendor", 20),
        _column("model", "Model", 20),
        _column("data_class", "Data class", 14),
        _words("categories", "Data categories", 26),
        _shown("tier", "Tier", 10),
        _shown("worst", "Worst open threat", 18),
        _shown("above", "Above the appetite", 18),
        _number("risk_p50", "Yearly loss, median"),
        _number("risk_p90", "Yearly loss, 9 of 10 years"),
        _shown("currency", "Currency", 9),
        _number("failing", "Controls failing"),
        _number("required", "Controls required"),
        _number("planned", "Controls planned"),
        _number("in_place", "Controls in place"),
        _number("proven", "Controls proven"),
        _day("assessed", "Assessed on", read=False),
        _VERSION,
        _CHANGED,
    ),
    ("name",),
)
CONTROLS = List(
    "controls",
    titles_of("Controls"),
    (
        _shown("system", "System", 26),
        _shown("unit", "Business unit", 22),
        _shown("control", "Control", 28),
        _shown("title", "Title", 44),
        _shown("place", "Place", 22),
        _shown("state", "State", 12),
        _shown("required", "Required", 10),
        _day("planned", "Planned for", read=False),
        _shown("source", "Source", 14),
        _shown("outcome", "Outcome", 10),
        _day("observed_at", "Observed on", read=False),
        _day("good_until", "Good until", read=False),
        _shown("excepted", "Exception", 22),
    ),
)
EVIDENCE = List(
    "evidence",
    titles_of("Evidence"),
    (
        _column("system", "System", 26),
        _column("control", "Control", 28),
        _column("place", "Place", 22),
        _column("source", "Source", 14),
        _column("outcome", "Outcome", 10),
        _day("observed_at", "Observed on"),
        _day("good_until", "Good until"),
        _column("by", "By", 22),
        _column("detail", "Detail", 60),
        _column("digest", "Digest", 20),
        _column("verdict", "Scan verdict", 14),
        _shown("at", "Kept at", 21),
    ),
    ("system", "control", "source", "observed_at"),
)
TOOLS = List(
    "tools",
    titles_of("External tools"),
    (
        _NAME,
        _UNIT,
        _TITLE,
        _column("vendor", "Vendor", 20),
        _column("plan", "Plan", 14),
        _ABOUT,
        _OWNER,
        _words("domains", "Domains"),
        _column("standing", "Standing", 14),
        _column("highest", "Highest data class", 18),
        _words("forbidden", "Forbidden categories"),
        _words("conditions", "Conditions", 50),
        _words("instead", "Use instead"),
        _column("decided_by", "Decided by", 20),
        _day("decided_on", "Decided on"),
        _day("good_until", "Good until"),
        _VERSION,
        _CHANGED,
    ),
    ("name", "title"),
)
VENDORS = List(
    "vendors",
    titles_of("Vendors"),
    (
        _NAME,
        _UNIT,
        _TITLE,
        _ABOUT,
        _OWNER,
        _column("country", "Country", 9),
        _column("criticality", "Criticality", 12),
        _words("products", "Products"),
        _column("contact", "Contact", 28),
        _day("contract_until", "Contract until"),
        _VERSION,
        _CHANGED,
    ),
    ("name", "title"),
)
SANDBOXES = List(
    "sandboxes",
    titles_of("Sandboxes"),
    (
        _shown("name", "Name", 26),
        _shown("unit", "Business unit", 22),
        _shown("purpose", "Purpose", 50),
        _shown("owner", "Owner", 28),
        _shown("state", "State", 12),
        _shown("highest", "Highest data class", 18),
        _shown("models", "Models", 24),
        _shown("tools", "Tools", 24),
        _number("tokens", "Tokens at most"),
        _number("money", "Money at most"),
        _shown("starts", "Starts", 13),
        _shown("ends", "Ends", 13),
        _VERSION,
        _CHANGED,
    ),
)
EXCEPTIONS = List(
    "exceptions",
    titles_of("Exceptions"),
    (
        _NAME,
        _UNIT,
        _TITLE,
        _column("statement", "Statement", 26),
        _column("control", "Control", 26),
        _words("systems", "Systems"),
        _OWNER,
        _column("why", "Why", 50),
        _words("compensating", "Compensating controls"),
        _day("starts", "Starts"),
        _day("ends", "Ends"),
        _shown("approved_by", "Approved by", 22),
        _day("approved_on", "Approved on", read=False),
        _VERSION,
        _CHANGED,
    ),
    ("name", "title", "owner", "why", "starts", "ends"),
)
POLICIES = List(
    "policies",
    titles_of("Policies"),
    (
        _shown("name", "Name", 26),
        _shown("title", "Title", 34),
        _shown("edition", "Edition", 9),
        _shown("state", "State", 12),
        _shown("owner", "Owner", 24),
        _shown("number", "Number", 9),
        _shown("section", "Section", 26),
        _shown("level", "Level", 9),
        _shown("statement", "Statement", 30),
        _shown("text", "Text", 80),
        _shown("controls", "Controls", 30),
        _shown("enforced", "Enforced by", 30),
        _day("effective", "Effective", read=False),
        _day("review_by", "Review by", read=False),
    ),
)
TRAIL = List(
    "trail",
    titles_of("Audit trail"),
    (
        _number("seq", "Number", 9),
        _shown("at", "At", 21),
        _shown("by", "By", 24),
        _shown("action", "Action", 10),
        _shown("kind", "Kind", 14),
        _shown("name", "Name", 26),
        _shown("unit", "Business unit", 22),
        _number("version", "Version", 9),
        _shown("why", "Why", 50),
        _shown("digest", "Digest", 20),
        _shown("hash", "Hash", 20),
    ),
)
LISTS: dict[str, List] = {
    one.id: one for one in (SYSTEMS, CONTROLS, EVIDENCE, TOOLS, VENDORS, SANDBOXES, EXCEPTIONS, POLICIES, TRAIL)
}
"""All lists, by id."""
