"""The colours of our reports, by role, for light and dark; checked for contrast by a test."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["DARK", "FONT", "LIGHT", "SEVERITIES", "on_page", "plain", "standing", "variables"]

# Widths of texts in drawings are reckoned for these.
FONT = '"Helvetica Neue",Helvetica,Arial,"Liberation Sans",sans-serif'
_ROLE = re.compile(r"@(?!media)([a-z-]+)")
SEVERITIES = ("critical", "high", "medium", "low")

LIGHT: dict[str, str] = {
    "paper": "#ffffff",
    "sheet": "#f7f6f3",
    "ink": "#1b1f24",
    "muted": "#5a626c",
    "rule": "#dcdad4",
    "line": "#7d8590",
    "accent": "#1d5a7a",
    "card": "#ffffff",
    "outside": "#faf1e6",
    "outside-edge": "#b08a55",
    "inside": "#eff4f7",
    "inside-edge": "#7f9aaa",
    "inner": "#e3ecf1",
    "inner-edge": "#4f7488",
    "attack": "#7b2ba8",
    "good": "#2c7a4b",
    "critical": "#a3122d",
    "high": "#b3480a",
    "medium": "#7f6100",
    "low": "#476884",
    "critical-tint": "#f9e3e5",
    "high-tint": "#fbe9db",
    "medium-tint": "#f8f0d2",
    "low-tint": "#e6edf3",
    "on-mark": "#ffffff",
}

DARK: dict[str, str] = {
    "paper": "#15181c",
    "sheet": "#1c2025",
    "ink": "#e8e6e1",
    "muted": "#a4abb4",
    "rule": "#353b43",
    "line": "#8b939d",
    "accent": "#7fbddd",
    "card": "#20252b",
    "outside": "#28221a",
    "outside-edge": "#b3925f",
    "inside": "#1a2127",
    "inside-edge": "#67818f",
    "inner": "#1c2a33",
    "inner-edge": "#7fa3b6",
    "attack": "#d79bf2",
    "good": "#6cc38c",
    "critical": "#ff8090",
    "high": "#f79a5c",
    "medium": "#e0bd4a",
    "low": "#92b4d1",
    "critical-tint": "#43202a",
    "high-tint": "#40291a",
    "medium-tint": "#39311a",
    "low-tint": "#222f3b",
    "on-mark": "#15181c",
}


def variables(colours: Mapping[str, str]) -> str:
    """Return the colours as declarations of CSS variables."""
    return "".join(f"--{role}:{value};" for role, value in colours.items())


def on_page(sheet: str) -> str:
    """Return a style sheet in which `@role` is a variable of the page."""
    return re.sub(_ROLE, r"var(--\1)", sheet)


def plain(sheet: str, colours: Mapping[str, str] = LIGHT) -> str:
    """Return a style sheet in which `@role` is a plain colour, for readers that know neither variables nor queries."""
    return re.sub(_ROLE, lambda match: colours[match[1]], sheet)


def standing(sheet: str) -> str:
    """Return a style sheet for a file of its own: light, and dark where the reader asks for it."""
    return f"{plain(sheet)}\n@media (prefers-color-scheme:dark){{\n{plain(sheet, DARK)}\n}}"
