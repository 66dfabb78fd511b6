"""Finds values in text and puts something else in their place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from bartizan.inspection.redaction.formats import FormatKeeper
from bartizan.inspection.redaction.modes import Hiding, Mode
from bartizan.inspection.redaction.pieces import Edit, Inspect, InspectMany, SpanLike, apply_edits, merge
from bartizan.inspection.redaction.pseudonyms import Pseudonyms
from bartizan.inspection.redaction.surrogates import PSEUDONYM, without_surrogates
from bartizan.model import InputError

__all__ = ["FormatRevealer", "Redactor"]

LEAST = 75
"""Confidence from which a value is hidden, unless asked otherwise."""


class _Selection:
    """The findings that count: of chosen types (None: all), and sure enough."""

    def __init__(self, types: Collection[str] | None, least: int) -> None:
        self.types = None if types is None else frozenset(types)
        self.least = least

    def __call__(self, spans: Sequence[SpanLike]) -> list[SpanLike]:
        types, least = self.types, self.least
        return [span for span in spans if span.confidence >= least and (types is None or span.type in types)]


class Redactor:
    """Hides what `inspect` finds.

    Findings count from confidence `least` on, and of `types` only when given. The same value of the same type gets the
    same surrogate wherever it stands. What has been hidden before is left alone, so that hiding twice changes nothing
    (the format-keeping mode apart); but in mode pseudonym, pseudonyms of the ring's older keys are written anew with
    the active one. Safe for threads when `inspect` is.
    """

    def __init__(
        self,
        inspect: Inspect,
        hiding: Hiding,
        *,
        types: Collection[str] | None = None,
        least: int = LEAST,
        many: InspectMany | None = None,
    ) -> None:
        self.inspect = inspect
        self.many = many
        self.hiding = hiding
        self._chosen = _Selection(types, least)
        renews = (
            hiding.mode == Mode.PSEUDONYM and hiding.pseudonyms is not None and len(hiding.pseudonyms.keys.names) > 1
        )
        self._renews = hiding.pseudonyms if renews else None

    def edits(self, text: str, column: str = "") -> list[Edit]:
        """Return what to change in a text that stands under a heading: in order, without overlap."""
        return self.edits_for(text, self.inspect(text, column))

    def edits_many(self, texts: Sequence[str], column: str = "") -> list[list[Edit]]:
        """Return the edits of each of many texts; with `many`, all are inspected at once."""
        if self.many is None:
            return [self.edits(text, column) for text in texts]
        return [self.edits_for(text, spans) for text, spans in zip(texts, self.many(texts, column), strict=True)]

    def edits_for(self, text: str, spans: Sequence[SpanLike]) -> list[Edit]:
        """Return what to change in a text of which the findings are known."""
        if not spans and self._renews is None:
            return []
        pieces = without_surrogates(text, merge(self._chosen(spans)))
        hide = self.hiding.hide
        out = [
            Edit(piece.start, piece.end, hide(piece.type, piece.category, text[piece.start : piece.end]), piece.type)
            for piece in pieces
        ]
        if self._renews is not None and (renewed := _renewed(text, self._renews)):
            out = sorted(out + renewed)
        return out

    def redact(self, text: str, column: str = "") -> str:
        """Return the text with its values hidden."""
        return apply_edits(text, self.edits(text, column))


def _renewed(text: str, pseudonyms: Pseudonyms) -> list[Edit]:
    """Return edits that write pseudonyms of older keys anew; those of other rings and tenants stay."""
    out: list[Edit] = []
    for match in PSEUDONYM.finditer(text):
        type, key = match["type"], match["key"]
        if key != pseudonyms.keys.active and key in pseudonyms.keys.names:
            try:
                value = pseudonyms.reveal(type, key, match["body"])
            except InputError:
                continue
            out.append(Edit(*match.span(), pseudonyms.hide(type, value), type))
    return out


class FormatRevealer:
    """Puts the values back in place of surrogates that kept their format, and of pseudonyms.

    `inspect` finds the surrogates, as they are of the type that the values were; `types` says which to turn back.
    `pseudonyms` reveals what had no format to keep.
    """

    def __init__(
        self,
        inspect: Inspect,
        formats: FormatKeeper,
        pseudonyms: Callable[[str], list[Edit]],
        types: Collection[str],
        *,
        least: int = LEAST,
    ) -> None:
        self.inspect = inspect
        self.formats = formats
        self.pseudonyms = pseudonyms
        self._chosen = _Selection(types, least)

    def edits(self, text: str, column: str = "") -> list[Edit]:
        """Return an edit for each surrogate. Raises InputError for a pseudonym that can't be opened."""
        known = self.pseudonyms(text)
        out = list(known)
        for piece in without_surrogates(text, merge(self._chosen(self.inspect(text, column)))):
            try:
                value = self.formats.reveal(piece.type, text[piece.start : piece.end])
            except InputError:
                continue  # such a value was never given a surrogate of its format
            out.append(Edit(piece.start, piece.end, value, piece.type))
        return sorted(out)

    def edits_many(self, texts: Sequence[str], column: str = "") -> list[list[Edit]]:
        """Return the edits of each of many texts."""
        return [self.edits(text, column) for text in texts]
