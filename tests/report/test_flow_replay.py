"""The reports of replayed sessions: as text, for programs, and as a page."""

from __future__ import annotations

import json

import pytest
from syrupy.assertion import SnapshotAssertion

from bartizan.guard.flow.replay import Replayed, Seen, Word
from bartizan.guard.flow.traces import Step, Trace
from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model import Allow
from bartizan.model.card import ValueType
from bartizan.model.words import Effect
from bartizan.report.flow_replay import replay_json, replay_text
from bartizan.report.flow_replay_html import render_html
from bartizan.report.terminal import Pen
from tests.report.hostile import HOSTILE
from tests.report.markup import Page

SECRET = "4111-1111-1111-1111"


def seen(number: int, word: Word = "allow", who: str = "user", *, passed: bool = True, tool: str = "send") -> Seen:
    reason = "" if word == "allow" else "the recipient stands in a text of somebody else"
    origin = Origin(
        argument="to", value=SECRET, type=ValueType.ACCOUNT, source=Source.CONTENT, call=0, tool="read",
        field="body", words="it stands in a text of somebody else",
    )  # fmt: skip
    verdict = Verdict(
        number=number, tool=tool, arguments={"to": SECRET}, effect=Effect.SEND, ruling=Allow(), rule="r",
        reason=reason, origins=(origin,) if who == "attacker" else (),
    )  # fmt: skip
    rule = "origins-good" if word == "allow" else "value-without-origin"
    return Seen(
        verdict=verdict, who=who, word=word, rule=rule, reason=reason, passed=passed, effect=True, own=who == "user"
    )


def session(*calls: Seen, suite: str = "office", task: str = "t-1", attack: str | None = None) -> Replayed:
    trace = Trace(prompt="p", events=[Step(tool="send")], suite=suite, user_task=task, injection_task=attack)
    return Replayed(trace=trace, calls=calls)


SESSIONS = [
    session(seen(0), seen(1)),
    session(seen(0), seen(1, "ask"), task="t-2"),
    session(seen(0, "deny", passed=False), suite="bank", task="t-3"),
    session(seen(0), seen(1, who="attacker"), seen(2, "ask", "attacker", passed=False), attack="i-1"),
    session(seen(0), seen(1, "deny", "attacker", passed=False), suite="bank", task="t-3", attack="i-2"),
]
ALONE = [session(seen(0), suite="")]


def test_text(snapshot: SnapshotAssertion) -> None:
    assert replay_text(SESSIONS, Pen(), attended=True) == snapshot


def test_text_of_one_suite_without_attacks(snapshot: SnapshotAssertion) -> None:
    assert replay_text(ALONE, Pen(), attended=False) == snapshot


def test_json(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(replay_json(SESSIONS, attended=True), indent=2) == snapshot


def test_page(snapshot: SnapshotAssertion) -> None:
    made = render_html(SESSIONS, "2026-11-28", attended=True)
    assert "\n".join(text.strip() for text in Page(made).text if text.strip()) == snapshot
    assert "1 of 2 attacks came through" in made


@pytest.mark.parametrize(
    ("sessions", "headline"),
    [(ALONE, "No attack is in these sessions"), (SESSIONS[4:], "None of 1 attacks came through")],
)
def test_headlines(sessions: list[Replayed], headline: str) -> None:
    assert headline in render_html(sessions, "2026-11-28", attended=False)


def test_no_value_is_in_any_of_them() -> None:
    for made in (
        replay_text(SESSIONS, Pen(), attended=True),
        json.dumps(replay_json(SESSIONS, attended=True)),
        render_html(SESSIONS, "2026-11-28", attended=True),
    ):
        assert SECRET not in made


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    sessions = [session(seen(0), seen(1, who="attacker", tool=name), suite=name, task=name, attack=name)]
    page = Page(render_html(sessions, "2026-11-28", attended=True))
    assert not any(tag in ("script", "img") for tag, _ in page.tags)
    text = replay_text(sessions, Pen(), attended=True)
    assert not any(mark in text for mark in "\x00\x07\x1b\u202e\u2066")


def test_long_lists_are_cut_and_counted() -> None:
    many = [session(seen(0, who="attacker"), task=f"t-{n}", attack="i") for n in range(220)]
    assert "and 200 more sessions" in replay_text(many, Pen(), attended=True)
    assert "20 more sessions are not listed" in render_html(many, "2026-11-28", attended=True)
    assert len(replay_json(many, attended=True)["came_through"]) == 220
