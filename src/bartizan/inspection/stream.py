"""Inspection of text that arrives in pieces: what can't change any more is let go at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from bartizan.inspection.span import Inspection, Span

__all__ = ["Released", "Stream"]

_BEFORE = 256
"""Characters before the text in hand that are still looked at, for keywords and for what touches a value."""
_HELD = 512
"""Characters that are held back at most, blocks apart."""
_BLOCK = 16_384
"""Characters of a key in PEM form that are held back at most."""
_LONGEST = 8_192
"""Characters of a row without a space that are held back at most."""
_LONGEST_LIST = 2_048
"""Characters of a list of numbers that are held back at most."""
_OPEN_BLOCK = re.compile(r"-----BEGIN(?!.*-----END[^-]*-----)", re.DOTALL)
_TOKEN = re.compile(r"\S+|\s+")
# Words of running text end a value; whatever has digits, marks or capitals may go on behind a space.
_PLAIN = re.compile(r"[a-z]{1,24}[,;!?.]?")

# What lines of encoded text and lists of character codes are made of: they are decoded together or not at all.
_ROW = re.compile(r"[0-9A-Za-z+/_\-]{16,}={0,2}")
_CODE = re.compile(r"(?:0x|\\x?|&#x?|=)?(?=[A-Fa-f]{0,4}[0-9])[0-9A-Fa-f]{2,8}[,;]?")


class Released(NamedTuple):
    """Text that is let go, and what stands in it, with offsets into that text."""

    text: str
    spans: list[Span]


class Stream:
    """One text in pieces. Not to be shared between threads; make one for each text.

    However the text is cut, the pieces that are let go join to the whole text, and the spans are the same. Keywords
    count when they stand before a value, or arrive while it is held back. `words` are the plain words that a value may
    follow, such as `password`.
    """

    def __init__(self, inspect: Callable[[str], Inspection], words: frozenset[str]) -> None:
        self._inspect = inspect
        self._words = words
        self._before = ""
        self._held = ""

    def feed(self, piece: str) -> Released:
        """Take a piece, and let go of what can't become part of a value any more."""
        self._held += piece
        cut = self._cut()
        return self._release(cut) if cut else Released("", [])

    def end(self) -> Released:
        """Let go of the rest."""
        return self._release(len(self._held))

    def _cut(self) -> int:
        """Return how much of the text in hand no later piece can change."""
        held = self._held
        block = _OPEN_BLOCK.search(held)
        if block is not None and len(held) - block.start() < _BLOCK:
            return block.start()
        tokens = _TOKEN.findall(held)
        # Two columns: where the text could be cut, and where it could be if the spaces before that stayed too.
        cut = spaced = len(held)
        if tokens and not tokens[-1].isspace():
            cut = spaced = len(held) - len(tokens.pop())
        limit = _HELD
        while tokens and len(held) - cut < limit:
            token = tokens.pop()
            if token.isspace():
                spaced = cut
                cut -= len(token)
                limit = max(_HELD, _most_held(tokens[-1])) if tokens else _HELD
            elif limit > _HELD:
                cut = spaced = cut - len(token)
            elif _PLAIN.fullmatch(token) and token.rstrip(",;!?.") not in self._words:
                cut = spaced
                break
            else:
                cut = spaced = cut - len(token)
        return max(cut, len(held) - _LONGEST)

    def _release(self, cut: int) -> Released:
        whole = self._before + self._held
        offset = len(self._before)
        spans = self._inspect(whole).spans
        if not spans:
            text, self._held = self._held[:cut], self._held[cut:]
            self._before = (self._before + text)[-_BEFORE:]
            return Released(text, spans)
        spans = [span for span in spans if span.end > offset]
        # A value that reaches over the cut stays together.
        cut = min((span.start - offset for span in spans if span.start < offset + cut < span.end), default=cut)
        cut = max(cut, 0)
        text = self._held[:cut]
        told = [_moved(span, offset) for span in spans if span.end <= offset + cut]
        self._before = (self._before + text)[-_BEFORE:]
        self._held = self._held[cut:]
        return Released(text, told)


def _most_held(token: str) -> int:
    """Return how many characters are held back for a token's sake: it may be part of what is decoded as a whole."""
    if _CODE.fullmatch(token):
        return _LONGEST_LIST
    return _LONGEST if _ROW.fullmatch(token) else _HELD


def _moved(span: Span, offset: int) -> Span:
    return msgspec.structs.replace(span, start=max(span.start - offset, 0), end=span.end - offset)


def joining_words(patterns: Sequence[str]) -> frozenset[str]:
    """Return the plain words that stand in patterns: a value may follow them."""
    return frozenset(word.lower() for text in patterns for word in re.findall(r"[A-Za-z]{3,24}", text))
