"""What a printed policy says in each language that statements are written in: words, days, names of frameworks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bartizan.report.policy_words import albanian, english, french, german, italian

__all__ = ["FRAMEWORKS", "day_in", "framework_in", "name_of", "words"]

FRAMEWORKS: Mapping[str, str] = {
    "ch-fadp": "Swiss FADP",
    "csa-aicm": "CSA AICM",
    "dora": "DORA",
    "eu-ai-act": "EU AI Act",
    "gdpr": "GDPR",
    "iso-27001": "ISO/IEC 27001",
    "iso-42001": "ISO/IEC 42001",
    "mitre-atlas": "MITRE ATLAS",
    "nis2": "NIS 2",
    "nist-800-53": "NIST SP 800-53",
    "nist-ai-600-1": "NIST AI 600-1",
    "nist-ai-rmf": "NIST AI RMF",
    "owasp-agentic": "OWASP Agentic",
    "owasp-llm": "OWASP LLM",
    "owasp-ml": "OWASP ML",
    "stride": "STRIDE",
}
"""What people call a framework in a table."""
_LOCAL: Mapping[str, Mapping[str, str]] = {
    "de": {"ch-fadp": "DSG (Schweiz)", "eu-ai-act": "KI-Verordnung (EU)", "gdpr": "DSGVO"},
    "fr": {"ch-fadp": "LPD (Suisse)", "eu-ai-act": "Règlement IA (UE)", "gdpr": "RGPD"},
    "it": {"ch-fadp": "LPD (Svizzera)", "eu-ai-act": "Regolamento IA (UE)"},
    "sq": {"ch-fadp": "FADP (Zvicër)", "eu-ai-act": "Akti i IA-së (BE)"},
}
"""Laws that are called something else in a language."""

_ALL = {
    "en": english.WORDS,
    "de": german.WORDS,
    "fr": french.WORDS,
    "it": italian.WORDS,
    "sq": albanian.WORDS,
}
_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "it": "Italiano", "sq": "Shqip"}
_MONTHS: Mapping[str, str] = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "sq": "janar shkurt mars prill maj qershor korrik gusht shtator tetor nëntor dhjetor",
}
_FIRST: Mapping[str, str] = {"fr": "1er", "it": "1º"}
"""Languages in which the first of a month is an ordinal."""


def words(language: str) -> Mapping[str, str]:
    """Return the words of a language; English for one that there are none in."""
    return _ALL.get(language, english.WORDS)


def name_of(language: str) -> str:
    """Return what a language calls itself, its code where we don't know."""
    return _NAMES.get(language, language)


def framework_in(language: str, id: str) -> str:
    """Return what people call a framework in a language, its id where it has no short name."""
    return _LOCAL.get(language, {}).get(id) or FRAMEWORKS.get(id, id)


def day_in(language: str, day: date) -> str:
    """Write a day as a text in a language does, `28 November 2026`; day and month stay on one line.

    In English for a language that there are no words in.
    """
    months = _MONTHS.get(language, _MONTHS["en"]).split()
    number = _FIRST.get(language, str(day.day)) if day.day == 1 else str(day.day)
    dot = "." if language == "de" else ""
    return f"{number}{dot}\u00a0{months[day.month - 1]} {day.year}"
