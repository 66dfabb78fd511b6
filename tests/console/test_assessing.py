"""Assessments are kept up to date beside the requests: for all systems that are due, whatever happens to one."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bartizan.console import assessing
from bartizan.console.assessing import Assessor, standing
from bartizan.console.services import Services
from bartizan.model import System
from bartizan.model.assurance import ControlState, Proof, ProofSource
from bartizan.model.documents import Document, ExceptionSpec, Kind, Organisation
from bartizan.store.register import Unavailable
from bartizan.store.register.open import open_register
from tests.govern.support import system
from tests.support import packaged_catalog

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    register = open_register(tmp_path / "register.db")
    yield Services(register=register, catalog=packaged_catalog(), clock=Clock())
    register.close()


def put(services: Services, spec: Any, name: str, kind: Kind = Kind.SYSTEM) -> None:
    before = services.register.documents.get(kind, name)
    document = Document(kind=kind, name=name, spec=spec)
    expected = before.version if before else 0
    services.register.documents.put(document, expected=expected, by="anna", why="test", at=services.now())


def add(services: Services, *names: str) -> None:
    for name in names:
        put(services, msgspec.structs.replace(system(), id=name), name)


def prove(services: Services, control: str, place: str = "agent", **more: Any) -> None:
    given = {"source": ProofSource.TEST, "observed_at": START.date(), **more}
    services.register.evidence.add([Proof(system="bot", control=control, place=place, **given)], at=services.now())


def due(services: Services) -> list[str]:
    return [*services.register.assessments.due(services.today())]


def late(control: str) -> ExceptionSpec:
    """An exception that counts."""
    first, last = date(2026, 11, 1), date(2026, 12, 1)
    return ExceptionSpec(title="t", control=control, owner="o", why="w", approved_by="a", starts=first, ends=last)


def odd(name: str) -> System:
    """A system with a class of data that its scheme lacks, which no reader would have let in."""
    made = msgspec.structs.replace(system(), id=name)
    made.data["claims"].class_ = "odd"
    return made


def broken(name: str) -> System:
    """A system with a component that holds data which isn't there."""
    made = msgspec.structs.replace(system(), id=name)
    made.components["agent"].holds = ["nothing"]
    return made


def test_what_is_due_is_assessed_and_is_due_no_more(services: Services) -> None:
    add(services, "bot", "helper")

    assert Assessor(services).run() == 2
    assert due(services) == []
    assert Assessor(services).run() == 0
    kept = services.register.assessments.get("bot")
    assert kept is not None
    assert (kept.version, kept.as_of, kept.above_appetite, kept.mistake) == (1, date(2026, 11, 28), True, "")


@pytest.mark.parametrize("change", ["document", "evidence", "organisation", "exception"])
def test_what_changes_makes_it_anew(services: Services, change: str) -> None:
    add(services, "bot")
    Assessor(services).run()
    before = services.register.assessments.get("bot")
    if change == "document":
        put(services, system(criticality="critical"), "bot")
    elif change == "evidence":
        prove(services, "kill-switch")
    elif change == "organisation":
        put(services, Organisation(title="x", tiers=[]), "organisation", Kind.ORGANISATION)
    else:
        put(services, late("rate-limit"), "late", Kind.EXCEPTION)

    assert due(services) == ["bot"]
    assert Assessor(services).run() == 1
    after = services.register.assessments.get("bot")
    assert before is not None
    assert after is not None
    assert after.inputs != before.inputs
    assert due(services) == []


def test_evidence_that_ends_opens_the_control_again(services: Services) -> None:
    add(services, "bot")
    prove(services, "kill-switch", good_until=date(2026, 12, 5))
    assessor = Assessor(services)
    assessor.run()
    assert isinstance(services.clock, Clock)

    services.clock.now = START + timedelta(days=7)
    assert due(services) == []
    services.clock.now = START + timedelta(days=8)
    assert due(services) == ["bot"]
    assessor.run()

    kept = services.register.assessments.get("bot")
    assert kept is not None
    assert (kept.as_of, kept.controls[ControlState.PROVEN]) == (date(2026, 12, 6), 0)


