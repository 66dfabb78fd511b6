from __future__ import annotations

from itertools import product
from math import exp, isclose

import pytest

from bartizan.inspection.names.decoder import LONGEST_RUN, Decoder, marginals, run_around, runs
from bartizan.inspection.names.model import packaged_model
from bartizan.inspection.names.words import tokens

DECODER = Decoder(packaged_model())


def found(text: str, *, small: bool = False) -> list[tuple[str, bool]]:
    """All names of a text, every word being a candidate that begins with a capital, or with a letter (`small`)."""
    places = [start for start, _, word in tokens(text) if (word[0].isalpha() if small else word[0].isupper())]
    return [(text[name.start : name.end], name.sure) for name in DECODER.names(text, places, small=small)]


def test_marginals_are_those_of_all_ways_through() -> None:
    emitted = [(0.1, 1.0, -0.5, 0.2), (0.3, -1.0, 0.7, 0.0), (0.5, 0.4, 0.3, -2.0)]
    moves = [[exp(0.1 * old - 0.2 * new) for new in range(4)] for old in range(4)]
    moves[0][2] = moves[3][2] = 0.0
    total, by_tag = 0.0, [[0.0] * 4 for _ in emitted]
    for way in product(range(4), repeat=3):
        weight = moves[0][way[0]] * moves[way[-1]][0]
        for place, tag in enumerate(way):
            weight *= exp(emitted[place][tag]) * (moves[way[place - 1]][tag] if place else 1)
        total += weight
        for place, tag in enumerate(way):
            by_tag[place][tag] += weight
    for row, expected in zip(marginals(emitted, moves), by_tag, strict=True):
        assert all(isclose(one, other / total) for one, other in zip(row, expected, strict=True))


@pytest.mark.parametrize(
    ("text", "at", "run"),
    [
        ("so Anna Keller left", 1, "Anna Keller"),
        ("so Ludwig van der Rohe left", 4, "Ludwig van der Rohe"),
        ("so Anna, Keller left", 1, "Anna"),
        ("so Anna  Keller left", 1, "Anna"),
        ("so J.R.Tolkien left", 1, "J.R.Tolkien"),
        ("so Anna de la del Rio", 1, "Anna"),
        ("so Anna de", 1, "Anna"),
        ("so Anna van hier", 1, "Anna"),
        ("so anna Keller left", 2, "anna Keller"),
        ("so " + "Anna " * 20, 1, "Anna " * LONGEST_RUN),
        ("so " + "Anna " * 20, 15, "Anna " * LONGEST_RUN),
    ],
)
def test_runs_go_over_capitals_and_particles(text: str, at: int, run: str) -> None:
    words = DECODER.words(tokens(text))
    first, last = run_around(text, words, at)
    assert text[words[first][0] : words[last - 1][1]] == run.strip()


def test_a_long_run_is_cut_for_training_without_overlap() -> None:
    text = "Anna " * 11 + "and then, Keller"
    parts = list(runs(text, DECODER.words(tokens(text))))
    assert parts == [(0, 8), (8, 11), (14, 15)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I met Anna Keller and Luca Rossi in Paris.", [("Anna Keller", True), ("Luca Rossi", True)]),
        ("Herr Dr. Keller und Frau Meier kommen.", [("Keller", True), ("Meier", True)]),
        ("Her name is Przemka.", [("Przemka", True)]),
        ("On l'appelle Anna.", [("Anna", True)]),
        ("Wir fahren morgen nach Zürich.", []),
        ("The Server is down.", []),
        ("signed, Anna", [("Anna", True)]),
        ("I met \ud800 Anna Keller", [("Anna Keller", True)]),
    ],
)
def test_names(text: str, expected: list[tuple[str, bool]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("my name is Table", True),
        ("and his name: Table", True),
        ("so it is Table", False),
        ("they ask Dr. Table", True),
        ("and je m'appelle Table", True),
        ("Table", False),
    ],
)
def test_what_stands_in_front_makes_an_unlikely_word_sure(text: str, sure: bool) -> None:
    words = DECODER.words(tokens(text))
    (name,) = Decoder(DECODER.model, least=1e-9).decode(words, len(words) - 1, len(words))
    assert (text[name.start : name.end], name.sure) == ("Table", sure)


def test_names_in_small_letters_are_never_sure() -> None:
    assert found("my name is anna keller", small=True) == [("anna keller", False)]


def test_two_names_in_one_run_are_two() -> None:
    text = "Thanks Anna Keller"
    words = DECODER.words(tokens(text))
    always = Decoder(DECODER.model, least=1e-9)
    assert [(text[one.start : one.end]) for one in always.decode(words, 0, 3)] == ["Thanks", "Anna Keller"]


def test_only_what_stands_near_is_looked_at() -> None:
    text = "x" * 5_000 + " Anna Keller " + "y" * 5_000
    assert [text[name.start : name.end] for name in DECODER.names(text, [5_001])] == ["Anna Keller"]


def test_what_was_decoded_is_still_seen_but_not_decoded_again() -> None:
    text = "Anna Keller Rossi"
    whole, again = (list(DECODER.names(text, places)) for places in ([0], [0, 5, 12]))
    assert whole == again
