"""What a refused caller is told to send (RFC 6750, section 3)."""

from __future__ import annotations

import pytest

from bartizan.guard.identity import challenge


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("not-identified", 'Bearer realm="bartizan"'),
        ("token-expired", 'Bearer realm="bartizan", error="invalid_token"'),
        ("key-not-valid", 'Bearer realm="bartizan", error="invalid_token"'),
        ("credentials-differ", 'Bearer realm="bartizan", error="invalid_request"'),
    ],
)
def test_challenges(rule: str, told: str) -> None:
    assert challenge(rule) == told