def test_what_came_in_and_changes_nothing_is_not_computed_again(services: Services) -> None:
    add(services, "bot")
    assessor = Assessor(services)
    assessor.run()
    assert isinstance(services.clock, Clock)
    services.clock.now = START + timedelta(days=1)
    services.register.assessments.stale()

    assert assessor.run() == 1
    kept = services.register.assessments.get("bot")
    assert kept is not None
    assert kept.as_of == START.date()
    assert due(services) == []


def test_one_system_that_fails_does_not_stop_the_others(services: Services) -> None:
    put(services, odd("odd"), "odd")
    put(services, broken("broken"), "broken")
    add(services, "bot")

    assert Assessor(services).run() == 3
    made = {name: services.register.assessments.get(name) for name in ("odd", "broken", "bot")}
    assert {name: one.mistake for name, one in made.items() if one} == {
        "odd": "`odd` is not a class of the scheme",
        "broken": "something broke while it was assessed (KeyError)",
        "bot": "",
    }
    assert due(services) == []


def test_a_failure_is_tried_again_the_next_day_and_when_the_system_changes(services: Services) -> None:
    put(services, odd("bot"), "bot")
    assessor = Assessor(services)
    assessor.run()
    assert isinstance(services.clock, Clock)
    services.clock.now = START + timedelta(days=1)
    assert due(services) == ["bot"]

    put(services, system(), "bot")
    assessor.run()
    kept = services.register.assessments.get("bot")
    assert kept is not None
    assert kept.mistake == ""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even one system is enough to start processes for it."""
    monkeypatch.setattr(assessing, "_FEW", 0)


@pytest.mark.usefixtures("few")
def test_many_are_assessed_in_processes_beside(services: Services) -> None:
    names = ["bot", "helper"]
    add(services, *names)
    put(services, odd("odd"), "odd")

    assert Assessor(services, processes=2).run() == 3
    made = [services.register.assessments.get(name) for name in names]
    assert len({one.residual_p90 for one in made if one}) == 1
    kept = services.register.assessments.get("odd")
    assert kept is not None
    assert kept.mistake == "`odd` is not a class of the scheme"


class Deadly:
    """A catalog that ends every other process that looks into it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        os._exit(3)


class Unsendable:
    """A catalog that ends every process that it is sent to."""

    def __reduce__(self) -> Any:
        return os._exit, (3,)

    def __getattr__(self, name: str) -> Any:
        return getattr(packaged_catalog(), name)


@pytest.mark.usefixtures("few")
def test_a_process_that_ends_takes_no_system_with_it(services: Services) -> None:
    add(services, "bot")

    Assessor(replace(services, catalog=Deadly()), processes=1).run()  # type: ignore[arg-type]

    kept = services.register.assessments.get("bot")
    assert kept is not None
    assert kept.mistake == "the process that assessed it was ended, perhaps for lack of memory"
    assert due(services) == []


@pytest.mark.usefixtures("few")
def test_where_no_process_can_be_started_systems_are_assessed_all_the_same(services: Services) -> None:
    names = ["bot", "helper"]
    add(services, *names)

    Assessor(replace(services, catalog=Unsendable()), processes=1).run()  # type: ignore[arg-type]

    made = [services.register.assessments.get(name) for name in names]
    assert [one.mistake for one in made if one] == ["", ""]


def test_to_stop_leaves_what_is_left_for_the_next_time(services: Services) -> None:
    names = [f"bot-{number}" for number in range(40)]
    add(services, *names)
    assessor = Assessor(services, processes=0, every=600)
    assessor.start()
    assert _within(20, lambda: len(due(services)) < 40)
    assessor.stop()

    assert 0 < len(due(services)) < 40


