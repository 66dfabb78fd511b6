"""Names of tools, arguments and fields as words, and what the lexicon knows of these words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from bartizan.catalog.tool_words import ObjectKind, ToolWords, ValueKind, Verb, load_tool_words

__all__ = [
    "STATES",
    "Lexicon",
    "VerbAt",
    "fold",
    "kind_named",
    "lexicon",
    "singular",
    "split",
    "text_words",
    "verb_form",
]

_LONGEST_NAME = 400
"""Characters of a name that are looked at; no real one is as long."""
_LANGUAGES = ("en", "de", "fr", "it", "es")
_LONGEST_PHRASE = 4
_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_WORDS = re.compile(r"[^\W_]+")
_CONTAINERS = frozenset(
    {"list", "array", "string", "str", "value", "json", "param", "parameter", "csv", "obj", "object", "field", "input"}
)
STATES = frozenset(
    {"status", "history", "detail", "details", "info", "information", "count", "list", "summary", "log", "logs",
     "metadata", "schema", "balance", "result", "results", "report", "statistics", "stats", "state", "names", "price",
     "prices", "types"}
)  # fmt: skip
"""Words that make a thing of the verb before them: `order status`."""
_PROGRAMS = frozenset({"python", "source", "shell", "javascript", "js", "sql", "program", "script", "ruby", "bash"})
_BETWEEN = frozenset(
    {"to", "from", "at", "since", "until", "before", "after", "when", "first", "last", "no", "de", "da", "von"}
)
"""Words that join others: `amount to pay`."""
_BREAKABLE = 6
"""Letters from which a word is tried as two written together."""


def fold(text: str) -> str:
    """Return text in lower case, without accents, with blanks for hyphens and apostrophes."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(mark))
    return re.sub(r"[-'\u2019_\s]+", " ", plain).strip()


