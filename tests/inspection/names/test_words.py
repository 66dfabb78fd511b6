from __future__ import annotations

import pytest

from bartizan.inspection.names.words import fold, tokens


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("KELLER", "keller"),
        ("Müller", "muller"),
        ("Łukasz", "lukasz"),
        ("Þórður", "thordur"),
        ("Groß", "gross"),
        ("O\u2019Neil", "o'neil"),
        ("İlker", "ilker"),
    ],
)
def test_case_and_marks_go(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dr. Anna-Lena O'Neil left.", ["Dr.", "Anna-Lena", "O'Neil", "left", "."]),
        ("J.R. Smith's 2nd car", ["J.R.", "Smith", "2", "nd", "car"]),
        ("J. Smith\u2019s", ["J.", "Smith"]),
        ("a_b\n12.5 (x)", ["a", "_", "b", "\n", "12.5", "(", "x", ")"]),
    ],
)
def test_titles_keep_their_point_and_words_lose_the_genitive(text: str, words: list[str]) -> None:
    assert [word for _, _, word in tokens(text)] == words


def test_places_are_those_of_the_words() -> None:
    text = "Ask Zoë's aunt. Mr. X"
    assert all(text[start:end] == word for start, end, word in tokens(text, 4))
    assert [word for _, _, word in tokens(text, 4, 9)] == ["Zoë"]
