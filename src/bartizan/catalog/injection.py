"""What injections say: rules in classes of words, one a file in `injection-rules`, words in `injection-words`.

The words and sentences that no file of instructions may hold, `instruction-words` and `instruction-patterns`, count
here, too: an injection asks for the same.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from bartizan.catalog.assistants import load_instruction_patterns, load_instruction_words
from bartizan.catalog.folder import cached, packaged, read_folder
from bartizan.model.base import Id

__all__ = ["InjectionRule", "InjectionWords", "load_injection_rules", "load_injection_words"]

_NEEDS_MORE = frozenset(
    {"advertises", "as-boss", "check-off", "endless", "escalate", "leave-given", "left-out", "other-role", "override",
     "override-after", "secrecy-fact-first", "send-secret", "unsaid"}
)  # fmt: skip
"""Patterns for files of instructions that want long phrases or the exact place of a denial, which rules here don't."""


class InjectionWords(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Words of one language by class, as plain text of up to three words; a star stands for any of `endings`."""

    id: Id
    endings: list[str] = []
    words: dict[str, list[str]] = {}


class InjectionRule(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A sign of an injection, as classes of words that follow each other in one line.

    `order` lists classes, alternatives joined by `|`, each at most `within` bytes after the one before. Classes in
    `also` must stand near, those in `without` must not. After a word that forbids it ("never", "without"), a sentence
    is no sign, unless the rule is `negated`: it holds its own. `says` tells a person what was found.
    """

    id: Id
    says: str
    order: list[str]
    within: int = 40
    also: list[str] = []
    without: list[str] = []
    negated: bool = False
    hits: list[str] = []
    misses: list[str] = []


def load_injection_words(cache: Path | None = None) -> dict[str, InjectionWords]:
    """Return the languages by id, with the classes of `instruction-words`. Raises InputError for a wrong file."""
    folder = packaged("injection-words")
    own = cached(
        cache, "injection-words", [folder], dict[str, InjectionWords], lambda: read_folder(folder, InjectionWords)
    )
    out = dict(own)
    for name, listed in load_instruction_words(cache).items():
        entry = own.get(name, InjectionWords(id=name))
        words = {kind: [*listed.words.get(kind, []), *entry.words.get(kind, [])]
                 for kind in {**listed.words, **entry.words}}  # fmt: skip
        out[name] = InjectionWords(id=name, endings=entry.endings, words=words)
    return out


def load_injection_rules(cache: Path | None = None) -> dict[str, InjectionRule]:
    """Return the rules by id, with those of `instruction-patterns`. Raises InputError for a wrong file."""
    folder = packaged("injection-rules")
    own = cached(
        cache, "injection-rules", [folder], dict[str, InjectionRule], lambda: read_folder(folder, InjectionRule)
    )
    shared = {
        name: InjectionRule(
            id=name, says="an instruction that deceives or harms", order=one.order, within=one.within, also=one.also,
            without=one.without, negated=one.negated, hits=one.hits, misses=one.misses,
        )
        for name, one in load_instruction_patterns(cache).items()
        if name not in _NEEDS_MORE
    }  # fmt: skip
    return {**shared, **own}
