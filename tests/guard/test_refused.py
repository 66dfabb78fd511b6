"""What refusals are made for that no rule asks for, and the headers that all doors send with one."""

from __future__ import annotations

import pytest

from bartizan.guard.passing import refusal_headers, seconds_of
from bartizan.guard.refused import Refused, failed, undecided
from bartizan.model import InputError


@pytest.mark.parametrize(
    ("status", "readable", "wanted"),
    [
        (429, True, None),
        (429, False, (429, "upstream-error")),
        (401, True, (401, "upstream-credential")),
        (206, True, (502, "upstream-error")),
        (302, False, (502, "upstream-error")),
    ],
)
def test_a_failing_answer_goes_on_when_it_can_be_read(
    status: int, readable: bool, wanted: tuple[int, str] | None
) -> None:
    made = failed(status, readable=readable, again=7)
    assert (None if made is None else (made.status, made.rule)) == wanted
    if made is not None:
        assert made.again == (7 if made.rule == "upstream-error" else 0)


def test_what_went_wrong_here_says_nothing_of_the_call() -> None:
    assert undecided(InputError("the disk is full")).status == 503
    made = undecided(ZeroDivisionError("a private word"))
    assert (made.status, made.rule) == (500, "gateway-failed")
    assert "private" not in made.sentence


def test_headers_of_a_refusal() -> None:
    assert refusal_headers(Refused(403, "staff", "no"), "", "") == [
        ("content-type", "application/json"), ("x-bartizan-rule", "staff"),
    ]  # fmt: skip
    told = dict(refusal_headers(Refused(429, "day", "no", again=9), "anthropic", "0af7"))
    assert (told["x-request-id"], told["request-id"], told["retry-after"]) == ("0af7", "0af7", "9")
    told = dict(refusal_headers(Refused(401, "token-expired", "no"), "openai", "0af7"))
    assert told["www-authenticate"] == 'Bearer realm="bartizan", error="invalid_token"'
    assert "request-id" not in told


@pytest.mark.parametrize(("said", "wanted"), [("12", 12), ("", 0), ("Wed, 21 Oct 2026 07:28:00 GMT", 0), ("٣", 0)])
def test_seconds_of_a_retry(said: str, wanted: int) -> None:
    assert seconds_of(said) == wanted
