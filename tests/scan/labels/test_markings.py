"""Markings in words: found where they are meant, left alone in prose."""

from __future__ import annotations

import pytest

from bartizan.scan.labels.found import Words
from bartizan.scan.labels.markings import find_markings


def _found(text: str, own: dict[str, str] | None = None) -> list[tuple[str, str, int]]:
    return [(one.scheme, one.text, one.weight) for one in find_markings(Words("x", text), own or {})]


@pytest.mark.parametrize(
    ("text", "scheme", "marking", "weight"),
    [
        ("TLP:RED", "TLP", "TLP:RED", 3),
        ("tlp: amber + strict", "TLP", "TLP:AMBER+STRICT", 2),
        ("see TLP:AMBER, please", "TLP", "TLP:AMBER", 2),
        ("TLP:WHITE", "TLP", "TLP:CLEAR", 0),
        ("TLP-GREEN", "TLP", "TLP:GREEN", 1),
        ("INTERN", "Swiss", "INTERN", 1),
        ("– Vertraulich –", "Swiss", "VERTRAULICH", 2),
        ("GEHEIM\nSeite 1", "Swiss", "GEHEIM", 3),
        ("Klassifizierung: intern", "Swiss", "INTERN", 1),
        ("CONFIDENTIEL", "Swiss", "CONFIDENTIEL", 2),
        ("ad  uso interno", "Swiss", "AD USO INTERNO", 1),
        ("Segreto", "Swiss", "SEGRETO", 3),
        ("Classificaziun: confidenzial", "Swiss", "CONFIDENZIAL", 2),
        ("SECRET", "company", "SECRET", 3),
        ("Classification = Public", "company", "PUBLIC", 0),
        ("NATO SECRET", "NATO", "NATO SECRET", 3),
        ("Releasable: NATO UNCLASSIFIED only", "NATO", "NATO UNCLASSIFIED", 1),
        ("SECRET UE/EU SECRET", "EU", "SECRET UE/EU SECRET", 3),
        ("This paper is strictly confidential.", "company", "STRICTLY CONFIDENTIAL", 3),
        ("Nur für den internen Gebrauch", "company", "NUR FÜR DEN INTERNEN GEBRAUCH", 1),
    ],
)
def test_each_scheme_is_known(text: str, scheme: str, marking: str, weight: int) -> None:
    assert _found(text) == [(scheme, marking, weight)]


@pytest.mark.parametrize(
    "text",
    [
        "internal medicine",
        "the secret of success",
        "Public Key Infrastructure",
        "Intern report by an intern",
        "TLP:BLUE",
        "TLP",
        "bring TLP:REDUCED",
        "nato secretary",
        "",
    ],
)
def test_prose_is_no_marking(text: str) -> None:
    assert _found(text) == []


def test_own_words_have_their_own_class() -> None:
    (found,) = find_markings(Words("x", "Bank  INTERN C2 | page 1"), {"Bank intern C2": "confidential"})
    assert (found.scheme, found.text, found.class_) == ("own", "Bank intern C2", "confidential")
    assert find_markings(Words("x", "Ebank intern c2x"), {"Bank intern C2": "confidential"}) == []


def test_own_words_stand_before_common_ones() -> None:
    found = find_markings(Words("x", "strictly confidential"), {"Strictly confidential": "internal"})
    assert [(one.scheme, one.class_) for one in found] == [("own", "internal")]
