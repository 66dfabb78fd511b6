"""Headers that go on between callers and providers."""

from __future__ import annotations

import pytest

from bartizan.guard.passing import BACK, KEYS, PASSED

GOOD = [
    ("x-request-id", "req_0af3b1c2d4e5f60718293a4b5c6d7e8f"),
    ("x-request-id", "0af3b1c2d4e5f60718293a4b5c6d7e8f"),
    ("request-id", "req_011CSHoEeqs5C35K2UUqR7Fy"),
    ("apim-request-id", "6B29FC40-CA47-1067-B31D-00DD010662DA"),
    ("x-ratelimit-limit-requests", "5000"),
    ("x-ratelimit-remaining-tokens", "159976"),
    ("x-ratelimit-reset-requests", "12ms"),
    ("x-ratelimit-reset-tokens", "6m0.5s"),
    ("x-ratelimit-reset-tokens", "1"),
    ("anthropic-ratelimit-input-tokens-remaining", "9"),
    ("anthropic-ratelimit-requests-reset", "2026-01-01T00:00:00Z"),
    ("openai-processing-ms", "120"),
    ("retry-after", "20"),
    ("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT"),
    ("retry-after-ms", "20.5"),
    ("x-should-retry", "false"),
]
BAD = [
    ("x-request-id", "anna@example.ch"),
    ("x-request-id", "req_abc\n"),
    ("x-request-id", "4111111111111111"),
    ("x-ratelimit-remaining-tokens", "9 of 10"),
    ("anthropic-ratelimit-requests-reset", "soon"),
    ("retry-after", "Anna, 21 Oct 2026 07:28:00 GMT"),
    ("retry-after", "-1"),
    ("x-should-retry", "perhaps"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_what_clients_read_goes_back(name: str, value: str) -> None:
    assert BACK[name].match(value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_could_carry_a_text_does_not(name: str, value: str) -> None:
    assert not BACK[name].match(value)


def test_no_name_is_a_credentials() -> None:
    assert not KEYS & {*PASSED, *BACK}
    assert not [name for name in BACK if "organization" in name or "project" in name]
