"""Which budgets a call falls under."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.config import Budget
from bartizan.guard.limits import Amount, Budgets, window
from bartizan.guard.limits.wanted import Per, limit_of
from bartizan.guard.principal import Principal
from bartizan.model import InputError

ALICE = Principal(id="alice", source="key:1", groups=frozenset({"claims", "all"}), application="desk")
NOW = datetime(2026, 11, 28, 10, 20, 30, tzinfo=UTC).timestamp()


def at(text: str) -> int:
    return int(datetime.fromisoformat(text + "Z").timestamp())


@pytest.mark.parametrize(
    ("per", "now", "start", "end"),
    [
        ("minute", "2026-11-28T10:20:30", "2026-11-28T10:20:00", "2026-11-28T10:21:00"),
        ("hour", "2026-11-28T10:20:30", "2026-11-28T10:00:00", "2026-11-28T11:00:00"),
        ("day", "2026-11-28T23:59:59", "2026-11-28T00:00:00", "2026-11-29T00:00:00"),
        ("month", "2026-11-30T23:59:59", "2026-11-01T00:00:00", "2026-12-01T00:00:00"),
        ("month", "2026-12-01T00:00:00", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
        ("month", "2028-02-29T12:00:00", "2028-02-01T00:00:00", "2028-03-01T00:00:00"),
    ],
)
def test_windows_are_those_of_the_clock_in_utc(per: Per, now: str, start: str, end: str) -> None:
    assert window(per, at(now)) == (at(start), at(end) - at(start))


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["minute", "hour", "day", "month"]),
)
def test_windows_follow_each_other_without_a_gap(now: datetime, per: Per) -> None:
    start, length = window(per, now.timestamp())
    assert start <= now.timestamp() < start + length
    assert window(per, start - 0.001)[0] + window(per, start - 0.001)[1] == start
    assert window(per, start + length)[0] == start + length
    assert datetime.fromtimestamp(start, UTC) + timedelta(seconds=length) > now


def test_each_kind_of_budget_finds_whose_it_is() -> None:
    kinds = ("principal", "application", "group", "sandbox", "all")
    budgets = Budgets([Budget(id=of, of=of, requests=5) for of in kinds])  # type: ignore[arg-type]
    wants = budgets.wants(ALICE, "pilot", NOW)
    assert [want.id for want in wants] == ["principal", "application", "group", "group", "sandbox", "all"]
    assert len({want.key for want in wants}) == 6
    assert all(want.limit == Amount(5, 0, 0) for want in wants)
    bare = Principal(id="alice", source="key:1")
    assert [want.id for want in budgets.wants(bare, "", NOW)] == ["principal", "all"]


def test_a_match_keeps_it_to_named_ones() -> None:
    budgets = Budgets([
        Budget(id="a", of="group", match=["claims", "law"], tokens=5),
        Budget(id="b", of="principal", match=["bob"], tokens=5),
    ])  # fmt: skip
    assert [want.key.split("\x1f")[2] for want in budgets.wants(ALICE, "", NOW)] == ["claims"]


def test_tenants_do_not_share() -> None:
    budgets = Budgets([Budget(id="a", of="principal", tokens=5)])
    other = Principal(id="alice", source="key:2", tenant="other")
    assert budgets.wants(ALICE, "", NOW)[0].key != budgets.wants(other, "", NOW)[0].key


def test_wants_are_remembered_while_their_window_lasts() -> None:
    budgets = Budgets([Budget(id="a", of="all", per="minute", tokens=5), Budget(id="b", of="all", per="day", tokens=5)])
    first = budgets.wants(ALICE, "", NOW)
    assert budgets.wants(ALICE, "", NOW + 29) is first
    following = budgets.wants(ALICE, "", NOW + 30)
    assert following[0].start == first[0].end
    assert following[1] == first[1]
    assert budgets.wants(ALICE, "", NOW)[0] == first[0]  # a clock that was set back
    for number in range(5_000):
        budgets.wants(Principal(id=str(number), source="key:1"), "", NOW)
    assert budgets.wants(ALICE, "", NOW) == first


def test_money_is_counted_in_millionths() -> None:
    assert limit_of(1, 2, 12.5) == Amount(1, 2, 12_500_000)
    assert limit_of(0, 0, 1e-9) == Amount(0, 0, 1)
    assert limit_of(0, 7, 0.0) == Amount(0, 7, 0)


@pytest.mark.parametrize(
    ("budgets", "sentence"),
    [
        ([Budget(id="a", of="all")], "limits nothing"),
        ([Budget(id="a", of="all", requests=-1)], "below 0"),
        ([Budget(id="a", of="all", requests=1, match=["x"])], "can't match names"),
        ([Budget(id="a", of="all", requests=1)] * 2, "two budgets `a`"),
    ],
)
def test_budgets_that_make_no_sense_are_refused(budgets: list[Budget], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Budgets(budgets)
