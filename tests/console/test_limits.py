from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar import Litestar

from bartizan.console import limits as module
from bartizan.console.identity.api_tokens import make_token
from bartizan.console.limits import DEAR, LONG, Limits, Over
from bartizan.console.measuring import measured
from bartizan.console.metrics import ConsoleMetrics
from bartizan.govern.roles import Action
from bartizan.store.register.open import open_register
from tests.console.bad_input.real import Real
from tests.console.identity.house import HERE


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    """Give the whole console, to which people sign in."""
    register = open_register(tmp_path / "register.db")
    yield Real(register)
    register.close()


class Clock:
    """Seconds that tests move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def _many(limits: Limits, who: str, times: int, dear: int = 0) -> list[Over]:
    return [over for _ in range(times) if (over := limits.take(who, dear)) is not None]


def test_ten_seconds_worth_may_come_at_once_and_then_so_many_a_second() -> None:
    clock = Clock()
    limits = Limits(20, clock)
    assert not _many(limits, "person a", 200)
    assert limits.take("person a") == Over("requests", 1, told=False)
    clock.now += 1
    assert len(_many(limits, "person a", 25)) == 5
    clock.now += 3_600
    assert len(_many(limits, "person a", 201)) == 1, "no more is saved up than what may come at once"


def test_what_is_dear_has_a_smaller_bound_and_says_when_to_come_back() -> None:
    clock = Clock()
    limits = Limits(20, clock)
    assert not _many(limits, "person a", 20, DEAR)
    assert limits.take("person a", DEAR) == Over("dear", 1, told=False)
    assert limits.take("person a") is None, "pages go on"
    assert limits.take("person a", LONG) == Over("dear", 5, told=True)
    clock.now += 5
    assert limits.take("person a", LONG) is None


def test_a_small_bound_lets_everything_through_once() -> None:
    limits = Limits(1, Clock())
    assert limits.take("person a", LONG) is None


def test_accounts_do_not_hold_up_each_other() -> None:
    limits = Limits(1, Clock())
    assert len(_many(limits, "person a", 20)) == 10
    assert not _many(limits, "person b", 10)


def test_the_log_hears_of_an_account_once_a_minute() -> None:
    clock = Clock()
    limits = Limits(1, clock)
    _many(limits, "person a", 10)
    told = []
    for _ in range(65):
        told.append([over.told for over in _many(limits, "person a", 5)])
        clock.now += 1
    assert sum(not one for each in told for one in each) == 2


def test_accounts_that_have_not_asked_for_a_while_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MANY", 3)
    clock = Clock()
    limits = Limits(20, clock)
    for name in "abc":
        _many(limits, name, 200)
    clock.now += 1
    assert limits.take("d") is None
    assert len(_many(limits, "a", 30)) == 10, "who is not back at the full bound is remembered"
    clock.now += 100
    limits.take("e")
    assert set(limits._accounts) == {"e"}


def test_a_person_and_a_script_that_ask_too_often_are_told_when_to_come_back(
    real: Real, caplog: pytest.LogCaptureFixture
) -> None:
    clock, metrics = Clock(), ConsoleMetrics()
    inner = next(one for cell in real.inner.__closure__ if isinstance(one := cell.cell_contents, Litestar))
    inner.state["limits"] = Limits(0.5, clock)
    real.app = measured(real.app, metrics)
    browser = real.signed_in("boss")
    _, token = make_token(
        real.identity, real.acting("boss"), HERE, name="ci", actions=frozenset({Action.READ}), units=None,
        until=real.services.today(),
    )  # fmt: skip
    caplog.set_level(logging.INFO, "bartizan.console")
    answers = [browser.get("/tools") for _ in range(7)]
    assert [one.status_code for one in answers] == [200] * 5 + [429] * 2
    assert answers[-1].headers["retry-after"] == "2"
    assert "Too many requests" in answers[-1].text
    assert browser.get("/nowhere").status_code == 429, "what leads nowhere counts as well"
    script = real.program(token)
    told = [script.get("/api/v1/me") for _ in range(6)]
    assert [one.status_code for one in told] == [200] * 5 + [429], "a person's programs count apart from the person"
    assert told[-1].headers["content-type"] == "application/problem+json"
    assert told[-1].headers["retry-after"] == "2"
    assert "wait 2 seconds" in told[-1].json()["detail"]
    lines = [one.getMessage() for one in caplog.records if one.getMessage().startswith("refused")]
    assert lines == [
        "refused with 429: GET /tools, by boss from 127.0.0.1",
        "refused with 429: GET /api/v1/me, by boss from 127.0.0.1",
    ]
    clock.now += 2
    assert browser.get("/tools").status_code == 200
    assert 'bartizan_console_limited_total{limit="requests"} 4' in metrics.text()
