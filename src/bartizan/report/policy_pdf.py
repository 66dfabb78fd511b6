"""A policy on paper, set by Typst from a template of our own with the fonts that Typst brings."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from importlib.resources import files
from typing import Any

import msgspec

from bartizan.report.palette import LIGHT
from bartizan.report.policy_paper import PolicyPaper
from bartizan.report.terminal import clean
from bartizan.report.typeset import typeset

__all__ = ["render"]

# A word that no line can hold and that has no hyphen to break at.
_LONG_WORD = re.compile(r"[^\s\-/\u200b]{31,}")


def render(paper: PolicyPaper) -> bytes:
    """Return the PDF. Texts go in as data; no package and no file is read."""
    data: dict[str, Any] = _fit(msgspec.to_builtins(paper))
    data["colours"] = LIGHT
    data["date"] = [paper.day.year, paper.day.month, paper.day.day]
    template = (files("bartizan.report") / "templates" / "policy.typ").read_bytes()
    midnight = datetime.combine(paper.day, time(), UTC)
    inputs = {"paper": msgspec.json.encode(data).decode()}
    return typeset(template, inputs, "pdf", timestamp=int(midnight.timestamp()))


def _fit(value: Any) -> Any:
    """Take out what steers the reading of a text, and let words that are too long for a line break every 30 letters."""
    if isinstance(value, str):
        return _LONG_WORD.sub(lambda match: re.sub(".{30}", "\\g<0>\u200b", match[0]), clean(value))
    if isinstance(value, dict):
        return {key: _fit(one) for key, one in value.items()}
    return [_fit(one) for one in value] if isinstance(value, list | tuple) else value
