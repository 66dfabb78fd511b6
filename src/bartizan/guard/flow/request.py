"""What the user asked for, as far as calls can be held to it: values, quoted texts, words, dates, where to look.

Nothing here understands language. It collects what a request literally contains, so that a call can be compared with
it; what can't be found in it is asked about, never assumed.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from bartizan.guard.flow.dates import DAYS, Day, days
from bartizan.guard.flow.stems import stem
from bartizan.guard.flow.values import comparable, embedded, folded, numbers, without, words
from bartizan.guard.flow.wording import FILE, QUOTES, Wording
from bartizan.model.card import ValueType

__all__ = ["Request", "Said"]

_GLUED = re.compile(r"(?<=[a-z0-9])\.(?=[A-Z][a-z]+(?:\s|$))")
_WROTE = (
    r"(?:sent|posted|wrote|shared|said|mentioned|asked|recommended|gave|put|uploaded|linked|messages?|e-?mail|mail"
    r"|posts?|article|note|link)\b"
)
_SPECIFIED = re.compile(
    r"\b(?P<what>titled?|called|named?|subject|heading|description|described as|body|content|message|question|text"
    r"|saying|says|write|note)\b(?:[\s:=,]+(?:should|must|shall|will|can|is|are|be|to|as|set|reads?|say|the|this|a|an|it"
    r"|with|following|exactly|text|words?))*[\s:=,]*$",
    re.IGNORECASE,
)
_NUMBERS = (
    "zero null zéro", "", "two zwei deux due dos twice double", "three drei trois tre tres", "four vier quatre quattro",
    "five fünf cinq cinque cinco", "six sechs sei seis", "seven sieben sept sette siete", "eight acht huit otto ocho",
    "nine neun neuf nove nueve", "ten zehn dix dieci diez",
)  # fmt: skip
_SPELT = {word: float(number) for number, told in enumerate(_NUMBERS) for word in told.split()}
_FAMILIES = {
    "title": "title", "titled": "title", "called": "title", "name": "title", "named": "title", "heading": "title",
    "subject": "subject", "description": "description", "described as": "description",
    "body": "body", "content": "body", "message": "body", "question": "body", "text": "body", "saying": "body",
    "says": "body", "write": "body", "note": "body",
}  # fmt: skip
_PRONOUNS = frozenset("i me my you your he him his she her it its we us our they them their the a an to of".split())  # noqa: SIM905
_HOLE = re.compile(r"\\?\{[^{}\n]{1,60}\\?\}|<[\w ]{1,40}>|\\?\[[\w\\ ]{1,40}\\?\]")


class Said(NamedTuple):
    """What the request says that a text should be; `pattern` has a gap for each placeholder."""

    family: str
    pattern: re.Pattern[str]


class Request(Wording):
    """A request, or all that the user has said so far."""

    def __init__(self, text: str) -> None:
        # A sentence may follow an address without a blank between; then it isn't a part of it.
        super().__init__(_GLUED.sub(". ", text))
        self.typed = {(value.type, value.key) for value in embedded(self.text)}

    @cached_property
    def days(self) -> list[Day]:
        """The days that it names."""
        return days(self.text)

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers in it, without those of accounts, addresses, files and days."""
        bare = without(self.text, sorted((value.start, value.end) for value in embedded(self.text)))
        bare = DAYS.sub(" ", FILE.sub(" ", bare))
        return [*numbers(bare), *(_SPELT[word] for word in words(bare) if word in _SPELT)]

    @cached_property
    def said(self) -> list[Said]:
        """The texts that it prescribes."""
        found: list[Said] = []
        for match in QUOTES.finditer(self.text):
            before = _SPECIFIED.search(self.text[max(0, match.start() - 80) : match.start()])
            if before is not None:
                value = next(filter(None, match.groups()))
                found.append(Said(_FAMILIES[before["what"].lower()], _pattern(value)))
        return found

    def holds(self, type_: ValueType, value: str) -> bool:
        """Tell whether it contains a value, in so many words."""
        key = comparable(type_, value)
        if (type_, key) in self.typed:
            return True
        if type_ is ValueType.URL or (type_ is ValueType.EMAIL and "@" in key):
            return False  # a part of an address is another address
        if type_ is ValueType.AMOUNT:
            return any(f"{number:.6f}" == key for number in self.numbers)
        if type_ is ValueType.IDENTIFIER and key.isdigit():
            return self._names_number(key)
        if type_ is ValueType.ACCOUNT and not any(character.isdigit() for character in key):
            return self.holds_text(value)
        if type_ is ValueType.NAME and key in _PRONOUNS:
            return False
        if type_ in (ValueType.SECRET, ValueType.CODE):
            return len(key) > 2 and _bounded(key, self.text)
        if len(key) < 2:
            return False
        parts = type_ in (ValueType.NAME, ValueType.IDENTIFIER)
        return _bounded(folded(key), self.folded, parts=parts) or self.holds_text(value)

    def holds_text(self, text: str) -> bool:
        """Tell whether it contains a text as a whole, however it is written."""
        return _bounded(folded(text), self.folded)

    def speaks_of(self, text: str) -> bool:
        """Tell whether all words of a text that tell something are words of the request."""
        told = {stem(word) for word in words(text) if len(word) > 2}
        if told and told <= self.stems:
            return True
        named = days(text)
        return bool(named) and all(self.day(day) for day in named)

    def only_place(self, value: str) -> bool:
        """Tell whether a value stands in it as the place of something else only, as in `the dump in /srv/old`."""
        told = re.escape(folded(value))
        return bool(
            re.search(rf"\b(?:in|under|inside|within|below)\s+(?:the\s+)?(?:\w+\s+)?['\"`]?{told}", self.folded)
        )

    def names_author(self, name: str) -> bool:
        """Tell whether it speaks of what somebody wrote, as in `from NAME` or `the link that NAME posted`."""
        name = re.escape(folded(name))
        return bool(
            re.search(
                rf"\b(?:from|by|of|von|de|da)\s+{name}\b|\b{name}(?:['\u2019]s)?\s+(?:\w+\s+)?{_WROTE}", self.folded
            )
        )

    def points_to(self, kind: str) -> bool:
        """Tell whether it says that something of a kind is to be found somewhere, as in `her e-mail is on the page`."""
        sought = (
            rf"\b(?:find|get|take|use|see|look up)\s+(?:\w+\s+){{0,3}}(?:{kind})\b"
            rf"|\b(?:{kind})(?:\s+address(?:es)?)?\s+(?:(?:is|are|can|be|found|listed|mentioned|given|provided|shown|stated"
            r"|written|that|which|you|will)\s+)*(?:in|on|at|from)\b"
        )
        return re.search(sought, self.folded) is not None

    def _names_number(self, digits: str) -> bool:
        """Tell whether a bare number stands in it as a number of something, not as a day, an hour or an amount."""
        kinds = (
            "id|ids|no|nr|number|numbers|ticket|order|issue|row|file|event|record|invoice|case|pr|code|codes|pin|return"
            "|refund"
        )
        named = rf"(?:\b(?:{kinds})\b[\s:.#'\"]*|#\s?|['\"(]){digits}(?![\d.,:/-]*\d)"
        return re.search(named, self.folded) is not None

    def day(self, day: Day) -> bool:
        """Tell whether it names a day; the year only counts where both say one."""
        return any((day.month, day.day) == (other.month, other.day) for other in self.days)


