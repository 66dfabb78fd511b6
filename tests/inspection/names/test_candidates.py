from __future__ import annotations

import pytest

from bartizan.inspection.names.candidates import Candidates
from bartizan.inspection.names.model import packaged_model

CANDIDATES = Candidates(packaged_model())
FILLER = "the plan was good and nobody said a word about it. " * 200


def words(text: str) -> list[str]:
    """The first words of the candidates."""
    return [text[place:].split(maxsplit=1)[0].strip(".,:;!?") for place in CANDIDATES.places(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yesterday Anna met Ms. Keller in Berlin", ["Anna", "Keller"]),
        ("The Server and the Internet", []),
        ("Mark the box, but Mark left", ["Mark"]),
        ("Mark was here; Mark's car; Mark Keller", ["Mark", "Mark's", "Mark", "Keller"]),
        ("Long", ["Long"]),
        ("Dear Xqzt, this is Xqzt", ["Xqzt"]),
        ("my name is Xqzt", ["Xqzt"]),
        ("and then (Xqzt)", []),
        ("Xqzt is here", []),
        ("Dr. O'Brien", ["O'Brien"]),
        ("as A'Anna and d'Anna say", ["A'Anna", "Anna"]),
        ("broken \ud800 Anna", ["Anna"]),
        ("a path/Anna, foo.Anna, Anna.bar, @Anna, Anna(1), x=Anna, Anna@home, Anna::new", []),
        ("ANNA KELLER, XQZTER", ["ANNA", "KELLER"]),
        ("getAnna _Anna myAnna BerLIN", []),
        ("Étienne a vu Şükrü à Genève; élan", ["Étienne", "Şükrü"]),
        (
            "Anna Berta Carla Dora Emma Greta Hanna Ilse",
            ["Anna", "Berta", "Carla", "Dora", "Emma", "Greta", "Hanna", "Ilse"],
        ),
    ],
)
def test_candidates_are_the_same_in_short_and_in_long_texts(text: str, expected: list[str]) -> None:
    assert words(text) == expected
    if text != "Long":
        padded = FILLER + "\n" + text
        assert words(padded) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hi anna, did simon call?", ["anna", "simon"]),
        ("hallo jürgen, wo ist mürren?", ["jürgen"]),
        ("nobody is here", []),
        ("où est la clé?", []),
        ("Hi anna, is Simon here?", ["anna", "Simon"]),
        ("Hi, the tea is ready", []),
        ("User=x called anna", []),
        ("annas are not anna's, see anna@home", ["anna's"]),
        ("anna " + "and more " * 100, []),
        ("Anna and anna " + "and more " * 100, ["Anna"]),
    ],
)
def test_small_letters_count_in_short_texts(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_letters_outside_latin_1_may_begin_a_name_in_a_long_text() -> None:
    assert words(FILLER + "“Čeněk?” asked Ágnes. Why? Švejk 字 was there — Anna") == [
        "Čeněk?”",
        "Ágnes",
        "Švejk",
        "Anna",
    ]


def test_memory_is_bounded() -> None:
    fresh = Candidates(packaged_model(), memory=2)
    text = "Anna Keller Luca Rossi Ueli"
    assert fresh.places(text) == fresh.places(text) == CANDIDATES.places(text)
    assert len(fresh._standing) <= 2
