"""What the user asked for, as far as calls can be held to it: values, quoted texts, words, dates, where to look.

Nothing here understands language. It collects what a request literally contains, so that a call can be compared with
it; what can't be found in it is asked about, never assumed.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from bartizan.guard.flow.dates import DAYS, Day, days
from bartizan.guard.flow.stems import root, stem
from bartizan.guard.flow.values import comparable, embedded, folded, numbers, without, words
from bartizan.model.card import ValueType

__all__ = ["Request", "Said"]

_QUOTES = re.compile(
    r"(?<!\w)['\u2018](?P<a>[^\n]{1,400}?)['\u2019](?!\w)"
    r"|[\"\u201c\u201e](?P<b>[^\"\u201d\u201c\n]{1,2000})[\"\u201d\u201c]"
    r"|\u00ab\s?(?P<c>[^\u00ab\u00bb\n]{1,2000}?)\s?\u00bb|`(?P<d>[^`\n]{1,2000})`"
)
_GLUED = re.compile(r"(?<=[a-z0-9])\.(?=[A-Z][a-z]+(?:\s|$))")
_WROTE = (
    r"(?:sent|posted|wrote|shared|said|mentioned|asked|recommended|gave|put|uploaded|linked|messages?|e-?mail|mail"
    r"|posts?|article|note|link)\b"
)
_CAPITAL = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,}")
_FILE = re.compile(r"(?<![\w/.@-])[\w/.~-]*\w\.[A-Za-z]\w{0,4}(?![\w@])")
# Whoever speaks of what they will do themselves, or of being reminded of it, doesn't ask for it.
_OWN_PLANS = re.compile(
    r"\b(?:i['\u2019]?ll|i will|i(?:['\u2019]?m| am) (?:\w+ )?(?:looking|going|planning|hoping|about|thinking)"
    r"(?: (?:to|of|about|ahead))*|i plan to|i(?:['\u2019]d| would) (?:later|then)|remind(?:er)?(?: me| us)?(?: \w+)?"
    r" (?:to|about|of|that)|so (?:that )?i can|(?:don['\u2019]?t|do not|never)(?! forget| hesitate)|without"
    r"|instead of|rather than)\s+[^.!?\n;,]{0,80}",
    re.IGNORECASE,
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
# `The open issues` and `what is paid` ask for no opening and no paying.
_BEFORE_NOUN = frozenset(
    (
        "the", "a", "an", "my", "our", "your", "his", "her", "their", "its", "this", "that", "these", "those", "all",
        "any", "each", "every", "of", "in", "on", "with", "for", "no", "which", "what", "whose", "most", "last", "next",
        "first", "is", "are", "was", "were", "be", "been", "not", "whole", "has", "have", "had",
    )
)  # fmt: skip
_STATES = frozenset(
    ("open", "clear", "complete", "set", "present", "cut", "shut", "close", "review", "address", "order")
)  # fmt: skip
_PARTICIPLES = frozenset(
    ("paid", "sent", "written", "made", "given", "taken", "sold", "bought", "lent", "drawn", "found", "kept", "left",
     "brought")
)  # fmt: skip
_FIRST_PERSON = re.compile(
    r"\b(?:i|me|my|myself|mine|us|our|ich|mir|mich|mein\w*|moi|mon|ma|mes|je|j|io|mi|mio|mia|yo)\b"
)
_FAMILIES = {
    "title": "title", "titled": "title", "called": "title", "name": "title", "named": "title", "heading": "title",
    "subject": "subject", "description": "description", "described as": "description",
    "body": "body", "content": "body", "message": "body", "question": "body", "text": "body", "saying": "body",
    "says": "body", "write": "body", "note": "body",
}  # fmt: skip
_PRONOUNS = frozenset("i me my you your he him his she her it its we us our they them their the a an to of".split())  # noqa: SIM905
_HOLE = re.compile(r"\\?\{[^{}\n]{1,60}\\?\}|<[\w ]{1,40}>|\\?\[[\w\\ ]{1,40}\\?\]")
_PLURAL = re.compile(
    r"\b(?:all|everything|each|every|those|everyone|everybody|any|both|them|alle|jede[nrs]?|tous|toutes|chaque|tutti|tutte|ogni)\b"
)


class Said(NamedTuple):
    """What the request says that a text should be; `pattern` has a gap for each placeholder."""

    family: str
    pattern: re.Pattern[str]


class Request:
    """A request, or all that the user has said so far."""

    def __init__(self, text: str) -> None:
        # A sentence may follow an address without a blank between; then it isn't a part of it.
        self.text = text = _GLUED.sub(". ", text)
        self.folded = f" {folded(text)} "
        self.typed = {(value.type, value.key) for value in embedded(text)}
        self.quoted = [next(filter(None, match.groups())) for match in _QUOTES.finditer(text)]
        self._spaced = " " + " ".join(words(text)) + " "

    @cached_property
    def days(self) -> list[Day]:
        """The days that it names."""
        return days(self.text)

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers in it, without those of accounts, addresses, files and days."""
        bare = without(self.text, sorted((value.start, value.end) for value in embedded(self.text)))
        bare = DAYS.sub(" ", _FILE.sub(" ", bare))
        return [*numbers(bare), *(_SPELT[word] for word in words(bare) if word in _SPELT)]

    @cached_property
    def names(self) -> list[str]:
        """The words with a capital letter, as names of people have one, in lower case."""
        return [word.lower() for word in _CAPITAL.findall(self.text)]

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all its words."""
        return frozenset(stem(word) for word in words(self.text))

    @cached_property
    def _asked(self) -> str:
        """What it asks for: without what it quotes, and without what its author is going to do."""
        bare = _QUOTES.sub(" ", self.text)
        bare = _FILE.sub(" ", bare)
        return _OWN_PLANS.sub(" ", bare)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The stems of the words by which it asks for something."""
        return frozenset(stem(word) for word in words(self._asked))

    @cached_property
    def _roots(self) -> frozenset[str]:
        return frozenset(root(word) for word in words(self._asked) if len(word) > 4)

    @cached_property
    def asked_text(self) -> str:
        """The words by which it asks, one blank between."""
        return " " + " ".join(words(self._asked)) + " "

    @cached_property
    def first_person(self) -> bool:
        """Whether its author speaks of themself."""
        return bool(_FIRST_PERSON.search(self.folded))

    @cached_property
    def plural(self) -> bool:
        """Whether it speaks of all or each of something."""
        return bool(_PLURAL.search(self.folded))

    @cached_property
    def said(self) -> list[Said]:
        """The texts that it prescribes."""
        found: list[Said] = []
        for match in _QUOTES.finditer(self.text):
            before = _SPECIFIED.search(self.text[max(0, match.start() - 80) : match.start()])
            if before is not None:
                value = next(filter(None, match.groups()))
                found.append(Said(_FAMILIES[before["what"].lower()], _pattern(value)))
        return found

    def has_word(self, word: str) -> bool:
        """Tell whether a word or a phrase is among those by which it asks; words are compared by their stems."""
        if " " in word:
            return f" {word} " in self.asked_text
        return stem(word) in self.asked or (len(word) > 4 and root(word) in self._roots)

    def has_verb(self, word: str) -> bool:
        """The same for a verb: `the open issues` and `what is paid` ask for no opening and no paying."""
        if not self.has_word(word) or " " in word:
            return self.has_word(word)
        return stem(word) in self._verbs or (stem(word) not in self.asked and root(word) in self._roots)

    @cached_property
    def _verbs(self) -> frozenset[str]:
        """The stems of the words by which it asks, without those that stand as adjectives there."""
        found = words(self._asked)
        return frozenset(
            stem(word)
            for before, word in zip(["", *found], found, strict=False)
            if before not in _BEFORE_NOUN or not (word in _STATES or word in _PARTICIPLES or word.endswith("ed"))
        )

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
    return re.compile(r"\s*" + r".{0,200}?".join(pieces) + r"[\s.!?]*", re.DOTALL)
