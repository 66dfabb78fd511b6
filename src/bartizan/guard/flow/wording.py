"""The words of a request: by which of them it asks for something, and which are only about something."""

from __future__ import annotations

import re
from functools import cached_property

from bartizan.guard.flow.stems import root, stem
from bartizan.guard.flow.values import folded, words

__all__ = ["FILE", "QUOTES", "Wording"]

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
_PLURAL = re.compile(
    r"\b(?:all|everything|each|every|those|everyone|everybody|any|both|them|alle|jede[nrs]?|tous|toutes|chaque|tutti|tutte|ogni)\b"
)
# Whoever speaks of what they will do themselves, or of being reminded of it, doesn't ask for it.
_OWN_PLANS = re.compile(
    r"\b(?:i['\u2019]?ll|i will|i(?:['\u2019]?m| am) (?:\w+ )?(?:looking|going|planning|hoping|about|thinking)"
    r"(?: (?:to|of|about|ahead))*|i plan to|i(?:['\u2019]d| would) (?:later|then)|remind(?:er)?(?: me| us)?(?: \w+)?"
    r" (?:to|about|of|that)|so (?:that )?i can|(?:don['\u2019]?t|do not|never)(?! forget| hesitate)|without"
    r"|instead of|rather than)\s+[^.!?\n;,]{0,80}",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\b[^\W\d_a-z][^\W\d_]{2,}")
QUOTES = re.compile(
    r"(?<!\w)['\u2018](?P<a>[^\n]{1,400}?)['\u2019](?!\w)"
    r"|[\"\u201c\u201e](?P<b>[^\"\u201d\u201c\n]{1,2000})[\"\u201d\u201c]"
    r"|\u00ab\s?(?P<c>[^\u00ab\u00bb\n]{1,2000}?)\s?\u00bb|`(?P<d>[^`\n]{1,2000})`"
)
FILE = re.compile(r"(?<![\w/.@-])[\w/.~-]*\w\.[A-Za-z]\w{0,4}(?![\w@])")


class Wording:
    """What a request says, as words. Those that it quotes, or that are its author's own plans, ask for nothing."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = f" {folded(text)} "

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
        bare = QUOTES.sub(" ", self.text)
        bare = FILE.sub(" ", bare)
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
