"""Webhooks in a register: what each still has to be told, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import pytest

from bartizan.model.documents import Kind
from bartizan.store.register import Conflict, Missing
from bartizan.store.register.hooks import KINDS, Happened, Hook, Hooks, Notice, Reached
from bartizan.store.register.open import SqlRegister
from tests.store.register.samples import AT, keep, proof, system, tool

LATER = "2026-11-28T09:02:00Z"


@pytest.fixture
def hooks(register: SqlRegister) -> Hooks:
    """Give the webhooks of an empty register."""
    return Hooks(register)


def hook(id: str = "wh_1", *, unit: str = "", kinds: Sequence[str] = KINDS) -> Hook:
    """Make a subscription."""
    return Hook(id=id, url="https://example.com", kinds=list(kinds), unit=unit, made=AT, by="anna")


def told(found: Sequence[Happened]) -> list[tuple[str, str]]:
    """Return what happened in short."""
    return [(one.kind, one.data.get("name") or one.data["system"]) for one in found]


def test_a_subscription_is_kept_with_a_secret_of_its_own(hooks: Hooks) -> None:
    secrets = {hooks.add(hook("wh_1")), hooks.add(hook("wh_2", unit="claims", kinds=["document.created"]))}
    assert len(secrets) == 2
    assert hooks.list() == [hook("wh_1"), hook("wh_2", unit="claims", kinds=["document.created"])]
    hooks.remove("wh_1")
    assert [one.id for one in hooks.list()] == ["wh_2"]
    for done in (lambda: hooks.get("wh_1"), lambda: hooks.remove("wh_1"), lambda: hooks.switch("wh_1", active=True)):
        with pytest.raises(Missing):
            done()


def test_what_happened_before_is_not_told_and_all_that_comes_after_is_in_order(
    register: SqlRegister, hooks: Hooks
) -> None:
    keep(register, tool("before"))
    hooks.add(hook())
    assert hooks.take(AT, LATER) is None
    keep(register, tool("one"))
    keep(register, system("helpdesk"))
    register.documents.delete(Kind.TOOL, "one", expected=1, by="anna", why="test", at=AT)
    register.evidence.add([proof("helpdesk", "a"), proof("helpdesk", "b")], at=AT)
    hooks.note([Notice(kind="approval.asked", about="Approval", name="x", unit="", mark="x")], AT)
    due = hooks.take(AT, LATER)
    assert due is not None
    assert due.secrets[0].startswith("whsec_")
    found, end = hooks.pending(due.reached)
    assert told(found) == [
        ("document.created", "one"),
        ("document.created", "helpdesk"),
        ("document.deleted", "one"),
        ("evidence.added", "helpdesk"),
        ("approval.asked", "x"),
    ]
    assert found[3].data["pieces"] == 2
    assert found[3].data["controls"] == ["a", "b"]
    assert found[-1].reached == end
    hooks.went_well("wh_1", end, LATER, "", "delivered")
    assert hooks.take(LATER, LATER) is None
    assert hooks.get("wh_1").last_result == "delivered"


def test_a_long_way_is_gone_in_parts_and_nothing_is_left_out(register: SqlRegister, hooks: Hooks) -> None:
    for number in range(130):
        keep(register, tool(f"tool-{number:03}"))
    reached, seen = Reached(), list[str]()
    while True:
        found, reached = hooks.pending(reached)
        if not found:
            break
        seen += [one.data["name"] for one in found]
    assert seen == [f"tool-{number:03}" for number in range(130)]


def test_one_process_at_a_time_works_off_a_subscription(register: SqlRegister, hooks: Hooks) -> None:
    hooks.add(hook())
    keep(register, tool("one"))
    assert hooks.take(AT, LATER) is not None
    assert hooks.take(AT, LATER) is None
    assert hooks.take("2026-11-28T09:03:00Z", "2026-11-28T09:05:00Z") is not None


def test_of_many_who_try_at_once_one_gets_it(register: SqlRegister, hooks: Hooks) -> None:
    hooks.add(hook())
    keep(register, tool("one"))
    got: list[object] = []
    threads = [threading.Thread(target=lambda: got.append(hooks.take(AT, LATER))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert sum(one is not None for one in got) == 1


def test_what_failed_waits_for_its_next_try_and_what_is_off_for_ever(register: SqlRegister, hooks: Hooks) -> None:
    hooks.add(hook())
    keep(register, tool("one"))
    due = hooks.take(AT, LATER)
    assert due is not None
    hooks.went_wrong(due, AT, LATER, "it answered with status 500")
    assert hooks.take("2026-11-28T09:01:59Z", "x") is None
    again = hooks.take(LATER, "2026-11-28T09:04:00Z")
    assert again is not None
    assert (again.failures, again.hook.failing_since) == (1, AT)
    hooks.went_wrong(again, LATER, LATER, "it answered with status 500")
    assert hooks.get("wh_1").failing_since == AT
    hooks.switch("wh_1", active=False, result="turned off")
    assert hooks.take("2026-12-28T09:00:00Z", "2026-12-28T09:02:00Z") is None
    hooks.switch("wh_1", active=True)
    assert hooks.take("2026-12-28T09:00:00Z", "2026-12-28T09:02:00Z") is not None
    assert hooks.get("wh_1").failing_since == ""


def test_a_notice_is_kept_once_for_each_mark(hooks: Hooks) -> None:
    notice = Notice(kind="exception.ending", about="Exception", name="x", unit="", mark="2026-12-01")
    assert hooks.note([notice, notice], AT) == 1
    assert hooks.note([notice, msgspec.structs.replace(notice, mark="2027-12-01")], AT) == 1
    assert hooks.note([], AT) == 0


def test_settings_are_changed_on_top_of_what_was_read(hooks: Hooks) -> None:
    hooks.add(hook())
    moved = msgspec.structs.replace(hook(), url="https://other.example.com", unit="claims", active=False)
    hooks.change(hook(), moved)
    assert hooks.get("wh_1") == moved
    with pytest.raises(Conflict):
        hooks.change(hook(), msgspec.structs.replace(hook(), unit="life"))
    assert hooks.get("wh_1") == moved
    hooks.remove("wh_1")
    with pytest.raises(Missing):
        hooks.change(moved, hook())


def test_a_secret_is_followed_by_another_and_both_are_valid_for_a_while(hooks: Hooks) -> None:
    first = hooks.add(hook())
    second = hooks.rotate("wh_1", LATER)
    assert hooks.due("wh_1", AT).secrets == [second, first]
    assert hooks.due("wh_1", LATER).secrets == [second]
    third = hooks.rotate("wh_1", LATER)
    assert hooks.due("wh_1", AT).secrets == [third, second]
    with pytest.raises(Missing):
        hooks.rotate("wh_2", LATER)
