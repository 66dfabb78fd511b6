from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest

from bartizan.govern import sandboxes
from bartizan.govern.roles import Person
from bartizan.guard.sandbox import parse_sandbox
from bartizan.model import InputError
from bartizan.model.documents import Budget, MayHold, Organisation, RegisteredSandbox, SandboxState
from bartizan.store.yamltext import write_yaml

DAY = date(2026, 11, 28)
ORGANISATION = Organisation(title="Helvion")
ASKER = Person(id="ana", email="ana@helvion.example")
OTHER = Person(id="ben")


def sandbox(**more: object) -> RegisteredSandbox:
    values = {
        "id": "trial", "purpose": "Try summaries", "owner": "ana@helvion.example", "users": ["ana"],
        "data": MayHold(highest="public"), "models": ["small"], "budget": Budget(money=50),
        "starts": "2026-11-28", "ends": "2026-12-20",
    } | more  # fmt: skip
    return RegisteredSandbox(**values)  # type: ignore[arg-type] # values of several types


def asked(**more: object) -> RegisteredSandbox:
    return sandboxes.asked(sandbox(**more), ORGANISATION, DAY)


def test_a_small_one_with_public_data_is_granted_by_the_rule() -> None:
    made = asked()
    assert made.state is SandboxState.GRANTED
    assert made.decided_by == sandboxes.RULE
    assert made.decided_on == DAY


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"data": MayHold(highest="internal")}, "data above public"),
        ({"ends": "2027-01-20"}, "longer than 30 days"),
        ({"budget": Budget()}, "budget is not limited to 100 EUR or 5 million tokens"),
        ({"budget": Budget(money=5000)}, "budget is not limited"),
        ({"tools": ["send-mail"]}, "more than read"),
        ({"models": ["*"]}, "any model"),
        ({"users": [], "groups": ["staff"]}, "at most 10 people"),
    ],
)
def test_what_is_more_than_that_is_asked_about(more: dict[str, object], words: str) -> None:
    assert asked(**more).state is SandboxState.ASKED
    assert words in sandboxes.not_by_itself(sandbox(**more), ORGANISATION)[0].text


def test_tools_that_are_known_to_read_only_don_t_stand_against_it() -> None:
    assert sandboxes.not_by_itself(sandbox(tools=["search"]), ORGANISATION, {"search"}) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"starts": "soon"}, "neither a day nor a time"),
        ({"ends": "2026-11-01"}, "ends before it starts"),
        ({"ends": "2027-11-01"}, "at most 180"),
        ({"data": MayHold(highest="top")}, "no class of data"),
        ({"models": []}, "names no model"),
        ({"users": []}, "names nobody"),
        ({"starts": "2026-10-01", "ends": "2026-10-20"}, "in the past"),
        ({"state": SandboxState.GRANTED}, "it is granted already"),
    ],
)
def test_what_can_t_be_is_refused_with_a_sentence(more: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        asked(**more)


def test_another_person_grants_it() -> None:
    made = sandboxes.granted(asked(tools=["x"]), OTHER, ["ana"], ORGANISATION, DAY)
    assert (made.state, made.decided_by) == (SandboxState.GRANTED, "ben")


@pytest.mark.parametrize(
    ("owner", "asked_by", "words"), [("ana@helvion.example", [], "owner"), ("x", ["Ana"], "asked for it")]
)
def test_nobody_grants_their_own(owner: str, asked_by: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        sandboxes.granted(asked(tools=["x"], owner=owner), ASKER, asked_by, ORGANISATION, DAY)


def test_only_what_was_asked_for_is_granted_or_refused() -> None:
    with pytest.raises(InputError, match="not open"):
        sandboxes.granted(sandbox(), OTHER, [], ORGANISATION, DAY)
    with pytest.raises(InputError, match="not open"):
        sandboxes.refused(sandbox(), OTHER, DAY)
    assert sandboxes.refused(asked(tools=["x"]), OTHER, DAY).state is SandboxState.REFUSED


def test_what_became_wrong_while_it_waited_is_not_granted() -> None:
    waiting = asked(tools=["x"])
    with pytest.raises(InputError, match="no class"):
        sandboxes.granted(waiting, OTHER, [], Organisation(title="", classes=["open", "shut"]), DAY)


def test_it_is_ended_or_killed_once() -> None:
    ended = sandboxes.closed(asked(), "ana", "done", DAY)
    assert (ended.state, ended.ended_why, ended.ended_on) == (SandboxState.ENDED, "done", DAY)
    assert sandboxes.closed(asked(), "ana", "leak", DAY, killed=True).state is SandboxState.KILLED
    with pytest.raises(InputError, match="can't be ended"):
        sandboxes.closed(ended, "ana", "again", DAY)


def test_it_is_extended_once_by_another_person_and_by_as_long_again_at_most() -> None:
    made = sandboxes.extended(asked(), "2027-01-05", OTHER, ["ana"], ORGANISATION, DAY)
    assert (made.ends, made.extended) == ("2027-01-05", DAY)
    for spec, ends, person, words in (
        (made, "2027-01-10", OTHER, "once already"),
        (asked(), "2027-01-05", ASKER, "whoever asked"),
        (asked(), "later", OTHER, "neither"),
        (asked(), "2026-12-01", OTHER, "not later"),
        (asked(), "2027-03-01", OTHER, "no longer"),
        (sandbox(), "2027-01-05", OTHER, "can't be extended"),
        (sandbox(state=SandboxState.GRANTED, data=MayHold(highest="top")), "2027-01-05", OTHER, "no more"),
    ):
        with pytest.raises(InputError, match=words):
            sandboxes.extended(spec, ends, person, ["ana"], ORGANISATION, DAY)


def test_it_becomes_a_system_while_it_is_open_or_after() -> None:
    made = sandboxes.promoted(asked(), "summaries", "ben", DAY)
    assert (made.state, made.promoted_to, made.ended_by) == (SandboxState.PROMOTED, "summaries", "ben")
    later = sandboxes.promoted(sandboxes.closed(asked(), "ana", "done", DAY), "summaries", "ben", DAY)
    assert (later.ended_by, later.ended_why) == ("ana", "done")
    with pytest.raises(InputError, match="can't become"):
        sandboxes.promoted(sandbox(), "summaries", "ben", DAY)


@pytest.mark.parametrize(("day", "word"), [("2026-11-20", "coming"), ("2026-12-01", "active"), ("2026-12-20", "ended")])
def test_one_that_was_granted_stands_as_its_days_say(day: str, word: str) -> None:
    assert sandboxes.stands(asked(), datetime.fromisoformat(day).replace(tzinfo=UTC)) == word
    assert sandboxes.stands(sandbox(), datetime.fromisoformat(day).replace(tzinfo=UTC)) == "draft"


def test_the_gateway_reads_what_it_is_given() -> None:
    spec = asked(tools=["search"], extended=None)
    text = write_yaml(sandboxes.for_gateway(spec))
    read = parse_sandbox(text.encode(), "trial.yaml", ORGANISATION.classes)
    assert "state" not in text
    assert read.purpose == "Try summaries"
    assert msgspec.to_builtins(read.budget) == {"tokens": 0, "money": 50}
