"""Looks for values in all texts of an exchange at once, and does what the rules say about them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TypeAlias

import numpy as np

from bartizan.guard.exchange import Exchange, Kind, Piece
from bartizan.guard.protection.remembered import Remembered
from bartizan.guard.protection.rules import Handled, Handling, Handlings, Side
from bartizan.guard.protection.seams import Window, seams
from bartizan.guard.protection.vault import Vault
from bartizan.guard.streams.blocked import Blocked
from bartizan.inspection import Inspection, Inspector, Span
from bartizan.inspection.redaction import Edit, Hiding, apply_edits

__all__ = ["Found", "Protector"]


class Found:
    """What was found in an exchange, counted by type, and what was done about it.

    `class_` is the highest class of what was found, `left` the highest class of what was let through as it is; both
    begin with the scheme's lowest. `changed` counts values by the rule that changed them. `unread` tells that a text
    holds more encodings, or deeper ones, than are looked into. `put` has what took the place of each value, for who
    has to put it elsewhere as well: it goes into no event and no log.
    """

    __slots__ = ("changed", "class_", "left", "put", "types", "unread")

    def __init__(self, lowest: str) -> None:
        self.types: dict[str, int] = {}
        self.changed: dict[str, int] = {}
        self.put: dict[str, str] = {}
        self.class_ = self.left = lowest
        self.unread = False


class Protector:
    """Applies data rules. Safe to share between tasks.

    `inspector` finds, `handlings` decide, `masks` and `tokens` make what takes a value's place for good.
    """

    def __init__(self, inspector: Inspector, handlings: Handlings, masks: Hiding, tokens: Hiding) -> None:
        self.inspector, self.handlings = inspector, handlings
        self._masks, self._tokens = masks, tokens
        self.lowest = inspector.policy.scheme[0]
        self._remembered = Remembered(secrets.token_bytes(32))
        self._nothing = Inspection([], self.lowest)

    def level(self, class_: str) -> int:
        """Return a class's place in the scheme, 0 for the least secret."""
        return self.inspector.policy.scheme.index(class_)

    def exchange(
        self,
        exchange: Exchange,
        side: Side,
        upstream: str,
        vault: Vault,
        found: Found | None = None,
        *,
        always: bool = False,
    ) -> Found:
        """Change the pieces of an exchange by the rules. Raises Blocked when a value may not pass.

        What is found is counted in `found`, which so tells also what came before a value that may not pass. With
        `always`, what is there is told also where the rules would do nothing about it.
        """
        found = Found(self.lowest) if found is None else found
        if not always and not self.handlings.inspects(side, upstream):
            return found
        groups = _groups(exchange.pieces)
        joints = seams(exchange.pieces)
        texts = [group[0].text if len(group) == 1 else _text(group) for group in (*groups, *joints)]
        for number, looked in enumerate(self._look(texts)):
            if looked.unread:
                found.unread = True
            if not looked.spans:
                continue
            if number < len(groups):
                self._group(groups[number], texts[number], looked, side, upstream, vault, found)
            else:
                self._seam(joints[number - len(groups)], side, upstream, vault, found)
        return found

    def _seam(self, windows: tuple[Window, ...], side: Side, upstream: str, vault: Vault, found: Found) -> None:
        """Change the values that go over a border of texts; the others were seen in their own text."""
        for window in windows:
            window.renew()
        text, borders = _text(windows), list(accumulate(len(one.text) for one in windows))[:-1]
        spans = [one for one in self.inspector.inspect(text).spans if any(one.start < at < one.end for at in borders)]
        edits = self.edits(text, spans, windows[0].origin, side, upstream, vault, found)
        if edits:
            _apply(windows, edits)

    def _look(self, texts: Sequence[str]) -> list[Inspection]:
        """Return what stands in each of the texts; those that are not remembered are looked at in one go."""
        digests = [self._remembered.digest(text) for text in texts]
        looked: dict[bytes, Inspection] = {}
        fresh: dict[bytes, str] = {}
        for digest, text in zip(digests, texts, strict=True):
            known = self._remembered.get(digest)
            if known is None:
                fresh[digest] = text
            else:
                looked[digest] = known
        if fresh:
            for digest, new in zip(fresh, self._fresh(list(fresh.values())), strict=True):
                looked[digest] = new
                # Most texts hold nothing, of which one is kept for all.
                self._remembered.put(digest, new if new.spans or new.unread else self._nothing)
        return [looked[digest] for digest in digests]

    def _fresh(self, texts: Sequence[str]) -> Iterable[Inspection]:
        inspect = self.inspector.inspect
        if len(texts) == 1:
            return [inspect(texts[0])]
        parts = [text.encode(errors="surrogatepass") for text in texts]
        ends = np.fromiter(accumulate(len(part) + 1 for part in parts), np.int64, len(parts)) - 1
        hits = self.inspector.records(b"\n".join(parts) + b"\n", ends)
        if hits.unread:  # each text on its own may hold as many encodings as all together
            return map(inspect, texts)
        held = set(hits.record.tolist())
        return [inspect(text) if number in held else self._nothing for number, text in enumerate(texts)]

    def _group(
        self, group: _Group, text: str, looked: Inspection, side: Side, upstream: str, vault: Vault, found: Found
    ) -> None:
        now = _text(group)  # a run may have changed its pieces
        spans = looked.spans if now == text else self.inspector.inspect(now).spans
        edits = self.edits(now, spans, group[0].origin, side, upstream, vault, found)
        if edits:
            _apply(group, edits)

    def edits(
        self, text: str, spans: Sequence[Span], origin: str, side: Side, upstream: str, vault: Vault, found: Found
    ) -> list[Edit]:
        """Return what to change in one text, and count what was found. Raises Blocked."""
        if not spans:
            return []
        decided: list[tuple[Span, Handled]] = []
        ours = vault.edits(text)
        for span in spans:
            if any(edit.start < span.end and span.start < edit.end for edit in ours):
                continue  # a pseudonym of this exchange, which comes back from the model
            handled = self.handlings.of(side, origin, upstream, span.type, span.class_)
            found.types[span.type] = found.types.get(span.type, 0) + 1
            found.class_ = max(found.class_, span.class_, key=self.level)
            if handled.do is Handling.BLOCK:
                raise Blocked(handled.rule, f"it holds a value of the type `{span.type}`, which may not go there")
            if handled.do is Handling.ASK:
                raise Blocked(
                    handled.rule, f"it holds a value of the type `{span.type}`: ask {handled.ask}", handled.ask
                )
            if handled.do is Handling.ALLOW:
                found.left = max(found.left, span.class_, key=self.level)
            else:
                decided.append((span, handled))
        return [self._edit(text, group, vault, found) for group in _joined(decided)]

    def _edit(self, text: str, group: list[tuple[Span, Handled]], vault: Vault, found: Found) -> Edit:
        """Return the edit for values that overlap: the longest names them, the strictest rule decides."""
        span = max((one for one, _ in group), key=lambda one: one.end - one.start)
        handled = max((one for _, one in group), key=lambda one: _STRICTNESS.index(one.do))
        start, end = group[0][0].start, max(one.end for one, _ in group)
        found.changed[handled.rule] = found.changed.get(handled.rule, 0) + 1
        new = found.put[text[start:end]] = self._new(handled.do, span, text[start:end], vault)
        return Edit(start, end, new, span.type)

    def _new(self, do: Handling, span: Span, value: str, vault: Vault) -> str:
        if do is Handling.PSEUDONYM:
            return vault.hide(span.type, value)
        hiding = self._masks if do is Handling.MASK else self._tokens
        return hiding.hide(span.type, span.category, value)


