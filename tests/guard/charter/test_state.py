"""What was used is counted, written and read again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.charter import State, read_state, write_state
from bartizan.guard.charter.state import Used, in_a_row, note
from bartizan.model import InputError


@pytest.mark.parametrize(
    ("recent", "call", "times"),
    [
        ("", "a", 1),
        ("a", "a", 2),
        ("aaa", "a", 4),
        ("aba", "b", 2),
        ("ababa", "b", 3),
        ("xyzxyzxy", "z", 3),
        ("aab", "a", 1),
        ("abcdefgh" + "abcdefg", "h", 2),
        ("abcdefghi" + "abcdefgh", "i", 1),
    ],
)
def test_loops(recent: str, call: str, times: int) -> None:
    assert in_a_row(list(recent), call) == times


@given(st.text(alphabet="ab", max_size=20), st.sampled_from("ab"))
def test_loops_as_they_are_defined(recent: str, call: str) -> None:
    calls = recent + call
    most = max(
        times
        for size in range(1, 9)
        for times in range(1, len(calls) + 1)
        if times == 1 or (times * size <= len(calls) and calls.endswith(calls[-size:] * times))
    )
    assert in_a_row(list(recent), call) == most


def test_a_state_comes_back() -> None:
    state = State()
    state.session("s", 1.0).used.add(1, {"EUR": Decimal("0.10")})
    state.of_day("2026-01-05").add(1, {"EUR": Decimal("0.10")})
    state.spent(["s"], "2026-01-05", 100, 0.5, 2.0)
    state.spent(["s"], "2026-01-05", -100, -0.5, 3.0)
    note(state.session("s", 3.0), "digest")
    read = read_state(write_state(state))
    assert read == state
    assert (read.today.tokens, read.today.money, read.sessions["s"].last) == (100, 0.5, 3.0)
    assert read.today.paid == {"EUR": Decimal("0.10")}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"sessions": 1}', b"\xff", b"[" * 5_000])
def test_what_is_no_state(content: bytes) -> None:
    with pytest.raises(InputError, match="no state"):
        read_state(content)


def test_another_version() -> None:
    with pytest.raises(InputError, match="has version 2"):
        read_state(b'{"version": 2}')


def test_another_day_begins_anew() -> None:
    state = State()
    state.of_day("2026-01-05").add(1, {})
    assert state.of_day("2026-01-05").calls == 1
    assert state.of_day("2026-01-06").calls == 0


def test_nothing_goes_below_nothing() -> None:
    used = Used()
    used.add(1, {"EUR": Decimal(5)}, -1)
    assert (used.calls, used.paid) == (0, {"EUR": Decimal(0)})


def test_only_the_last_calls_are_kept() -> None:
    session = State().session("s", 0.0)
    for number in range(600):
        note(session, str(number))
    assert session.steps == 600
    assert len(session.recent) <= 512
    assert session.recent[-1] == "599"


def test_sessions_that_are_idle_longest_make_room() -> None:
    state = State()
    for number in range(10_001):
        state.session(str(number), float(number))
    assert len(state.sessions) == 5_001
    assert {"10000", "9999"} <= state.sessions.keys()
    assert "0" not in state.sessions
