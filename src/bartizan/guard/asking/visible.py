"""Texts of others made fit to be shown to who decides: on one line, nothing unseen, nothing that a screen obeys.

What is asked about was often written by an attacker, who would like to end the quotation and go on as the dialogue.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

__all__ = ["MARKDOWN", "PLAIN", "Look", "strange_letters", "words"]

# Cc control, Cf format (direction, zero width, tags), Co private, Cs half a pair, Cn nothing yet, Zl and Zp line ends,
# Me marks that enclose the character before.
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp", "Me"})
# Drawn as nothing although Unicode calls them letters, symbols or marks.
_BLANK = frozenset({0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, 0x034F, *range(0xFE00, 0xFE10)})
_NAMES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_EASY = re.compile(r"[ !#-\[\]-_a-z{|}~]*\Z")
_OBEYED = re.compile(r"[`*\[\]<>|#~]|\\(?!u\{)|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_MARKS = 2
"""Marks on one letter that are shown; languages need no more, and a pile of them covers the lines around."""


class Look(NamedTuple):
    """How a text is quoted: what stands around it, and characters that are escaped besides what is unseen."""

    quote: str
    escaped: str

    def show(self, text: str, most: int) -> str:
        """Return a text in its quotes, on one line; of more than `most` characters, beginning and end are shown."""
        head, tail = text, ""
        if len(text) > most:
            head, tail = text[: most - most // 4], text[len(text) - most // 4 :]
        shown = f"{self.quote}{_escape(head, self.escaped)}{self.quote}"
        if not tail:
            return shown
        left = len(text) - len(head) - len(tail)
        return f"{shown} [{left:,} characters left out] {self.quote}{_escape(tail, self.escaped)}{self.quote}"


PLAIN = Look('"', '"\\')
"""For terminals, logs of a person, plain mails."""
MARKDOWN = Look("`", "`\\<>")
"""For whatever renders Markdown: a code span, in which nothing has a meaning but its own end.

Angle brackets are escaped as well, because some chat programs resolve `<...>` within code.
"""


def words(text: str, most: int = 200) -> str:
    """Return a sentence or a name that stands in our own text without quotes, with nothing that Markdown obeys.

    An underscore within a word is left, as in `read_file`: it marks nothing there.
    """
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return _OBEYED.sub(lambda found: _code(found[0]), _escape(" ".join(cut.split()), ""))


def strange_letters(text: str, most: int = 3) -> str:
    """Return which characters outside ASCII a text has, such as `U+0430 CYRILLIC SMALL LETTER A`; empty without any."""
    found = dict.fromkeys(letter for letter in text if not letter.isascii())
    shown = [f"U+{ord(one):04X} {unicodedata.name(one, 'without a name')}" for one in list(found)[:most]]
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(shown) + more


def _escape(text: str, escaped: str) -> str:
    if _EASY.match(text) and not any(one in text for one in escaped):
        return text
    out: list[str] = []
    marks = 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category[0] == "M" else 0
        if letter in _NAMES:
            out.append(_NAMES[letter])
        elif letter in escaped and letter in '"\\':
            out.append("\\" + letter)
        elif (
            letter in escaped
            or category in _UNSEEN
            or ord(letter) in _BLANK
            or marks > _MARKS
            or ord(letter) >= 0xE0000
            or (category == "Zs" and letter != " ")
        ):
            out.append(_code(letter))
        else:
            out.append(letter)
    return "".join(out)


def _code(letter: str) -> str:
    return f"\\u{{{ord(letter):x}}}"
