"""The register: documents and their versions, evidence, assessments. SQLite or PostgreSQL behind one interface."""

from bartizan.store.register.interface import (
    Conflict,
    Documents,
    Entry,
    EvidenceLog,
    Missing,
    Page,
    Query,
    Register,
    Unavailable,
)

__all__ = ["Conflict", "Documents", "Entry", "EvidenceLog", "Missing", "Page", "Query", "Register", "Unavailable"]