_STARTS = """
import sys
from datetime import UTC, datetime
from bartizan.catalog import load_catalog
from bartizan.console import assessing
from bartizan.console.services import Services
from bartizan.store.register.open import open_register

if __name__ == "__main__":
    register = open_register(sys.argv[1])
    services = Services(register=register, catalog=load_catalog(), clock=lambda: datetime(2026, 11, 28, tzinfo=UTC))
    assessing.Assessor(services, processes=1).run()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are listed by /proc")
def test_processes_beside_end_with_the_one_that_started_them_however_it_ends(
    services: Services, tmp_path: Path
) -> None:
    add(services, *(f"bot-{number}" for number in range(60)))
    program = tmp_path / "assess.py"
    program.write_text(_STARTS, encoding="utf-8")
    started = subprocess.Popen([sys.executable, program, tmp_path / "register.db"])
    try:
        assert _within(60, lambda: len(due(services)) < 60)
        beside = _children(started.pid)
    finally:
        started.kill()
        started.wait()

    assert beside
    assert _within(20, lambda: not any(Path(f"/proc/{one}").exists() for one in beside))
    assert len(due(services)) > 0


def test_several_at_once_do_no_harm(services: Services) -> None:
    names = [f"bot-{number}" for number in range(6)]
    add(services, *names)
    threads = [threading.Thread(target=Assessor(services).run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert due(services) == []
    assert all(one is not None and not one.mistake for one in map(services.register.assessments.get, names))


def test_a_thread_looks_after_the_register_and_can_be_woken(services: Services) -> None:
    assessor = Assessor(services, every=600)
    assessor.start()
    try:
        add(services, "bot")
        assessor.poke()
        assert _within(20, lambda: services.register.assessments.get("bot") is not None)
    finally:
        assessor.stop()
    assert "assessor" not in {thread.name for thread in threading.enumerate()}
    assessor.stop()


class Away:
    """A register that doesn't answer for a while."""

    def __init__(self, services: Services) -> None:
        self._services, self.asked = services, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._services.register, name)

    @property
    def assessments(self) -> Any:
        self.asked += 1
        if self.asked < 3:
            raise Unavailable("the database doesn't answer")
        return self._services.register.assessments


def test_a_database_that_is_away_for_a_while_ends_nothing(services: Services) -> None:
    add(services, "bot")
    away = Away(services)
    assessor = Assessor(replace(services, register=away), every=0.05)
    assessor.start()
    try:
        assert _within(20, lambda: due(services) == [])
    finally:
        assessor.stop()
    assert away.asked > 3


def test_pages_get_what_is_kept_and_what_is_new_at_once(services: Services) -> None:
    add(services, "bot")
    first = services.register.documents.get(Kind.SYSTEM, "bot")
    assert first is not None
    made = standing(services, first)
    again = standing(services, first)

    assert due(services) == []
    assert made.review is not None
    assert (again.assessment, again.views) == (made.assessment, made.views)

    wanted = next(view for view in made.views if view.required)
    prove(services, wanted.control, wanted.place)
    proven = standing(services, first)
    assert [view.state for view in proven.views if (view.control, view.place) == (wanted.control, wanted.place)] == [
        ControlState.PROVEN
    ]
    assert [one.control for one in proven.proofs] == [wanted.control]
    assert due(services) == []


def test_pages_are_told_why_a_system_is_not_assessed(services: Services) -> None:
    put(services, broken("bot"), "bot")
    stored = services.register.documents.get(Kind.SYSTEM, "bot")
    assert stored is not None

    for _ in range(2):
        found = standing(services, stored)
        assert (found.review, found.views) == (None, [])
        assert found.assessment.mistake == "something broke while it was assessed (KeyError)"


def test_an_exception_reaches_the_views(services: Services) -> None:
    add(services, "bot")
    stored = services.register.documents.get(Kind.SYSTEM, "bot")
    assert stored is not None
    wanted = next(view for view in standing(services, stored).views if view.required)
    put(services, late(wanted.control), "late", Kind.EXCEPTION)

    assert "late" in {view.excepted for view in standing(services, stored).views}


def _children(pid: int) -> list[int]:
    """The processes that a process has started, but for the one that cleans up after them."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(status.read_text(encoding="utf-8").rpartition(")")[2].split()[1]) == pid:
                found.append(int(status.parent.name))
    return [one for one in found if b"resource_tracker" not in Path(f"/proc/{one}/cmdline").read_bytes()]


def _within(seconds: float, true: Any) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False
