"""Messages to webhooks: signed, in order, at least once, tried again, and given up at last."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bartizan.console.hook_notices import Noticer, expired
from bartizan.console.hooks import GIVE_UP_DAYS, WAITS, Deliverer, concerns, sign
from bartizan.console.services import Places, Services
from bartizan.govern.roles import Role
from bartizan.guard.gateway.asking.queue import FolderStore
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import Kind
from bartizan.store.register.hooks import KINDS, Happened, Hook, Hooks, Reached
from bartizan.store.register.open import SqlRegister
from tests.console.api.conftest import NOW, Clients, example, keep, person
from tests.console.api.live import receiving

pytestmark = pytest.mark.enable_socket
TODAY = NOW.date()


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Give a clock."""
    return Clock()


@pytest.fixture
def told(services: Services, clock: Clock) -> Services:
    """Give services that go by the clock."""
    return replace(services, clock=clock)


@pytest.fixture
def hooks(register: SqlRegister) -> Hooks:
    """Give the webhooks of the register."""
    return Hooks(register)


Add = Callable[..., str]


@pytest.fixture
def add(hooks: Hooks) -> Add:
    """Give a function that subscribes, and returns the secret."""

    def make(url: str, kinds: Any = KINDS, unit: str = "", id: str = "wh_1") -> str:
        return hooks.add(Hook(id=id, url=url, kinds=list(kinds), unit=unit, made="2026-11-28T12:00:00Z", by="anna"))

    return make


def names(got: Any) -> list[str]:
    """Return the documents that messages are about."""
    return [json.loads(one.body)["data"]["name"] for one in got]


