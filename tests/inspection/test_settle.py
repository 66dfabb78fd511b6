"""Of findings that overlap, the surer and longer stand; what the same characters may be is told."""

from __future__ import annotations

import pytest

from bartizan.inspection.detect import Found
from bartizan.inspection.settle import settle


@pytest.mark.parametrize(
    ("found", "kept"),
    [
        ([], []),
        ([(0, 5, 1, 75, 0), (6, 9, 2, 65, 0)], [0, 1]),
        ([(0, 5, 1, 75, 0), (0, 5, 2, 75, 0)], [0, 1]),
        ([(0, 5, 1, 75, 0), (0, 5, 2, 65, 0)], [0, 1]),
        ([(0, 5, 1, 85, 0), (0, 5, 2, 65, 0)], [0]),
        ([(0, 9, 1, 75, 0), (2, 5, 2, 75, 0)], [0]),
        ([(0, 9, 1, 75, 0), (2, 5, 2, 85, 0)], [0, 1]),
        ([(0, 9, 1, 85, 0), (2, 5, 2, 75, 0)], [0]),
        ([(0, 5, 1, 75, 0), (3, 8, 2, 85, 0)], [1]),
        ([(0, 5, 1, 75, 0), (3, 9, 2, 75, 0)], [1]),
        ([(0, 9, 1, 75, 0), (1, 3, 2, 85, 0), (5, 7, 3, 85, 0)], [0, 1, 2]),
        ([(0, 5, 1, 75, 0), (0, 5, 1, 85, 0)], [1]),
        ([(0, 5, 1, 75, 2), (0, 5, 1, 75, 0)], [1]),
        ([(0, 4, 1, 75, 0), (3, 9, 2, 85, 0), (8, 12, 3, 75, 0)], [1]),
    ],
)
def test_settle(found: list[Found], kept: list[int]) -> None:
    assert settle(found, [0] * 4) == sorted(
        (found[number] for number in kept), key=lambda one: (one[0], -one[1], -one[3])
    )


def test_what_is_more_secret_stands_inside_of_what_is_less() -> None:
    address, password = (0, 20, 1, 85, 0), (0, 8, 2, 75, 0)
    assert settle([address, password], [0, 1, 3]) == [address, password]
    assert settle([address, password], [0, 1, 1]) == [address]
    assert settle([address, (0, 8, 2, 65, 0)], [0, 1, 3]) == [address]
