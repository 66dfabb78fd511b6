"""Single texts: prompts, log lines, training rows that a program has decided before it uses them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from bartizan.guard.exchange import Exchange, Origin, Piece
from bartizan.guard.principal import Principal
from bartizan.guard.protection import Protector, Vault
from bartizan.guard.protection.rules import Side
from bartizan.guard.refused import Refused
from bartizan.guard.streams import Blocked
from bartizan.inspection.redaction import apply_edits
from bartizan.model import Count, Event, stamp

__all__ = ["DecidedText", "decide_text", "text_event"]

_ACTION = "inspect-text"


class DecidedText:
    """A text as it may be used.

    `types` counts what was found, `class_` is the highest class of that, `left` of what is in `text` as it was, and
    `changed` counts values by the rule that changed them. `refused` says why the text may not be used; `text` is empty
    then.
    """

    __slots__ = ("_vault", "changed", "class_", "left", "refused", "text", "types")

    def __init__(self, text: str, vault: Vault, lowest: str) -> None:
        self.text, self._vault = text, vault
        self.types: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.class_ = self.left = lowest
        self.refused: Refused | None = None

    def restore(self, text: str) -> str:
        """Put the values back that pseudonyms of this text stand for, such as in a model's answer to it."""
        return apply_edits(text, self._vault.edits(text))


def decide_text(protector: Protector, text: str, origin: str, side: Side, upstream: str, vault: Vault) -> DecidedText:
    """Do what the data rules say about one text. Raises ValueError for an origin that is none."""
    made = DecidedText(text, vault, protector.lowest)
    holder = [text]
    exchange = Exchange("text", b"", holder)
    exchange.pieces.append(Piece(holder, 0, text, Origin(origin)))
    try:
        found = protector.exchange(exchange, side, upstream, vault)
    except Blocked as blocked:
        made.text = ""
        made.refused = Refused(403, blocked.rule, blocked.sentence, blocked.ask)
        return made
    made.text = holder[0]
    made.types, made.changed = Counter(found.types), Counter(found.changed)
    made.class_, made.left = found.class_, found.left
    return made


def text_event(texts: Sequence[DecidedText], principal: Principal, now: float, level: Any) -> Event:
    """Return the one event of texts that were decided together: counts, and never a text."""
    types: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for one in texts:
        types += one.types
        changed += one.changed
    refused = [one.refused for one in texts if one.refused is not None]
    more: dict[str, str | int | float | bool | list[str]] = {"texts": len(texts)}
    if refused:
        more["refused"] = len(refused)
    if changed:
        more["changed_by"] = sorted(changed)
    if principal.application:
        more["application"] = principal.application
    refusal = "" if not refused else "ask" if refused[0].ask else "deny"
    return Event(
        kind="refusal" if refused else "call",
        time=stamp(now),
        principal=principal.id,
        action=_ACTION,
        decision=refusal or ("transform" if changed else "allow"),
        rule=refused[0].rule if refused else "",
        labels=[max((one.class_ for one in texts), key=level)] if texts else [],
        findings=[Count(type, count) for type, count in sorted(types.items())],
        more=more,
    )
