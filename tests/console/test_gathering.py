"""Evidence is taken from the gateway's events as they come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bartizan.console.assessing import Assessor
from bartizan.console.gathering import Gatherer
from bartizan.console.services import Places, Services
from bartizan.model import Event, InputError
from bartizan.model.assurance import ControlState
from bartizan.model.documents import Document, Enforcement, Kind, PolicySpec, PolicyState, Statement
from bartizan.soc.log import EventLog
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
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(tmp_path: Path, clock: Clock) -> Iterator[Services]:
    register = open_register(tmp_path / "register.db")
    (tmp_path / "events").mkdir()
    given = Services(
        register=register, catalog=packaged_catalog(), clock=clock, places=Places(events=tmp_path / "events")
    )
    put(given, Kind.SYSTEM, "bot", system())
    yield given
    register.close()


def put(services: Services, kind: Kind, name: str, spec: Any) -> None:
    document = Document(kind=kind, name=name, spec=spec)
    services.register.documents.put(document, expected=0, by="anna", why="test", at=services.now())


def write(services: Services, *events: Event) -> None:
    assert services.places.events is not None
    log = EventLog(services.places.events, writer="gw", fsync="never")
    for event in events:
        log.append(event)
    log.close()


def event(rule: str, application: str = "bot/agent", at: datetime = START) -> Event:
    time = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return Event(kind="call", time=time, rule=rule, decision="deny", more={"application": application})


def kept(services: Services) -> list[tuple[str, str, str]]:
    found = [one.proof for one in services.register.evidence.list(limit=50).items]
    return [(one.control, one.place, str(one.observed_at)) for one in found]


def test_events_become_evidence_once_an_hour_and_once_a_day(services: Services, clock: Clock) -> None:
    gatherer = Gatherer(services)
    write(
        services,
        event("rate-limit.day"),
        event("rate-limit.day"),
        event("rate-limit", "other"),
        event("rate-limit", ""),
    )

    assert gatherer.turn() == 1
    assert kept(services) == [("rate-limit", "agent", "2026-11-28")]

    write(services, event("rate-limit.day"), event("output-filter"))
    assert gatherer.turn() == 0
    clock.now += timedelta(hours=1)
    assert gatherer.turn() == 1
    assert kept(services)[0] == ("output-filter", "agent", "2026-11-28")

    clock.now += timedelta(days=1)
    write(services, event("rate-limit.day", at=clock.now))
    assert gatherer.turn() == 1
    assert kept(services)[0] == ("rate-limit", "agent", "2026-11-29")


def test_published_policies_tie_rules_to_controls(services: Services) -> None:
    enforced = [Enforcement(by="gateway", what="masks-names")]
    statement = Statement(id="s", number="1", section="a", text="t", controls=["output-filter"], enforced=enforced)
    put(services, Kind.POLICY, "use", PolicySpec(title="P", state=PolicyState.PUBLISHED, statements=[statement]))
    write(services, event("masks-names"))

    assert Gatherer(services).turn() == 1
    assert kept(services) == [("output-filter", "agent", "2026-11-28")]


def test_without_a_gateway_there_is_nothing_to_gather(services: Services) -> None:
    assert Gatherer(replace(services, places=Places())).turn() == 0


def test_a_folder_that_is_not_there_yet_is_read_as_soon_as_it_is(services: Services) -> None:
    assert services.places.events is not None
    gatherer = Gatherer(services)
    services.places.events.rmdir()
    assert gatherer.turn() == 0
    write(services, event("output-filter"))
    assert gatherer.turn() == 1


def test_events_that_can_not_be_read_are_told_and_read_later(services: Services, clock: Clock) -> None:
    assert services.places.events is not None
    gatherer = Gatherer(services)
    services.places.events.rmdir()
    services.places.events.write_text("no folder")
    with pytest.raises(InputError):
        gatherer.turn()
    services.places.events.unlink()
    services.places.events.mkdir()
    write(services, event("rate-limit"))

    assert gatherer.turn() == 0
    clock.now += timedelta(hours=1)
    assert gatherer.turn() == 1


def test_the_assessor_gathers_and_the_control_is_proven(services: Services) -> None:
    write(services, event("rate-limit"))
    assessor = Assessor(services, processes=0)
    assessor._turn()
    assessor._turn()

    made = services.register.assessments.get("bot")
    assert made is not None
    assert made.controls[ControlState.PROVEN] == 1
    assert msgspec.json.encode(made)
