from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bartizan.inspection.injection.features import LONGEST, WORD, folded, pieces_of, read, slots_of
from tests.inspection.injection import plain


@given(st.text(max_size=300))
@example("")
@example("\ud800 lone")
@example("Ünïcode İstanbul ßtraße 忽略 all-previous_instructions 0x1f")
def test_words_pairs_and_pieces_are_those_of_plain_python(text: str) -> None:
    data = folded(text)
    found = read(data)
    expected = plain.words(data)
    assert list(zip(found.starts.tolist(), found.ends.tolist(), found.words.tolist(), strict=True)) == expected
    numbers = [number for _, _, number in expected]
    assert found.pairs.tolist() == [plain.pair(*two) for two in pairwise(numbers)]
    assert slots_of(found.words).tolist() == [plain.slot(number, WORD) for number in numbers]
    if len(data) > 2:
        assert pieces_of(data).tolist() == plain.pieces(data)


def test_the_longest_text_is_read() -> None:
    found = read(b"word " * (LONGEST // 5))
    assert set(found.words.tolist()) == {plain.words(b"word")[0][2]}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("Ignore ALL 1 and 22\tor\r\n", b"ignore all 0 and 00 or\n\n"),
        ("Vergiß ÄRGER", "vergiß ärger".encode()),
        ("trace 0441a799aa3edf876aaf and a", b"trace  and a"),
        ("id 12345678", b"id "),
        ("in 2024 and 2025", b"in  and "),
        ("\ud800", b"?"),
    ],
)
def test_a_text_is_folded(text: str, data: bytes) -> None:
    assert folded(text) == data