def test_a_message_says_what_happened_and_is_signed(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving() as receiver:
        secret = add(receiver.url)
        keep(told, example(Kind.TOOL))
        assert Deliverer(told, hooks, private=True).run() == 1
        headers, body = receiver.got[0]
    assert json.loads(body) == {
        "type": "document.created",
        "timestamp": "2026-11-28T12:00:00Z",
        "data": {"kind": "Tool", "name": "meeting-notes", "unit": "", "version": 1, "by": "somebody", "why": "a test",
                 "seq": 2},
    }  # fmt: skip
    at = int(NOW.timestamp())
    assert headers["webhook-id"] == "wh_1-change-2"
    assert headers["webhook-timestamp"] == str(at)
    assert headers["webhook-signature"] == sign(secret, "wh_1-change-2", at, body)
    assert headers["content-type"] == "application/json"
    assert hooks.get("wh_1").last_result == "delivered"


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of the Standard Webhooks reference libraries.
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signed = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_after_a_new_secret_messages_are_signed_with_both_for_a_while(
    told: Services, hooks: Hooks, add: Add, clock: Clock
) -> None:
    with receiving() as receiver:
        old = add(receiver.url)
        new = hooks.rotate("wh_1", "2026-11-29T12:00:00Z")
        deliverer = Deliverer(told, hooks, private=True)
        keep(told, example(Kind.TOOL, name="one"))
        assert deliverer.run() == 1
        clock.now += timedelta(hours=24)
        keep(told, example(Kind.TOOL, name="two"))
        assert deliverer.run() == 1
    for got, secrets in zip(receiver.got, ([new, old], [new]), strict=True):
        at = int(got.headers["webhook-timestamp"])
        signed = [sign(secret, got.headers["webhook-id"], at, got.body) for secret in secrets]
        assert got.headers["webhook-signature"].split() == signed


def test_a_test_is_sent_at_once_and_changes_nothing_else(
    told: Services, hooks: Hooks, add: Add, clients: Clients
) -> None:
    administrator = clients(person(Role.ADMINISTRATOR))
    with receiving(lambda before: 500 if before else 200) as receiver:
        secret = add(receiver.url, ["document.updated"])
        hooks.switch("wh_1", active=False)
        before = hooks.get("wh_1")
        assert Deliverer(told, hooks, private=True).trial("wh_1") == "delivered"
        got = receiver.got[0]
        assert administrator.post("/api/v1/webhooks/wh_1/test").json() == {
            "delivered": False, "result": "a webhook is called over https only",
        }  # fmt: skip
        assert Deliverer(told, hooks, private=True).trial("wh_1") == "it answered with status 500"
    assert json.loads(got.body)["type"] == "webhook.test"
    at = int(NOW.timestamp())
    assert got.headers["webhook-signature"] == sign(secret, got.headers["webhook-id"], at, got.body)
    assert hooks.get("wh_1") == before


def test_messages_come_in_order_and_each_once(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving() as receiver:
        add(receiver.url)
        for number in range(120):
            keep(told, example(Kind.TOOL, name=f"tool-{number:03}"))
        deliverer = Deliverer(told, hooks, private=True)
        assert deliverer.run() == 120
        assert deliverer.run() == 0
    assert names(receiver.got) == [f"tool-{number:03}" for number in range(120)]


def test_only_what_was_asked_for_is_told(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving() as receiver:
        add(receiver.url, ["document.updated"], "claims")
        keep(told, example(Kind.SYSTEM))
        keep(told, example(Kind.SYSTEM, owner="Ben"))
        keep(told, example(Kind.SYSTEM, name="other", unit="research"))
        keep(told, example(Kind.SYSTEM, name="other", unit="research", owner="Ben"))
        assert Deliverer(told, hooks, private=True).run() == 1
    assert names(receiver.got) == ["claims-assistant"]
    assert hooks.take("2027-01-01T00:00:00Z", "x") is None


def test_what_fails_is_tried_again_later_and_nothing_is_lost(
    told: Services, hooks: Hooks, add: Add, clock: Clock
) -> None:
    with receiving(lambda before: 500 if before in (1, 2) else 200) as receiver:
        add(receiver.url)
        for name in ("one", "two", "three"):
            keep(told, example(Kind.TOOL, name=name))
        deliverer = Deliverer(told, hooks, private=True)
        assert deliverer.run() == 1
        assert hooks.get("wh_1").last_result == "it answered with status 500"
        clock.now += timedelta(seconds=WAITS[0] - 1)
        assert deliverer.run() == 0
        clock.now += timedelta(seconds=1)
        assert deliverer.run() == 0
        clock.now += timedelta(seconds=WAITS[1])
        assert deliverer.run() == 2
        assert hooks.get("wh_1").failing_since == ""
    assert names(receiver.got) == ["one", "two", "two", "two", "three"]
    ids = [one.headers["webhook-id"] for one in receiver.got]
    assert ids[1] == ids[2] == ids[3]


def test_one_that_fails_holds_up_no_other(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving(lambda _: 503) as bad, receiving() as good:
        add(bad.url, id="wh_bad")
        add(good.url, id="wh_good")
        keep(told, example(Kind.TOOL))
        assert Deliverer(told, hooks, private=True).run() == 1
    assert (len(bad.got), len(good.got)) == (1, 1)


def test_one_that_fails_for_days_is_turned_off(told: Services, hooks: Hooks, add: Add, clock: Clock) -> None:
    with receiving(lambda _: 500) as receiver:
        add(receiver.url)
        keep(told, example(Kind.TOOL))
        deliverer = Deliverer(told, hooks, private=True)
        tries = 0
        while hooks.get("wh_1").active and tries < 100:
            deliverer.run()
            clock.now += timedelta(seconds=WAITS[-1])
            tries += 1
    assert clock.now - NOW >= timedelta(days=GIVE_UP_DAYS)
    assert 10 < len(receiver.got) < 30
    assert hooks.get("wh_1").last_result.startswith("turned off")


def test_one_that_says_that_it_is_gone_is_turned_off_at_once(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving(lambda _: 410) as receiver:
        add(receiver.url)
        keep(told, example(Kind.TOOL))
        Deliverer(told, hooks, private=True).run()
    assert not hooks.get("wh_1").active


def test_a_receiver_that_sends_elsewhere_is_not_followed(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving() as other, receiving(lambda _: 307) as receiver:
        receiver.answers["headers"] = {"location": other.url}
        add(receiver.url)
        keep(told, example(Kind.TOOL))
        assert Deliverer(told, hooks, private=True).run() == 0
    assert (len(receiver.got), other.got) == (1, [])
    assert hooks.get("wh_1").last_result == "it answered with status 307"


def test_without_leave_nothing_goes_to_this_machine(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving() as receiver:
        add(receiver.url.replace("http:", "https:"))
        keep(told, example(Kind.TOOL))
        assert Deliverer(told, hooks).run() == 0
    assert receiver.got == []
    assert "private network" in hooks.get("wh_1").last_result


def test_one_that_is_not_there_is_told_as_such(told: Services, hooks: Hooks, add: Add) -> None:
    with receiving() as receiver:
        add(receiver.url)
    keep(told, example(Kind.TOOL))
    assert Deliverer(told, hooks, private=True).run() == 0
    assert "can't be reached" in hooks.get("wh_1").last_result


def test_the_background_tells_by_itself_when_it_is_woken(told: Services, hooks: Hooks, add: Add) -> None:
    noticer = Noticer(told, hooks)
    with receiving() as receiver:
        add(receiver.url)
        deliverer = Deliverer(told, hooks, private=True, before=noticer.look)
        deliverer.start()
        try:
            keep(told, example(Kind.TOOL))
            deliverer.poke()
            end = time.monotonic() + 20
            while not receiver.got and time.monotonic() < end:
                time.sleep(0.02)
        finally:
            deliverer.stop()
    assert names(receiver.got) == ["meeting-notes"]


def test_what_ends_and_what_is_asked_is_noted_once(
    told: Services, hooks: Hooks, add: Add, clock: Clock, tmp_path: Path
) -> None:
    add("https://hooks.example.com")
    dates = {"starts": "2026-11-01", "approved_by": "ben", "approved_on": "2026-11-01"}
    keep(told, example(Kind.EXCEPTION, name="soon", ends="2026-12-05", **dates))
    keep(told, example(Kind.EXCEPTION, name="later", ends="2027-03-01", **dates))
    store = FolderStore(tmp_path / "approvals")
    store.put({"id": "0" * 32, "asked": "x", "what": "a secret matter"})
    noticer = Noticer(replace(told, places=Places(approvals=tmp_path / "approvals")), hooks)
    assert noticer.look() == 2
    assert noticer.look() == 0
    store.put({"id": "1" * 32, "asked": "x"})
    assert noticer.look() == 1
    clock.now += timedelta(hours=2)
    assert noticer.look() == 0
    assert Noticer(told, hooks).look() == 0
    found, _ = hooks.pending(Reached(trail=10))
    assert [(one.kind, one.data["name"]) for one in found] == [
        ("approval.asked", "0" * 32),
        ("exception.ending", "soon"),
        ("approval.asked", "1" * 32),
    ]
    assert "secret matter" not in str(found)


def test_a_unit_hears_of_itself_and_of_those_below(services: Services) -> None:
    organisation = msgspec.convert(
        {"title": "x", "units": {"a": {"title": "A"}, "b": {"title": "B", "parent": "a"}}},
        type(services.organisation()),
    )
    happened = Happened(id="x", kind="document.created", at="", unit="b", data={}, reached=Reached())
    hook = Hook(id="x", url="x", kinds=["document.created"], unit="a")
    assert concerns(hook, happened, organisation)
    assert not concerns(msgspec.structs.replace(hook, unit="c"), happened, organisation)
    assert not concerns(msgspec.structs.replace(hook, kinds=["evidence.added"]), happened, organisation)
    assert concerns(msgspec.structs.replace(hook, unit=""), happened, organisation)


def test_a_control_is_told_when_its_evidence_has_ended_and_none_has_come(told: Services, hooks: Hooks) -> None:
    keep(told, example(Kind.SYSTEM))

    def piece(control: str, until: date | None, outcome: str = "pass", source: str = "test") -> Proof:
        return Proof(system="claims-assistant", control=control, place="model", source=ProofSource(source),
                     outcome=outcome, observed_at=TODAY - timedelta(days=400), good_until=until)  # fmt: skip

    ended = TODAY - timedelta(days=1)
    pieces = [
        piece("ended", ended),
        piece("good", TODAY),
        piece("long-gone", TODAY - timedelta(days=30)),
        piece("failed", ended, "fail"),
        piece("renewed", ended),
        piece("renewed", TODAY + timedelta(days=30), source="scan"),
        piece("never-said", None),
    ]
    told.register.evidence.add(pieces, at=told.now())
    assert Noticer(told, hooks).look() == 1
    (happened,) = [one for one in hooks.pending(Reached(trail=10))[0] if one.kind == "control.expired"]
    assert happened.data == {
        "kind": "System",
        "name": "claims-assistant",
        "unit": "claims",
        "detail": "ended at model",
    }
    kept = told.register.evidence.latest("claims-assistant")
    assert [one.proof.control for one in expired(kept, 395, TODAY)] == ["ended", "never-said"]