def singular(word: str) -> str:
    """Return an English word without its plural ending; a word that only looks like a plural changes, too."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "ches", "shes", "sses")):
        return word[:-1] if word.endswith(("ases", "uses", "oses", "nses", "rses")) else word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def verb_form(word: str) -> Iterable[str]:
    """Yield a word and the verbs of which it may be the third person: `deletes`, `fetches`, `applies`, `sendet`."""
    yield word
    if word.endswith("ies"):
        yield word[:-3] + "y"
    if word.endswith("es"):
        yield word[:-2]
    if word.endswith("s"):
        yield word[:-1]
    if word.endswith("t"):  # German
        yield word[:-1]
        yield word[:-1] + "e"


def _forms(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        yield from _written(word)


def _written(word: str) -> list[str]:
    """Return a word folded, and as it is written where a keyboard has no umlauts."""
    folded = fold(word)
    spelt = fold(word.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))
    return [folded] if spelt == folded else [folded, spelt]


class VerbAt(NamedTuple):
    """A verb in a name: where, which, and whether it may as well be a noun there."""

    place: int
    word: str
    verb: Verb
    noun: bool


class Lexicon:
    """The words of the catalog, by word."""

    def __init__(self, words: ToolWords) -> None:
        self.verbs: dict[str, Verb] = {}
        self.nouns: set[str] = set()
        self.objects: dict[str, list[ObjectKind]] = {}
        self.values: dict[str, ValueKind] = {}
        for verb in words.verbs:
            self.nouns.update(fold(word) for word in verb.nouns)
        for language in _LANGUAGES:
            self._take_things(words, language)
        for language in _LANGUAGES:
            self._take_verbs(words, language)
        self.by_id = {value.id: value for value in words.values}

    def _take_things(self, words: ToolWords, language: str) -> None:
        for kind in words.objects:
            for form in _forms(kind.words.get(language, ())):
                known = self.objects.setdefault(form, [])
                # A word of two languages means what it means in the first; in one it may mean two things.
                if not known or language == "en":
                    known.append(kind)
        for value in words.values:
            for form in _forms(value.words.get(language, ())):
                self.values.setdefault(form, value)

    def _take_verbs(self, words: ToolWords, language: str) -> None:
        for verb in words.verbs:
            for form in _forms(verb.words.get(language, ())):
                self.verbs.setdefault(form, verb)
            # Verbs bend: what people say in other languages than English is how descriptions say it, too.
            for form in _forms(verb.said.get(language, ())) if language != "en" and verb.id != "read" else ():
                if form not in self.objects:
                    self.verbs.setdefault(form, verb)

    def verbs_in(self, parts: Sequence[str]) -> list[VerbAt]:
        """Return the verbs in a name's words; of phrases the longest."""
        found: list[VerbAt] = []
        place = 0
        while place < len(parts):
            for length in range(min(3, len(parts) - place), 0, -1):
                phrase = " ".join(parts[place : place + length])
                if phrase in self.verbs:
                    found.append(VerbAt(place, phrase, self.verbs[phrase], phrase in self.nouns))
                    place += length - 1
                    break
            place += 1
        return found

    def objects_in(self, parts: Sequence[str]) -> list[tuple[str, list[ObjectKind]]]:
        """Return the things that a name's words name, with the phrase; of phrases the longest."""
        found: list[tuple[str, list[ObjectKind]]] = []
        place = 0
        while place < len(parts):
            step = 1
            for length in range(min(_LONGEST_PHRASE, len(parts) - place), 0, -1):
                phrase = self._known(parts[place : place + length], self.objects)
                if phrase is not None:
                    found.append((phrase, self.objects[phrase]))
                    step = length
                    break
            place += step
        return found

    def acted_on(self, parts: Sequence[str]) -> list[tuple[str, list[ObjectKind]]]:
        """Return the things that a tool of this name acts on.

        These stand behind the verb; what stands before it is the product (`BankManagerPayBill`), unless there is
        nothing behind (`calendar_event_create`).
        """
        if len(parts) > 1 and parts[-1] in ("me", "myself") and parts[-2] in self.verbs:
            return [("current user", self.objects["current user"])]
        place = self.verb_place(parts)
        behind = self.objects_in(parts[place + 1 :])
        if behind or place < 0:
            return behind
        # `order_status` and a bare `email` name the thing by the very word that may be a verb.
        itself = len(parts) == 1 or bool(STATES & {*parts[place + 1 : place + 2]})
        return self.objects_in(parts[: place + 1 if itself else place])

    def verb_place(self, parts: Sequence[str]) -> int:
        """Return where the verb of a name stands, -1 without one."""
        found = self.verbs_in(parts)
        sure = [one for one in found if not one.noun]
        first = next(iter(sure or [one for one in found if one.place == 0] or found), None)
        return -1 if first is None else first.place

    def value_of(self, parts: Sequence[str]) -> ValueKind | None:
        """Return what an argument or a field of this name holds: the longest words at its end decide, then others."""
        parts = [part for part in parts if not part.isdigit()] or list(parts)
        while len(parts) > 1 and parts[-1] in _CONTAINERS:
            parts = parts[:-1]
        for start in range(max(0, len(parts) - _LONGEST_PHRASE), len(parts)):
            phrase = self._known(parts[start:], self.values)
            if phrase is not None:
                return self._qualified(parts, start, phrase)
        for end in range(len(parts) - 1, 0, -1):
            phrase = self._known(parts[end - 1 : end], self.values)
            if phrase is not None and phrase not in _BETWEEN:
                return self.values[phrase]
        return None

    def _qualified(self, parts: Sequence[str], start: int, phrase: str) -> ValueKind:
        """Let the words before a bare `name` or `id` say whose it is."""
        if start > 0 and phrase in ("name", "id", "identifier", "uuid", "key", "handle", "login"):
            whose = self.value_of(parts[:start])
            if (
                whose is not None
                and phrase == "name"
                and whose.id in ("channel", "user", "recipient", "sender", "path")
            ):
                return whose
            if whose is not None and phrase != "name" and whose.person:
                return self.by_id["person-id"]
        if phrase == "code" and start > 0 and parts[start - 1] not in _PROGRAMS:
            return self.by_id["identifier"]  # of a country, a product, a currency
        return self.values[phrase]

    def knows(self, parts: Sequence[str], *, whole: bool) -> bool:
        """Tell whether a name is one for a value, or ends in one."""
        starts = range(1 if whole else len(parts))
        return any(self._known(parts[start:], self.values) is not None for start in starts)

    def phrase(self, parts: Sequence[str]) -> str | None:
        """Return the words as the lexicon has them for values, None when it doesn't."""
        return self._known(parts, self.values)

    def _known(self, parts: Sequence[str], index: dict[str, ValueKind] | dict[str, list[ObjectKind]]) -> str | None:
        exact = " ".join(parts)
        if exact in index or not parts:
            return exact or None
        for plain in (" ".join((*parts[:-1], singular(parts[-1]))), " ".join(singular(part) for part in parts)):
            if plain in index:
                return plain
        return None

    def apart(self, word: str) -> list[str]:
        """Return a word that is a verb and a thing written together as the two, others as they are."""
        if len(word) >= _BREAKABLE and word not in self.verbs and self._known([word], self.objects) is None:
            for end in range(3, len(word) - 2):
                if word[:end] in self.verbs and self._known([word[end:]], self.objects) is not None:
                    return [word[:end], word[end:]]
        return [word]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Return the packaged words."""
    return Lexicon(load_tool_words())


def split(name: str) -> list[str]:
    """Return a name's words in lower case without accents, without a version at its end.

    Words part at capitals, signs and digits.
    """
    plain = "".join(
        mark for mark in unicodedata.normalize("NFKD", name[:_LONGEST_NAME]) if not unicodedata.combining(mark)
    )
    parts = [part.casefold() for part in _PARTS.findall(plain)]
    if len(parts) > 2 and parts[-1].isdigit() and parts[-2] in ("v", "version"):
        parts = parts[:-2]
    known = lexicon()
    return [word for part in parts for word in known.apart(part)]


def text_words(text: str) -> list[str]:
    """Return the words of a text in lower case without accents, with commas as words of their own."""
    return list(re.findall(r"[^\W_]+|,", fold(text.replace("-", " "))))


@lru_cache(maxsize=8192)
def kind_named(name: str) -> ValueKind | None:
    """Return what an argument or a field of this name holds."""
    parts = split(name)
    return lexicon().value_of(parts) if parts else None
