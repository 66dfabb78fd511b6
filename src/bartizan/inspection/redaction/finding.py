"""The detector of a redactor, made of an inspector: one text at a time, or many at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bartizan.inspection.inspector import Inspector
from bartizan.inspection.redaction.pieces import SpanLike

__all__ = ["Finder"]


class _Found(NamedTuple):
    type: str
    start: int
    end: int
    confidence: int
    category: str


class Finder:
    """Asks an inspector. Safe for threads, as the inspector is."""

    def __init__(self, inspector: Inspector) -> None:
        self.inspector = inspector
        self._categories = {
            name: entry.category.value for name, entry in inspector.known.items() if entry.category is not None
        }

    def one(self, text: str, column: str) -> Sequence[SpanLike]:
        """Return the spans of a text that stands under a heading."""
        return self.inspector.inspect(text, column).spans

    def many(self, texts: Sequence[str], column: str) -> Sequence[Sequence[SpanLike]]:
        """Return the spans of each of many texts under one heading, as `one` would."""
        out: list[Sequence[SpanLike]] = [_NOTHING] * len(texts)
        if not texts:
            return out
        joined = "\n".join(texts)
        data = joined.encode(errors="surrogatepass")
        plain = len(data) == len(joined)
        sizes = map(len, texts) if plain else (len(text.encode(errors="surrogatepass")) for text in texts)
        lengths = np.fromiter(sizes, np.int64, len(texts))
        ends = np.cumsum(lengths + 1) - 1
        hits = self.inspector.records(data, ends, column)
        begins = (ends - lengths)[hits.record]
        rows = zip(
            hits.record.tolist(),
            hits.kind.tolist(),
            (hits.start - begins).tolist(),
            (hits.end - begins).tolist(),
            hits.confidence.tolist(),
            strict=True,
        )
        for record, kind, start, end, confidence in rows:
            type = hits.types[kind]
            place = (start, end) if plain else _characters(texts[record], start, end)
            found = _Found(type, place[0], place[1], confidence, self._categories.get(type, ""))
            out[record] = [*out[record], found]
        return out


_NOTHING: Sequence[SpanLike] = ()


def _characters(text: str, start: int, end: int) -> tuple[int, int]:
    """Turn offsets in bytes of UTF-8 into offsets in characters."""
    data = text.encode(errors="surrogatepass")
    first = len(data[:start].decode(errors="surrogatepass"))
    return first, first + len(data[start:end].decode(errors="surrogatepass"))
