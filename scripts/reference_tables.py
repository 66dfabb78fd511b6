"""Cells and rows of the tables on reference pages."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["anchored", "codes", "each", "row"]

_BAR = re.compile(r"(`+).*?\1|\|")


def row(cells: Iterable[str]) -> str:
    """Return a row of a table. Bars in cells are escaped but for those in code, white space is folded."""
    return "| " + " | ".join(" ".join(_BAR.sub(_escaped, cell).split()) for cell in cells) + " |"


def _escaped(found: re.Match[str]) -> str:
    """Escape a bar; in code it is none of the table's, and a backslash would show."""
    return found[0] if found[1] else "\\|"


def each(words: Iterable[str]) -> str:
    """Return each different word once, in order."""
    return ", ".join(dict.fromkeys(words))


def codes(words: Iterable[str]) -> str:
    """Return each different word once, as code; a backtick in it stands in two."""
    return each(f"`` {word} ``" if "`" in word else f"`{word}`" for word in words)


def anchored(name: str) -> str:
    """Return an id as code that links can lead to."""
    return f'<a id="{name}"></a>`{name}`'
