"""The demo's made-up people: the same each time. What they do at the gateway is in test_up.py."""

from __future__ import annotations

from bartizan.cli.up_demo_staff import asked, day_of


def test_the_day_of_the_staff_is_the_same_each_time_and_in_order() -> None:
    day = list(day_of())
    assert day == list(day_of())
    shares = [share for share, _ in day]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 1 / 24
    assert sum(share > 23 / 24 for share in shares) > 20
    assert len({asked(number).who for number in range(12)}) == 6
