"""Pseudonyms of one exchange: put in place of values on the way out, turned back in the answer to the same caller."""

from __future__ import annotations

import re
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits
from urllib.parse import quote

from bartizan.inspection.redaction import Edit, Tokens

__all__ = ["Vault"]

_WORD = frozenset(ascii_letters + digits)
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)
_LABEL = r"[\w.\\\u2011-]"
_BEFORE = re.compile(
    rf"\s{{0,2}}(?P<colon>[:\uff1a]|[Aa]3%)(?P<type>{_LABEL}{{1,90}}?)"
    rf"(?:(?P<open> ?(?:[(\[\uff08]\\*|82%|;04#&|8200u\\))|(?!{_LABEL}))"
)
"""What may stand before the signs, read backwards: so it is one look, whatever comes before that."""
_AFTER = re.compile(r" ?(?:\\*[)\]）]|%29|&#41;|\\u0029)")
_LENGTH = 26
"""Characters of the signs."""
_SIGNS = re.compile(rf"[A-Z2-7]{{{_LENGTH}}}(?![0-9A-Z])")
_FEW = 8
"""Pseudonyms up to which looking for each of them is faster than looking for any."""
_REACH = 112
"""Characters before the signs that may belong to a pseudonym."""


class Vault:
    """What was hidden in one exchange. It lives as long as the exchange, so that no other can turn anything back.

    `tokens` belong to one tenant and principal: the same value gets the same pseudonym in the next turn of a
    conversation, so that the model follows, and caches of prompts keep working; other principals get others.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._values: dict[str, tuple[str, str]] = {}
        """Type and value by the signs of the pseudonym. Nobody can guess these, so what is around needs no faith."""

    def __bool__(self) -> bool:
        """Whether anything was hidden."""
        return bool(self._values)

    def hide(self, type: str, value: str) -> str:
        """Return the pseudonym of a value, and remember it."""
        made = self._tokens.token(type, value)
        self._values.setdefault(made[len(type) + 2 : -1], (type, value))
        return made

    def edits(self, text: str) -> list[Edit]:
        """Return what to change in a text so that it has the values again; what this exchange didn't hide stays.

        Models write pseudonyms in other ways too: in capitals, with other brackets or none, with the type in another
        language, encoded for a URL (and so the value is then).
        """
        if not self._values or len(text) < _LENGTH:
            return []
        capitals = text.upper()
        if len(capitals) != len(text):  # some letters become two, and places would be others
            capitals = text.translate(_CAPITALS)
        out = []
        if len(self._values) > _FEW:
            for match in _SIGNS.finditer(capitals):
                found = self._values.get(match[0])
                if found is not None and _begins(capitals, match.start()):
                    out.append(_edit(text, match.start(), match.end(), *found))
            return out
        for signs, known in self._values.items():
            at = capitals.find(signs)
            while at >= 0:
                end = at + _LENGTH
                if capitals[end : end + 1] not in _WORD and _begins(capitals, at):
                    out.append(_edit(text, at, end, *known))
                at = capitals.find(signs, end)
        out.sort()
        return out


def _begins(capitals: str, at: int) -> bool:
    """Tell whether no word goes on at a place; a colon that is encoded ends with a letter."""
    return capitals[at - 1 : at] not in _WORD or capitals[max(0, at - 3) : at] == "%3A"


def _edit(text: str, start: int, end: int, type: str, value: str) -> Edit:
    """Return the edit for a pseudonym whose signs stand at a place: with its brackets and its type, if it has them."""
    before = _BEFORE.match(text[max(0, start - _REACH) : start][::-1])
    if before is None:
        return Edit(start, end, value, type)
    if before["colon"][-1] == "%":
        value = quote(value, safe="")
    after = _AFTER.match(text, end)
    if before["open"] and after:
        return Edit(start - before.end(), after.end(), value, type)
    if _plain(before["type"]) == _plain(type[::-1]):
        return Edit(start - before.end("type"), end, value, type)
    return Edit(start, end, value, type)


def _plain(type: str) -> str:
    return "".join(filter(str.isalnum, type)).lower()