def _bounded(value: str, text: str, *, parts: bool = False) -> bool:
    """Tell whether a value stands in a text as a whole, not within a longer word; with `parts`, also beside a `/`."""
    if not value:
        return False
    joints = ".-_@" if parts else ".-_@/"
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        before, after = text[start - 1 : start], text[end : end + 1]
        joined = after in joints and text[end + 1 : end + 2].isalnum() if after else False
        if not (before.isalnum() and value[0].isalnum()) and before not in ("@", "_", "-") and not (
            after.isalnum() and value[-1].isalnum()
        ) and not joined:  # fmt: skip
            return True
        start = text.find(value, start + 1)
    return False


def _pattern(value: str) -> re.Pattern[str]:
    """Return a pattern for a prescribed text, without case, blanks and final periods; a placeholder takes anything."""
    pieces = [re.escape(folded(piece).rstrip(".")) for piece in _HOLE.split(value)]
    # What stands between two gaps is looked for once, at the first place where it fits: many gaps take no longer.
    gap = r".{0,200}?"
    first, *inner, last = pieces if len(pieces) > 1 else ["", *pieces]
    within = "".join(f"(?>{gap}{piece})" for piece in inner)
    return re.compile(rf"\s*{first}{within}{gap if len(pieces) > 1 else ''}{last}[\s.!?]*", re.DOTALL)
