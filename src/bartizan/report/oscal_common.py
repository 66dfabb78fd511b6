"""What OSCAL documents of every model share: metadata, properties, one-line strings and times."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

__all__ = ["NAMESPACE", "VERSION", "instant", "line", "metadata", "prop", "written"]

VERSION = "1.2.1"
NAMESPACE = "urn:bartizan:oscal"


def metadata(title: str, day: date, version: str) -> dict[str, Any]:
    """Return what every document begins with. `day` is when what it says was so."""
    return {"title": line(title), "last-modified": instant(day), "version": line(version), "oscal-version": VERSION}


def prop(name: str, value: str) -> dict[str, str]:
    """Return a property in our own namespace."""
    return {"name": name, "ns": NAMESPACE, "value": line(value)}


def line(text: str) -> str:
    """Return a text as OSCAL's one-line strings are: not empty, no spaces around, no line ends."""
    return " ".join(text.split()) or "-"


def instant(day: date) -> str:
    """Return the beginning of a day in UTC."""
    return f"{day.isoformat()}T00:00:00Z"


def written(model: str, document: dict[str, Any]) -> str:
    """Return a document as JSON that people can read too."""
    return msgspec.json.format(msgspec.json.encode({model: document}), indent=2).decode() + "\n"
