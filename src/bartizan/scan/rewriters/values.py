"""Values that are no text by themselves, as a reader would see them, and trees of values."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bartizan.inspection.redaction import apply_edits
from bartizan.scan.rewriters.base import Work

__all__ = ["as_number", "cell_text", "hidden_numbers", "rewrite_value", "shown"]

_LEAST_DIGITS = 6  # no type is told by fewer
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")


def shown(value: object) -> str:
    """Return a number or day as text, days as YYYY-MM-DD; nothing for what can't be a value to hide."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else ""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int | float | Decimal):
        text = str(value)
        return text if sum(map(str.isdigit, text)) >= _LEAST_DIGITS else ""
    return ""


def as_number(old: object, new: str) -> int | float | None:
    """Return a surrogate as a number of the kind that the value was; None when it is none."""
    if isinstance(old, bool) or not isinstance(old, int | float) or not _INTEGER.fullmatch(new):
        return None
    return type(old)(int(new))


def rewrite_value(value: Any, column: str, work: Work, texts: Collection[str] = ()) -> Any:
    """Return a tree of values with the work done; `texts` are headings under which a number may become text.

    Elsewhere a number that is a value to hide becomes another number, or None.
    """
    if isinstance(value, str):
        return work.text(value, column)
    if isinstance(value, dict):
        return {
            rewrite_value(key, column, work): rewrite_value(inner, _below(column, key), work, texts)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(rewrite_value(inner, column, work, texts) for inner in value)
    if isinstance(value, bytes):
        return _bytes(value, column, work)
    text = shown(value)
    edits = work.find(text, column)
    if not edits:
        return value
    work.count(edits)
    new = apply_edits(text, edits)
    number = as_number(value, new)
    return number if number is not None or column not in texts else new or None


def hidden_numbers(value: Any, column: str, work: Work, found: set[str]) -> None:
    """Add the headings under which numbers stand whose surrogate is text."""
    if isinstance(value, dict):
        for key, inner in value.items():
            hidden_numbers(inner, _below(column, key), work, found)
    elif isinstance(value, list | tuple):
        for inner in value:
            hidden_numbers(inner, column, work, found)
    elif column not in found and (text := shown(value)):
        new = apply_edits(text, work.find(text, column))
        if new not in (text, "") and as_number(value, new) is None:
            found.add(column)


def _below(column: str, key: object) -> str:
    return f"{column}.{key}" if column else str(key)


def _bytes(value: bytes, column: str, work: Work) -> bytes:
    try:
        return work.text(value.decode(), column).encode()
    except UnicodeDecodeError:
        return value


def cell_text(value: object) -> str:
    """Return what a cell holds as text; empty for bytes that are no UTF-8."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return ""
    return shown(value)
