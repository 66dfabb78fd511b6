"""A small document of each kind, for the specification. A test reads every one of them."""

from __future__ import annotations

from typing import Any

from bartizan.model.documents import Kind

__all__ = ["EXAMPLES"]

EXAMPLES: dict[Kind, dict[str, Any]] = {
    Kind.SYSTEM: {
        "kind": "System",
        "name": "claims-assistant",
        "unit": "claims",
        "spec": {
            "id": "claims-assistant",
            "name": "Claims assistant",
            "owner": "Head of claims",
            "zones": {"office": {"kind": "corporate"}, "cloud": {"kind": "cloud"}},
            "data": {"claims": {"class": "confidential", "categories": ["personal"]}},
            "components": {
                "clerk": {"kind": "person", "party": "employees", "zone": "office"},
                "assistant": {"kind": "application", "zone": "cloud"},
                "model": {"kind": "model", "zone": "cloud"},
            },
            "flows": [
                {"from": "clerk", "to": "assistant"},
                {"from": "assistant", "to": "model", "carries": ["claims"]},
            ],
        },
    },
    Kind.TOOL: {
        "kind": "Tool",
        "name": "meeting-notes",
        "spec": {"title": "Meeting notes", "vendor": "notes-inc", "plan": "team", "domains": ["notes.example"]},
    },
    Kind.VENDOR: {
        "kind": "Vendor",
        "name": "notes-inc",
        "spec": {"title": "Notes Inc.", "country": "CH", "products": ["Meeting notes"]},
    },
    Kind.SANDBOX: {
        "kind": "Sandbox",
        "name": "summaries",
        "spec": {
            "id": "summaries",
            "purpose": "Find out whether summaries of public reports are good enough",
            "owner": "research@example.com",
            "users": ["anna@example.com"],
            "data": {"highest": "public"},
            "models": ["small-model"],
            "budget": {"money": 50},
            "starts": "2027-01-04",
            "ends": "2027-01-29",
            "state": "asked",
        },
    },
    Kind.EXCEPTION: {
        "kind": "Exception",
        "name": "claims-logging",
        "unit": "claims",
        "spec": {
            "title": "Prompts of the claims assistant are logged later",
            "control": "agent-audit-log",
            "systems": ["claims-assistant"],
            "owner": "Head of claims",
            "why": "The log store is moved in spring",
            "starts": "2027-01-01",
            "ends": "2027-03-31",
        },
    },
    Kind.ORGANISATION: {
        "kind": "Organisation",
        "name": "organisation",
        "spec": {
            "title": "Example Insurance",
            "appetite": "medium",
            "units": {"claims": {"title": "Claims"}, "research": {"title": "Research"}},
        },
    },
    Kind.POLICY: {
        "kind": "Policy",
        "name": "acceptable-use",
        "spec": {
            "title": "Acceptable use of AI",
            "owner": "CISO",
            "statements": [
                {
                    "id": "tools-approved",
                    "number": "1.1",
                    "section": "Tools",
                    "text": "Staff must use only tools that were approved for the class of the data",
                }
            ],
        },
    },
}
