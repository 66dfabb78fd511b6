"""From spans that may overlap to pieces that don't, and from edits to text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol, TypeAlias

__all__ = ["Edit", "Editor", "Inspect", "InspectMany", "Piece", "SpanLike", "apply_edits", "merge"]


class SpanLike(Protocol):
    """What a detector says about a stretch of text; `start` and `end` are offsets in characters."""

    @property
    def type(self) -> str:
        """The data type's id."""
        ...

    @property
    def start(self) -> int:
        """Where it begins."""
        ...

    @property
    def end(self) -> int:
        """Where it ends, exclusive."""
        ...

    @property
    def confidence(self) -> int:
        """65, 75 or 85."""
        ...

    @property
    def category(self) -> str | None:
        """What it is about, a value of `bartizan.model.words.Category`; None or empty when nothing special."""
        ...


class Inspect(Protocol):
    """A detector: what a text under a heading holds."""

    def __call__(self, text: str, column: str, /) -> Sequence[SpanLike]:
        """Return the spans of `text`; `column` is the heading it stands under, empty for free text."""
        ...


InspectMany: TypeAlias = Callable[[Sequence[str], str], Sequence[Sequence[SpanLike]]]
"""The spans of each of many texts that stand under one heading."""


class Piece(NamedTuple):
    """A stretch of text that is hidden as one value."""

    start: int
    end: int
    type: str
    category: str


class Edit(NamedTuple):
    """A stretch of text and what takes its place; `type` is what it was, for counting."""

    start: int
    end: int
    text: str
    type: str


class Editor(Protocol):
    """Something that changes text: a redactor, or its reverse."""

    def edits(self, text: str, column: str = "") -> list[Edit]:
        """Return what to change in `text`: in order, without overlap."""
        ...

    def edits_many(self, texts: Sequence[str], column: str = "") -> list[list[Edit]]:
        """Return what `edits` returns for each of many texts under one heading."""
        ...


def merge(spans: Iterable[SpanLike]) -> list[Piece]:
    """Join spans that overlap into pieces, in order of their start. Spans that only touch stay apart.

    A piece covers all its spans and has the type of the most confident, then of the longest, then of the first by name.
    """
    out: list[Piece] = []
    group: list[SpanLike] = []
    end = -1
    for span in sorted(spans, key=lambda span: span.start):
        if group and span.start >= end:
            out.append(_piece(group, end))
            group = []
        if span.end > span.start:
            end = max(end, span.end) if group else span.end
            group.append(span)
    if group:
        out.append(_piece(group, end))
    return out


def _piece(group: Sequence[SpanLike], end: int) -> Piece:
    best = min(group, key=lambda span: (-span.confidence, span.start - span.end, span.type))
    return Piece(group[0].start, end, best.type, best.category or "")


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with the edits made; they are in order and don't overlap."""
    if not edits:
        return text
    parts: list[str] = []
    at = 0
    for edit in edits:
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    parts.append(text[at:])
    return "".join(parts)
