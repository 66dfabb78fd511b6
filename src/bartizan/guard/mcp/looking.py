"""Looks at all texts of one message: takes out what nobody sees, applies data rules, and tells the injection signal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from bartizan.guard.exchange import Exchange, Kind, Piece
from bartizan.guard.mcp.unseen import unhide
from bartizan.guard.protection import Found, Protector, Vault
from bartizan.guard.protection.rules import Side
from bartizan.inspection.redaction import Edit, apply_edits

__all__ = ["Looked", "Looker", "Score", "restore"]

Score: TypeAlias = Callable[[Sequence[str]], tuple[int, list[str]]]
"""The injection signal of texts that somebody else may have written: 0 to 100, and rules."""
_SCORED = 200_000
"""Characters of a message that are scored: of more, as many from the beginning and the end of its texts."""
_SHORT = 16
_LEAST = 4
"""Characters of a value that is looked for elsewhere in a message: shorter ones stand anywhere by chance."""


class Looked:
    """What was seen in one message. `named` tells that a name of a member held what nobody sees."""

    __slots__ = ("changed", "found", "hidden", "injection", "named", "numbers", "opaque", "signals")

    def __init__(self, found: Found) -> None:
        self.found = found
        self.hidden: set[str] = set()
        self.named = self.changed = False
        self.numbers = False
        """Whether a number became a text."""
        self.injection = 0
        self.signals: list[str] = []
        self.opaque: set[str] = set()


class Looker:
    """Looks at messages. Safe to share between sessions.

    `protector` applies data rules, None for none; `score` gives the injection signal, None for none. With `always` it
    is told what there is also where no rule does anything about it.
    """

    def __init__(self, protector: Protector | None, score: Score | None, *, always: bool = False) -> None:
        self.protector, self._score, self._always = protector, score, always
        known = {} if protector is None else protector.inspector.known
        self._families: Mapping[str, str] = {name: entry.family for name, entry in known.items()}

    def families(self, types: Iterable[str]) -> list[str]:
        """Return the families of data types."""
        return sorted({self._families.get(type, type) for type in types})

    def level(self, class_: str) -> int:
        """Return a class's place in the scheme, 0 for the least secret."""
        return 0 if self.protector is None else self.protector.level(class_)

    def nameable(self, name: str) -> str:
        """Return a name that a server or a client chose as records may hold it: `?` where it holds a value."""
        held = self.protector is not None and bool(self.protector.inspector.inspect(name).spans)
        return "?" if held else "".join(sign if sign.isprintable() else "?" for sign in name[:120])

    def clean(self, exchange: Exchange, *, only_tell: bool = False, names: bool = False) -> Looked:
        """Take out what nobody sees, also of members' names with `names`, or only tell that it is there."""
        looked = Looked(Found("" if self.protector is None else self.protector.lowest))
        looked.hidden, looked.named = unhide(exchange, only_tell=only_tell, names=names)
        return looked

    def rules(self, side: Side, server: str) -> bool:
        """Tell whether a data rule may change or stop something of what goes to, or comes from, a server."""
        return self.protector is not None and self.protector.handlings.inspects(side, server)

    def protect(self, exchange: Exchange, looked: Looked, side: Side, server: str, vault: Vault) -> None:
        """Apply the data rules. Raises Blocked when something may not pass.

        What was hidden in one place of a message is hidden in all of it: a server says the same thing as a structure
        and once more as a text, and a value may be told by what is around it in one of them only.
        """
        if self.protector is not None and exchange.pieces:
            looked.found = self.protector.exchange(exchange, side, server, vault, always=self._always)
            if looked.found.put:
                _spread(exchange.pieces, looked.found.put)
        looked.opaque.update(one.kind for one in exchange.opaque)
        if looked.found.unread:
            looked.opaque.add("encoded")
        looked.changed = exchange.changed
        looked.numbers = any(piece.kind is Kind.NUMBER and piece.changed for piece in exchange.pieces)

    def score(self, exchange: Exchange, looked: Looked) -> None:
        """Tell the injection signal of all texts that are long enough to say something."""
        if self._score is None:
            return
        texts = [piece.text for piece in exchange.pieces if len(piece.text) >= _SHORT and piece.kind is Kind.TEXT]
        if sum(map(len, texts)) > _SCORED:
            looked.opaque.add("injection")
            texts = _ends(texts)
        if texts:
            looked.injection, looked.signals = self._score(texts)


def restore(exchange: Exchange, vault: Vault) -> bool:
    """Put values back that were hidden before, also within names of members; return whether there was one."""
    if not vault:
        return False
    any_ = False
    for piece in sorted(exchange.pieces, key=lambda piece: piece.kind is Kind.KEY):  # a name's change moves its value
        edits = vault.edits(piece.text) if piece.kind is not Kind.NUMBER else ()
        if edits:
            piece.replace(apply_edits(piece.text, edits))
            any_ = True
    return any_


_WORD = re.compile(r"\w+")


def _spread(pieces: Sequence[Piece], put: Mapping[str, str]) -> None:
    """Put what took the place of values there too where they were not told, names of members apart."""
    by: dict[str, list[tuple[int, str]]] = {}
    for value in sorted(put, key=len, reverse=True):
        word = _WORD.search(value) if len(value) >= _LEAST else None
        if word is not None:
            by.setdefault(word[0], []).append((word.start(), value))
    if by:
        for piece in pieces:
            edits = [] if piece.kind is Kind.KEY else _edits(piece.text, by, put)
            if edits:
                piece.replace(apply_edits(piece.text, edits))


def _edits(text: str, by: Mapping[str, list[tuple[int, str]]], put: Mapping[str, str]) -> list[Edit]:
    """Return what to change in a text; `by` has the values by their first word, with where that stands in them."""
    out: list[Edit] = []
    end = 0
    for word in _WORD.finditer(text):
        for offset, value in by.get(word[0], ()):
            start = word.start() - offset
            stop = start + len(value)
            whole = _WORD.match(text[stop - 1 : stop + 1])
            if start >= end and text.startswith(value, start) and (whole is None or len(whole[0]) == 1):
                out.append(Edit(start, stop, put[value], ""))
                end = stop
                break
    return out


def _ends(texts: Sequence[str]) -> list[str]:
    """Return as many characters as are scored: of each text its beginning and its end, the first and last texts first.

    Whoever wants to hide something in the middle of megabytes can; the signal informs, and decides nothing alone.
    """
    out: list[str] = []
    left = _SCORED
    order = [text for pair in zip(texts, reversed(texts), strict=True) for text in pair][: len(texts)]
    share = max(_SCORED // len(order), 512) - 1
    for text in order:
        part = text if len(text) <= share else text[: share // 2] + "\n" + text[-share // 2 :]
        if left < len(part):
            break
        out.append(part)
        left -= len(part)
    return out
