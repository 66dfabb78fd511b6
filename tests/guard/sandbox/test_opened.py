"""Open, closed, changed, killed: which sandbox a call is made in, and why it may not be."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.principal import Principal
from bartizan.guard.sandbox import Opening, Sandboxes, parse_openings, write_openings
from bartizan.guard.sandbox.opened import Governed
from bartizan.model import Count, Event, InputError
from tests.guard.sandbox.documents import DOCUMENT, read
from tests.guard.sandbox.test_document import ALICE, NOW

BOX = read()
BOUND = Principal(id="alice", source="key:1", application="desk", sandbox="claims-pilot")


def opening(digest: str = BOX.digest, opened: float = 1.0, closed: float = 0.0) -> Opening:
    return Opening(id="claims-pilot", digest=digest, opened=opened, closed=closed)


def of(boxes: Sandboxes, principal: Principal = BOUND, model: str = "gpt", now: float = NOW) -> Governed:
    return boxes.of(principal, model, "eu", "eu-west", "internal", {}, [], now)


def event(kind: str = "call", **more: Any) -> Event:
    return Event(
        kind=kind, time="2026-11-28T00:00:00.000Z", principal="alice", more={"sandbox": "claims-pilot"}, **more
    )


def test_one_that_is_open_admits() -> None:
    boxes = Sandboxes([BOX], [opening()])
    assert of(boxes) == Governed(BOX, "claims-pilot", "")
    assert of(boxes, ALICE).id == "claims-pilot"
    assert boxes.is_open("claims-pilot", NOW)


@pytest.mark.parametrize(
    ("openings", "reason"),
    [
        ([], "was not opened"),
        ([opening(closed=2.0)], "is closed"),
        ([opening(digest="0" * 64)], "has changed since it was opened"),
    ],
)
def test_one_that_is_not_open_refuses(openings: list[Opening], reason: str) -> None:
    boxes = Sandboxes([BOX], openings)
    assert reason in of(boxes).reason
    assert not boxes.is_open("claims-pilot", NOW)


def test_one_that_has_ended_refuses_whatever_else_says_yes() -> None:
    boxes = Sandboxes([BOX], [opening()])
    assert "ended at" in of(boxes, now=BOX.end).reason
    assert "ended at" in of(boxes, ALICE, now=BOX.end).reason
    assert not boxes.is_open("claims-pilot", BOX.end)


def test_who_has_no_sandbox_is_left_alone() -> None:
    boxes = Sandboxes([BOX], [opening()])
    assert of(boxes, Principal(id="eve", source="key:3")) == Governed(None, "", "")
    assert of(boxes, ALICE, model="other") == Governed(None, "", "")
    lost = of(boxes, Principal(id="eve", source="key:3", sandbox="gone"))
    assert lost == Governed(None, "gone", "there is no sandbox `gone`")


def test_of_two_that_name_a_caller_one_that_admits_is_enough() -> None:
    other = read(DOCUMENT.replace("id: claims-pilot", "id: second"))
    boxes = Sandboxes([BOX, other], [Opening(id="second", digest=other.digest, opened=1.0)])
    assert of(boxes, ALICE) == Governed(other, "second", "")
    assert of(Sandboxes([BOX, other]), ALICE).id == "claims-pilot"


def test_a_kill_criterion_closes_it_at_once() -> None:
    boxes = Sandboxes([BOX], [opening()])
    found = [Count("iban", 2)]
    assert boxes.saw(event(findings=found)) == ""
    assert boxes.saw(Event(kind="call", time="")) == ""
    assert boxes.saw(event("sandbox", findings=found)) == ""
    assert not of(boxes).reason
    assert boxes.saw(event(findings=found)) == "claims-pilot"
    assert boxes.saw(event(findings=found)) == ""
    assert "findings of iban, email reach 3" in of(boxes).reason


def test_numbers_go_on_when_files_change_and_end_when_it_is_opened_anew() -> None:
    boxes = Sandboxes([BOX], [opening()])
    quiet = boxes.renewed([BOX], [opening()])
    assert quiet.tallies == {}
    boxes.saw(event(findings=[Count("iban", 5)]))
    assert "findings" in of(boxes.renewed([BOX], [opening()])).reason
    assert of(boxes.renewed([BOX], [opening(opened=2.0)])).reason == ""
    assert of(boxes.renewed([BOX], [])).reason.endswith("was not opened")


def test_the_file_comes_back() -> None:
    first, last = opening(), opening(closed=2.0)
    other = Opening(id="other", digest="", opened=3.0)
    assert parse_openings(write_openings([first, other, last]) + b"\n", "x") == [last, other]


@pytest.mark.parametrize("line", [b"{}", b"\xff", b"[" * 100_000])
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    with pytest.raises(InputError, match="opens no sandbox") as caught:
        parse_openings(write_openings([opening()]) + line, "sandboxes.jsonl")
    assert str(caught.value.place) == "sandboxes.jsonl:2"


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(InputError, match="too large"):
        parse_openings(b"\n" * (17 << 20), "sandboxes.jsonl")


@given(st.binary(max_size=200))
def test_only_the_documented_error(garbage: bytes) -> None:
    try:
        parse_openings(garbage, "x")
    except InputError:
        return
    assert not garbage.strip()
