"""What evidence about one control at one place says on a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import Evidence, Placed, parse_text
from bartizan.model.base import standing_of

DAY = date(2026, 11, 28)


def piece(observed: int, source: str = "test", outcome: str = "pass", until: int | None = None) -> Evidence:
    """Evidence that was observed so many days ago, and is good for so many days from today on."""
    end = None if until is None else DAY + timedelta(days=until)
    return Evidence(source=source, outcome=outcome, observed_at=DAY - timedelta(days=observed), good_until=end)


@pytest.mark.parametrize(
    ("evidence", "says", "by"),
    [
        ([], "claimed", None),
        ([piece(5)], "proven", 0),
        ([piece(5, until=0)], "proven", 0),
        ([piece(5, until=-1)], "expired", 0),
        ([piece(-1)], "expired", None),
        ([piece(9, until=-2), piece(3, until=-1)], "expired", 1),
        ([piece(5, until=3), piece(4, until=9), piece(3, until=1)], "proven", 1),
        ([piece(5, until=3), piece(6)], "proven", 1),
        ([piece(5, outcome="fail")], "failing", 0),
        ([piece(5, outcome="fail", until=-1)], "failing", 0),
        ([piece(9), piece(5, "scan", "fail")], "failing", 1),
        ([piece(5, "scan", "fail"), piece(4)], "proven", 1),
        ([piece(5, "scan", "fail"), piece(5)], "failing", 0),
        ([piece(5, "test", "fail"), piece(5, "test")], "proven", 1),
        ([piece(5, "scan", "fail"), piece(4, "attestation")], "failing", 0),
        ([piece(5, "attestation", "fail"), piece(4, "attestation")], "proven", 1),
        ([piece(5, "attestation", "fail"), piece(4, "test")], "proven", 1),
        ([piece(5, "scan", "fail"), piece(-1, "scan")], "failing", 0),
        ([piece(9, "scan", "fail"), piece(5, "review", "fail"), piece(7)], "failing", 1),
    ],
)
def test_what_is_newest_counts_and_bad_news_before_a_word(evidence: list[Evidence], says: str, by: int | None) -> None:
    assert standing_of(evidence, DAY) == (says, None if by is None else evidence[by])


pieces = st.builds(
    piece,
    st.integers(-3, 30),
    st.sampled_from(["test", "scan", "attestation"]),
    st.sampled_from(["pass", "fail"]),
    st.none() | st.integers(-20, 20),
)


@given(st.lists(pieces, max_size=6))
def test_a_failure_of_today_is_never_hidden(evidence: list[Evidence]) -> None:
    bad = piece(0, "gateway", "fail")

    assert standing_of([*evidence, bad], DAY) == ("failing", bad) or any(
        one.outcome == "fail" and one.observed_at == DAY for one in evidence
    )


@given(st.lists(pieces, max_size=6))
def test_nothing_is_proven_without_a_fresh_success(evidence: list[Evidence]) -> None:
    says, by = standing_of(evidence, DAY)

    assert says != "proven" or (by is not None and by.fresh(DAY))


def test_a_system_can_say_that_a_control_is_planned() -> None:
    text = "{id: s, components: {bot: {kind: agent, controls: [{control: rate-limit, planned: 2027-01-01}]}}}"

    assert parse_text(text).components["bot"].controls == [Placed(control="rate-limit", planned=date(2027, 1, 1))]
