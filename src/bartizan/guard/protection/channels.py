"""Data rules over texts that arrive in pieces."""

from __future__ import annotations

import json

from bartizan.guard.protection.protector import Found, Protector
from bartizan.guard.protection.vault import Vault
from bartizan.guard.streams.channel import Change, Scan
from bartizan.inspection import Released
from bartizan.inspection.redaction import Edit

__all__ = ["Passing", "Protecting", "protect_text"]


class Passing:
    """Lets everything go at once: for answers that nobody looks into."""

    def feed(self, piece: str) -> Scan:
        """Decide the piece."""
        return Scan(len(piece), ())

    def end(self) -> Scan:
        """Say that there is no more."""
        return Scan(0, ())


class Protecting:
    """Applies the rules for answers to one text in pieces, and turns pseudonyms of this exchange back.

    `source` tells that the text is the source of JSON, in which a changed number becomes a string. With `restores`
    off, pseudonyms stay.
    """

    def __init__(
        self,
        protector: Protector,
        origin: str,
        upstream: str,
        vault: Vault,
        found: Found,
        *,
        source: bool = False,
        restores: bool = True,
    ) -> None:
        self._protector, self._origin, self._upstream = protector, origin, upstream
        self._vault, self._found, self._restores = vault, found, restores
        self._stream = protector.inspector.stream()
        self._quotes = Quotes() if source else None

    def feed(self, piece: str) -> Scan:
        """Decide what of the text no later piece can change. Raises Blocked."""
        return self._decide(self._stream.feed(piece))

    def end(self) -> Scan:
        """Decide the rest. Raises Blocked."""
        return self._decide(self._stream.end())

    def _decide(self, released: Released) -> Scan:
        text = released.text
        if self._quotes is None and not released.spans and not self._vault:
            return Scan(len(text), ())
        edits = self._vault.edits(text) if self._restores else []
        edits += self._protector.edits(
            text, released.spans, self._origin, "answer", self._upstream, self._vault, self._found
        )
        edits.sort()
        if self._quotes is None:
            return Scan(len(text), [Change(*edit[:3]) for edit in edits])
        return Scan(len(text), self._quotes.changes(text, edits))


class Quotes:
    """Follows the source of JSON, to tell whether a place is inside a string."""

    def __init__(self) -> None:
        self._inside = self._escaped = False

    def changes(self, text: str, edits: list[Edit]) -> list[Change]:
        """Return changes that leave the source valid: strings escaped, and quotes around what wasn't in a string."""
        out, at = [], 0
        for edit in edits:
            self._follow(text[at : edit.start])
            new = json.dumps(edit.text, ensure_ascii=False)
            out.append(Change(edit.start, edit.end, new[1:-1] if self._inside else new))
            self._follow(text[edit.start : edit.end])
            at = edit.end
        self._follow(text[at:])
        return out

    def _follow(self, text: str) -> None:
        inside, escaped = self._inside, self._escaped
        if not escaped and '"' not in text and "\\" not in text:
            return
        for char in text:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = inside
            elif char == '"':
                inside = not inside
        self._inside, self._escaped = inside, escaped


def protect_text(
    protector: Protector, text: str, origin: str, upstream: str, vault: Vault, found: Found, *, source: bool = False
) -> str:
    """Apply the rules for answers to a text that is whole. Raises Blocked."""
    whole = Protecting(protector, origin, upstream, vault, found, source=source)
    out: list[str] = []
    at = base = 0
    for scan in (whole.feed(text), whole.end()):
        for change in scan.changes:
            out += (text[at : base + change.start], change.text)
            at = base + change.end
        base += scan.size
    out.append(text[at:])
    return "".join(out)
