"""The register: documents and their versions, evidence, assessments. SQLite or PostgreSQL behind one interface."""

from bartizan.store.register.interface import (
    Assessments,
    Conflict,
    Documents,
    Entry,
    EvidenceLog,
    Figures,
    Kept,
    Missing,
    Page,
    Query,
    Register,
    Unavailable,
)
from bartizan.store.register.open import SqlRegister, open_register

__all__ = [
    "Assessments",
    "Conflict",
    "Documents",
    "Entry",
    "EvidenceLog",
    "Figures",
    "Kept",
    "Missing",
    "Page",
    "Query",
    "Register",
    "SqlRegister",
    "Unavailable",
    "open_register",
]
