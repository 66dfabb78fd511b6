"""Texts of a server in sentences for people: short, on one line, and unable to pose as part of the sentence."""

from __future__ import annotations

import unicodedata

__all__ = ["plain", "pointer", "quoted"]

_LONGEST = 120
_MARKS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me"})
"""Categories of characters that don't show, or that change how others do."""


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return a text on one line, shortened; what doesn't show stands as `<U+200B>`, marks on letters stay."""
    out = []
    for at, letter in enumerate(text[: longest + 1]):
        if letter in "\n\t\r":
            out.append(" ")
        elif unicodedata.category(letter) in _MARKS and not _accent(text, at):
            out.append(f"<U+{ord(letter):04X}>")
        else:
            out.append(letter)
    shown = " ".join("".join(out[:longest]).split())
    return shown + "…" if len(text) > longest else shown


def _accent(text: str, at: int) -> bool:
    """Tell if a mark belongs to the letter before it, as in many scripts; a second one on top of it doesn't count."""
    return unicodedata.category(text[at]) == "Mn" and at > 0 and text[at - 1].isalpha() and text[at] != "\u034f"


def quoted(text: str) -> str:
    """Return a text between backticks, which it can't end itself."""
    return f"`{plain(text).replace('`', chr(39))}`"


def pointer(where: str, name: str) -> str:
    """Return the JSON pointer of a member."""
    return f"{where}/{name.replace('~', '~0').replace('/', '~1')}"
