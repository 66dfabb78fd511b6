"""Signs of an injection in how a text is built, not in its words.

fake-turn      marks by which chats are told apart, which no person types: a turn is forged
order-in-data  a value of a record that begins with an order
garbled-tail   a sentence that ends in rows of unusual signs, as found by machines that search for them
"""

from __future__ import annotations

import re

from bartizan.inspection.injection.features import Read

__all__ = ["SIGNALS", "signals"]

SIGNALS = ("fake-turn", "garbled-tail", "order-in-data")

# By the sign that all of a row hold: one byte is found many times faster than several.
_MARKS = {
    b"<": (b"<|", b"<<sys", b"<start_of_turn>", b"</s>", b"<system", b"</system", b"</user", b"<admin",
          b"<information>",
           b"<information>", b"<important>"),
    b"[": (b"[inst", b"[/inst", b"[system", b"[admin", b"(#instructions)"),
    b"#": (b"### system", b"### instruction"),
    b"\n": (b"\nhuman:", b"\nassistant:", b"\nsystem:", b"\nuser:"),
    b'"': (b'"role": "system"', b'"role":"system"'),
    b"-": (b"end of prompt", b"end of input", b"---end", b"begin system"),
}  # fmt: skip
_ORDER = re.compile(
    rb"""['"\w]:\s{0,9}['"]?(?:hi[,!]? |hello[,!]? )?(?:please |kindly |can you |could you |now |also )*"""
    rb"(?:grant|send|transfer|delete|unlock|disable|share|email|download|upload|purchase|buy|execute|withdraw|remove|"
    rb"forward|pay|post|create|schedule|add|give|provide|retrieve|access|make|update|change|publish|invite|visit|find|"
    rb"search|fetch|get|check|book|order|call|use|run|turn|open|set|modify|install|list|read|tell|save|export) "
    rb"(?:\w+ ){2}"
)
_UNUSUAL = (b"{", b"[", b"\\", b"<", b"$", b"`", b"|")
_SIGNS = re.compile(rb"[^\w\s.,'\x80-\xff\-]{2,}")
_PROSE = re.compile(rb"[^\w\s.,'?!:;()\"%$\x80-\xff\-]")
_LEAST_PROSE, _LEAST_ROWS, _SHORTEST_LINE, _LONGEST_LINE = 40, 3, 80, 1200


def signals(text: Read) -> list[str]:
    """Return which signs a text shows."""
    data = text.data
    out = []
    if any(sign in data and any(mark in data for mark in marks) for sign, marks in _MARKS.items()):
        out.append("fake-turn")
    if any(sign in data for sign in _UNUSUAL) and _garbled(data):
        out.append("garbled-tail")
    if b":" in data and (b"'" in data or b'"' in data) and _ordered(data):
        out.append("order-in-data")
    return out


def _ordered(data: bytes) -> bool:
    """Tell if an order stands behind a colon: only there is it looked for."""
    place = data.find(b":", 1)
    while place > 0:
        if _ORDER.match(data, place - 1):
            return True
        place = data.find(b":", place + 1)
    return False


def _garbled(data: bytes) -> bool:
    """Tell if a line begins as a sentence and ends in rows of signs of several kinds."""
    for line in data.split(b"\n"):
        if not _SHORTEST_LINE <= len(line) <= _LONGEST_LINE:
            continue
        first = _PROSE.search(line)
        if first is None or first.start() < _LEAST_PROSE:
            continue
        rows = [row for row in _SIGNS.findall(line, first.start()) if len(set(row)) > 1]
        if len(rows) >= _LEAST_ROWS and len({bytes(sorted(set(row))) for row in rows}) >= _LEAST_ROWS:
            return True
    return False
