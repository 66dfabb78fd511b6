from __future__ import annotations

import numpy as np
import pytest

from bartizan.inspection.names.lexicon import Case, Kind, make_lexicon
from bartizan.inspection.names.likeness import LETTER_SLOTS, letter_features, likeness
from bartizan.inspection.names.model import SLOTS, Model, group_of, packaged_model, triple_features, word_features

LEXICON = make_lexicon(["anna"], ["keller"], ["dr"], ["paris"], ["gmbh"], ["server"])


def plain(weights: dict[int, float] | None = None, memory: int = 100) -> Model:
    """A model in which only the slots given weigh, in favour of `B`."""
    table = np.zeros((SLOTS, 4), np.float32)
    for slot, weight in (weights or {}).items():
        table[slot, 1] = weight
    return Model(LEXICON, table, np.zeros((4, 4), np.float32), [0.0] * (LETTER_SLOTS + 1), memory=memory)


def test_likeness_adds_up_letters() -> None:
    slots = list(letter_features("bo"))
    weights = [0.0] * LETTER_SLOTS + [0.5]
    weights[slots[0]] = 1.0
    assert likeness(weights, "bo") == 0.5 + slots.count(slots[0])


@pytest.mark.parametrize(
    ("kind", "case", "group"),
    [
        (Kind.GIVEN, Case.CAPITAL, 0),
        (Kind.BOTH_WEAK, Case.CAPITAL, 1),
        (Kind.SURNAME, Case.SMALL, 4),
        (Kind.VERY_LIKE, Case.CAPITAL, 2),
        (Kind.UNLIKE, Case.CAPITALS, 3),
        (Kind.UNLIKE, Case.SMALL, 5),
        (Kind.TITLE, Case.CAPITAL, 5),
        (None, Case.SMALL, 5),
    ],
)
def test_coarse_kinds(kind: Kind | None, case: Case, group: int) -> None:
    assert group_of(kind, case) == group


def test_words_count_by_themselves_unless_they_may_be_names() -> None:
    assert len(word_features("server", Kind.WORD, 28).own) == 2
    assert len(word_features("anna", Kind.GIVEN, 1).own) == 1
    assert len(word_features(",", None, 50).own) == 2


def test_a_profile_holds_the_weights_of_a_word() -> None:
    slot = word_features("server", Kind.WORD, Kind.WORD * 3 + 1).own[1]
    profile = plain({slot: 2.0}).profile("Server")
    assert (profile.kind, profile.case) == (Kind.WORD, Case.CAPITAL)
    assert profile.own[1] == 2.0


def test_three_classes_are_added_up() -> None:
    slots = triple_features(1, 2, 3)
    model = plain(dict.fromkeys(slots, 1.0))
    assert model.triple(1, 2, 3) == model.triple(1, 2, 3) == (0.0, float(len(set(slots))), 0.0, 0.0)


def test_memory_is_bounded() -> None:
    model = plain(memory=2)
    first = model.profile("Anna")
    for word in ("Keller", "Paris", "Server"):
        model.profile(word)
    assert model.profile("Anna") == first
    assert len(model._profiles) <= 2


def test_the_packaged_model_tells_names_from_words_by_their_letters() -> None:
    model = packaged_model()
    unknown = {
        word: model.kind(word, word.lower()) for word in ("Przybylowicz", "Kowalczewski", "Verrechnung", "Kompilierung")
    }
    assert unknown["Przybylowicz"] >= Kind.LIKE
    assert unknown["Kowalczewski"] >= Kind.LIKE
    assert unknown["Verrechnung"] == unknown["Kompilierung"] == Kind.UNLIKE
