from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

from bartizan import __version__
from bartizan.console import measuring
from bartizan.console.identity import ConsoleSettings
from bartizan.console.measuring import Waiting, measured, scraped, summed_up, watch_due
from bartizan.console.metrics import ConsoleMetrics, looked_up
from bartizan.model.documents import Kind
from bartizan.soc.summed import Summed
from bartizan.store.register import Unavailable
from bartizan.store.register.open import SqlRegister, open_register
from tests.console.bad_input.ground import seed
from tests.console.bad_input.real import Real
from tests.console.identity.house import ADDRESS, Browser
from tests.support import REPOSITORY

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC = "https://ai.example.com"


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlRegister]:
    """Give a register on SQLite."""
    opened = open_register(tmp_path / "register.db")
    yield opened
    opened.close()


def _measured(register: SqlRegister, address: str = ADDRESS, token_file: str = "") -> Real:
    real = Real(register, address=address, settings=ConsoleSettings(address=address))
    services = replace(real.services, metrics_token_file=token_file)
    inner = next(one for cell in real.inner.__closure__ if isinstance(one := cell.cell_contents, Litestar))
    inner.state["services"] = services
    real.app = measured(real.app, services.metrics)
    return real


def test_requests_and_sign_ins_are_counted_without_a_name(register: SqlRegister) -> None:
    real = _measured(register)
    real.keep(Kind.TOOL)
    browser = real.signed_in("boss")
    real.browser().post("/signin", data={"email": "boss@example.com", "password": "wrong, quite wrong"})
    browser.get(f"/tools/{seed(Kind.TOOL).name}")
    browser.get("/tools/nobodys")
    browser.head("/tools")
    browser.get("/nowhere/claims")
    browser.request("PROPFIND", "/tools")
    text = real.browser().get("/metrics").text
    asked = set(re.findall(r"request_seconds_count\{(.*?)\} 1$", text, re.MULTILINE))
    assert asked >= {
        'method="POST",route="/signin",status="3xx"',
        'method="POST",route="/signin",status="4xx"',
        'method="GET",route="/tools/{name}",status="2xx"',
        'method="GET",route="/tools/{name}",status="4xx"',
        'method="HEAD",route="/tools",status="2xx"',
        'method="GET",route="other",status="4xx"',
        'method="other",route="other",status="4xx"',
    }
    assert 'bartizan_console_sign_ins_total{outcome="let-in"} 1' in text
    assert 'bartizan_console_sign_ins_total{outcome="refused"} 1' in text
    assert "bartizan_console_database_up 1\n" in text
    assert f'bartizan_console_info{{version="{__version__}"}} 1' in text
    assert "boss" not in text
    assert seed(Kind.TOOL).name not in text


@pytest.mark.parametrize(
    ("address", "peer", "headers", "status"),
    [
        (ADDRESS, "127.0.0.1", {}, 200),
        (ADDRESS, "::1", {}, 200),
        (ADDRESS, "192.0.2.7", {}, 403),
        (ADDRESS, "127.0.0.1", {"x-forwarded-for": "192.0.2.7"}, 403),
        (ADDRESS, "127.0.0.1", {"host": "evil.example"}, 403),
        (ADDRESS, "127.0.0.1", {"sec-fetch-site": "cross-site"}, 403),
        # What a proxy in front sends comes from this machine, for whomever it is.
        (PUBLIC, "127.0.0.1", {}, 403),
    ],
)
def test_without_a_token_metrics_are_for_this_machine_alone(
    register: SqlRegister, address: str, peer: str, headers: dict[str, str], status: int
) -> None:
    browser = Browser(_measured(register, address).app, address, peer=peer)
    answer = browser.get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("bartizan_console_info" in answer.text) == (status == 200)


def test_with_a_token_they_are_for_who_has_it_under_any_name(register: SqlRegister, tmp_path: Path) -> None:
    file = tmp_path / "metrics.token"
    file.write_text(TOKEN + "\n")
    real = _measured(register, PUBLIC, str(file))
    browser = Browser(real.app, PUBLIC, peer="10.0.0.9")
    for said in ("", "Bearer ", f"Basic {TOKEN}", "Bearer \u00e9"):
        answer = browser.get("/metrics", headers={b"authorization": said.encode()})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="metrics"')
    answer = browser.get("/metrics", headers={"authorization": f"Bearer {TOKEN}", "host": "10.0.0.5:8300"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    for content in (b"", b"short", b"\xff" * 40):
        file.write_bytes(content)
        assert browser.get("/metrics", headers={b"authorization": b"Bearer " + content}).status_code == 401
    file.unlink()
    assert browser.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 401


def test_processes_are_added_up_and_a_database_that_is_away_is_told(
    register: SqlRegister, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Real(register).services
    (tmp_path / "numbers").mkdir()
    worker = summed_up(services, tmp_path / "numbers", "worker")
    other = Summed(tmp_path / "numbers", "background-1", ConsoleMetrics)
    other.own.background.set(1)
    other.own.assessments.add(3, "made")
    other.own.assessments.add(1, "failed")
    other.save(services.clock().timestamp())
    worker.metrics.assessments.add(1, "made")

    def away(*_: object) -> None:
        raise Unavailable("it is away")

    monkeypatch.setattr(type(register.documents), "get", away)
    text = scraped(worker)
    assert 'bartizan_console_assessments_total{outcome="made"} 4' in text
    assert 'bartizan_console_assessments_total{outcome="failed"} 1' in text
    assert "bartizan_console_workers 1\n" in text
    assert "bartizan_console_background 1\n" in text
    assert "bartizan_console_database_up 0\n" in text
    assert summed_up(services, None, "worker") is services


def test_what_waits_longest_is_told_by_how_long_it_has_been_seen() -> None:
    waiting, now = Waiting(), datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert waiting.seen([], now) == (0, 0)
    assert waiting.seen(["a"], now) == (1, 0)
    assert waiting.seen(["a", "b"], now + timedelta(seconds=30)) == (2, 30)
    assert waiting.seen(["b"], now + timedelta(seconds=90)) == (1, 60)
    assert waiting.seen(["a"], now + timedelta(seconds=100)) == (1, 0), "what was done and is due again begins anew"


def test_what_is_due_is_looked_at_again_and_again(register: SqlRegister, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "_LOOK", 0.01)
    real = Real(register)
    real.keep(Kind.SYSTEM)
    ended, seen = threading.Event(), real.services.metrics.due
    watch_due(real.services, ended)
    for _ in range(500):
        if seen.value:
            break
        threading.Event().wait(0.01)
    ended.set()
    assert seen.value == 1


def test_every_metric_is_in_the_guide() -> None:
    guide = (REPOSITORY / "docs" / "console.md").read_text()
    for family in (one for each in (ConsoleMetrics(), *looked_up("1", database=True)) for one in each.families()):
        name = f"{family.name}_total" if family.kind == "counter" else family.name
        assert f"| `{name}` |" in guide


def test_a_caller_who_goes_away_before_the_answer_is_no_failure_of_ours() -> None:
    async def gone(*_: object) -> None:
        raise asyncio.CancelledError

    metrics = ConsoleMetrics()
    scope: Any = {"type": "http", "method": "GET", "path_template": "/systems/{name:str}/paths"}
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(measured(gone, metrics)(scope, gone, gone))  # type: ignore[arg-type]
    assert '_count{method="GET",route="/systems/{name}/paths",status="none"} 1' in metrics.text()
