from __future__ import annotations

import pytest

from bartizan.inspection.finders.person import person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I think that Anna Keller knows.", [("Anna Keller", 75)]),
        ("Mein Name ist Besnik Krasniqi.", [("Besnik Krasniqi", 75)]),
        ("hi simon, did you get the email?", [("simon", 65)]),
        ("KELLER ANNA, born 1980", [("KELLER ANNA", 75)]),
        ("The report is ready.", []),
        ("", []),
    ],
)
def test_names_and_how_sure_they_are(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(text[start:end], sure) for start, end, sure in person(text)] == expected


def test_no_name_is_certain_without_a_keyword() -> None:
    text = "Dr. Anna Keller met Luca Rossi, then Ueli called Herr Zgraggen. " * 200
    assert {sure for _, _, sure in person(text)} <= {65, 75}