_STRICTNESS = (Handling.PSEUDONYM, Handling.TOKEN, Handling.MASK)
"""Ways to change a value, the one that keeps most of it first."""


def _joined(decided: list[tuple[Span, Handled]]) -> list[list[tuple[Span, Handled]]]:
    """Put spans together that overlap, in the order of the text."""
    out: list[list[tuple[Span, Handled]]] = []
    end = -1
    for one in sorted(decided, key=lambda one: (one[0].start, -one[0].end)):
        if one[0].start < end:
            out[-1].append(one)
        else:
            out.append([one])
        end = max(end, one[0].end)
    return out


_Group: TypeAlias = tuple[Piece, ...]
"""Pieces that are read as one text."""


def _text(group: _Group) -> str:
    return group[0].text if len(group) == 1 else "".join([piece.text for piece in group])


def _apply(group: _Group, edits: Sequence[Edit]) -> None:
    """Make the edits; what takes the place of a value over several pieces stands in the first of them."""
    start = 0
    for piece in group:
        end = start + len(piece.text)
        mine = [
            Edit(
                max(edit.start, start) - start, min(edit.end, end) - start, edit.text if edit.start >= start else "", ""
            )
            for edit in edits
            if edit.start < end and edit.end > start
        ]
        if mine:
            piece.replace(apply_edits(piece.text, mine))
        start = end


def _groups(pieces: Iterable[Piece]) -> list[_Group]:
    """Return each piece alone, and runs of several once more as one text: a value may be cut by the parts of a message.

    Names of members come last: replacing one makes the place of its value another.
    """
    out: list[_Group] = []
    keys: list[_Group] = []
    runs: dict[int, list[Piece]] = {}
    for piece in pieces:
        (keys if piece.kind is Kind.KEY else out).append((piece,))
        if piece.run >= 0:
            runs.setdefault(piece.run, []).append(piece)
    joined = [tuple(run) for run in runs.values() if len(run) > 1]
    return [*joined, *out, *keys]
