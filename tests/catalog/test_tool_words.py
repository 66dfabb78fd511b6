from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from bartizan.catalog.tool_words import ToolWords, load_tool_words
from bartizan.model.words import Effect

LANGUAGES = {"en", "de", "fr", "it", "es"}
CLASSES = {"", "internal", "confidential", "restricted"}


@pytest.fixture(scope="module")
def words() -> ToolWords:
    return load_tool_words()


def _every(words: ToolWords) -> Iterable[tuple[str, dict[str, list[str]]]]:
    yield from ((entry.id, entry.words) for entry in words.verbs)
    yield from ((entry.id, entry.words) for entry in words.objects)
    yield from ((entry.id, entry.words) for entry in words.values)


def test_every_entry_has_words_of_every_language(words: ToolWords) -> None:
    assert [(id, set(told)) for id, told in _every(words) if set(told) != LANGUAGES] == []


def test_every_effect_has_a_verb(words: ToolWords) -> None:
    assert {verb.effect for verb in words.verbs} == set(Effect)


def test_no_entry_repeats_a_word(words: ToolWords) -> None:
    repeated = [
        (id, language, word)
        for id, told in _every(words)
        for language, listed in told.items()
        for word, number in Counter(listed).items()
        if number > 1
    ]
    assert repeated == []


@pytest.mark.parametrize("kind", ["verbs", "values"])
def test_a_word_of_a_language_stands_in_one_entry_only(words: ToolWords, kind: str) -> None:
    seen = Counter(
        (language, word)
        for entry in getattr(words, kind)
        for language, listed in entry.words.items()
        for word in listed
    )
    assert [place for place, number in seen.items() if number > 1] == []


def test_nouns_are_words_of_their_entry(words: ToolWords) -> None:
    lost = [
        (verb.id, noun)
        for verb in words.verbs
        for noun in verb.nouns
        if noun not in {word for listed in verb.words.values() for word in listed}
    ]
    assert lost == []


def test_what_destroys_is_never_reversible(words: ToolWords) -> None:
    assert [verb.id for verb in words.verbs if verb.destroys and verb.reversible] == []


def test_classes_are_those_of_the_default_scheme_and_only_private_things_have_one(words: ToolWords) -> None:
    assert {kind.class_ for kind in words.objects} | {kind.class_ for kind in words.values} <= CLASSES
    assert [kind.id for kind in words.objects if bool(kind.class_) != kind.private] == []


def test_the_words_are_kept_in_a_cache(tmp_path: Path, words: ToolWords) -> None:
    assert load_tool_words(tmp_path) == words
    assert [path.suffix for path in tmp_path.iterdir()] == [".msgpack"]
    assert load_tool_words(tmp_path) == words
