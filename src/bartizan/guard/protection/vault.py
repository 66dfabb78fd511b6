"""Pseudonyms of one exchange: put in place of values on the way out, turned back in the answer to the same caller."""

from __future__ import annotations

import re

from bartizan.inspection.redaction import Edit, Tokens

__all__ = ["Vault"]

_TOKEN = re.compile(r"\(([a-z0-9][a-z0-9._-]{0,79}):([A-Za-z2-7]{26})\)")


class Vault:
    """What was hidden in one exchange. It lives as long as the exchange, so that no other can turn anything back.

    `tokens` belong to one tenant and principal: the same value gets the same pseudonym in the next turn of a
    conversation, so that the model follows, and caches of prompts keep working; other principals get others.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._values: dict[str, str] = {}

    def __bool__(self) -> bool:
        """Whether anything was hidden."""
        return bool(self._values)

    def hide(self, type: str, value: str) -> str:
        """Return the pseudonym of a value, and remember it."""
        made = self._tokens.token(type, value)
        self._values.setdefault(made.upper(), value)
        return made

    def edits(self, text: str) -> list[Edit]:
        """Return what to change in a text so that it has the values again; what this exchange didn't hide stays."""
        if not self._values or "(" not in text:
            return []
        out = []
        for match in _TOKEN.finditer(text):
            value = self._values.get(match.group().upper())
            if value is not None:
                out.append(Edit(*match.span(), value, match[1]))
        return out
