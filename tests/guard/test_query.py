"""Queries that may go on, and those that may not."""

from __future__ import annotations

import pytest

from bartizan.guard.query import known_query


@pytest.mark.parametrize(
    "query",
    ["", "api-version=2024-10-21", "api-version=2025-04-01-preview", "alt=sse", "beta=true", "limit=20&after_id=m-1"],
)
def test_what_official_clients_send_goes_on(query: str) -> None:
    assert known_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "key=btz_x",
        "alt=sse&key=btz_x",
        "alt=sse&",
        "x=1",
        "4111111111111111",
        "limit=4111111111111111",
        "api-version=4111-11-11-1111",
        "alt=%73se",
        "alt=sse\n",
        "after=٤١١١",
        "pageToken=YW5uYQ==",
    ],
)
def test_what_could_carry_something_does_not(query: str) -> None:
    assert not known_query(query)
