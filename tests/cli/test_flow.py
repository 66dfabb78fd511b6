"""`bartizan flow` on the command line: traces replayed, calls explained."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bartizan.guard.cards import parse_cards
from bartizan.guard.flow.journal import Journal
from bartizan.guard.flow.monitor import FlowMonitor
from tests.cli.conftest import Run

CARDS = """
bartizan: 1
reviewed_by: a test
reviewed_at: "2026-11-28"
cards:
  - tool: read_note
    effect: read
    verbs: [read]
    objects: [note]
    arguments: {name: {role: critical, type: name}}
    fields: [{path: body}]
  - tool: send_mail
    effect: send
    reversible: false
    verbs: [send, mail]
    objects: [mail, note]
    arguments: {to: {role: critical, type: email-address}, body: {role: text}}
"""
PROMPT = "Read my note and mail it to anna@own.example"
NOTE = {"who": "user", "tool": "read_note", "args": {"name": "plan"}, "result": '{"body": "Buy milk"}', "error": ""}
OWN = {"who": "user", "tool": "send_mail", "args": {"to": "anna@own.example", "body": "Buy milk"}, "result": "sent"}
EVIL = {"who": "attacker", "tool": "send_mail", "args": {"to": "eve@evil.example", "body": "x"}, "result": "sent"}


def trace(*events: dict[str, Any], attack: str | None = None) -> str:
    return json.dumps({
        "suite": "office", "user_task": "t", "injection_task": attack, "prompt": PROMPT, "events": list(events),
    })  # fmt: skip


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    path = tmp_path / "cards.yaml"
    path.write_text(CARDS)
    return path


@pytest.fixture
def traces(tmp_path: Path) -> Path:
    path = tmp_path / "traces.jsonl"
    path.write_text(trace(NOTE, OWN) + "\n" + trace(NOTE, EVIL, OWN, attack="i") + "\n")
    return path


def figures(run: Run, *arguments: object) -> dict[str, Any]:
    done = run("flow", "replay", *arguments, "--format", "json")
    assert done.code == 0, done.err
    made: dict[str, Any] = json.loads(done.out)
    assert made["schema"] == "bartizan/flow-replay/1"
    return made


def test_sessions_are_replayed(traces: Path, cards: Path, run: Run) -> None:
    made = figures(run, traces, "--cards", cards)
    assert made["all"] == {
        "honest": 1, "solved": 1, "alone": 1, "asked_tasks": 0, "asks": 0, "attacked": 1, "armed": 1, "leaked": 0,
        "completed": 0, "done": 1, "allow": 4, "ask": 1, "deny": 0,
    }  # fmt: skip
    assert made["suites"].keys() == {"office"}
    assert figures(run, traces, "--cards", cards, "--unattended")["all"]["deny"] == 1


def test_cards_are_drafted_where_none_are_given(traces: Path, run: Run) -> None:
    made = figures(run, traces)
    assert (made["all"]["solved"], made["all"]["leaked"]) == (1, 0)


def test_a_folder_has_cards_for_each_suite(traces: Path, cards: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "office.yaml").write_text(CARDS)
    (folder / "more.yml").write_text("bartizan: 1\ncards: [{tool: fly, effect: execute}]\n")
    assert figures(run, traces, "--cards", folder)["all"]["leaked"] == 0
    done = run("flow", "replay", traces, "--cards", cards, "--cards", cards)
    assert (done.code, "has two cards" in done.err) == (2, True)


def test_packed_traces_are_read(traces: Path, cards: Path, tmp_path: Path, run: Run) -> None:
    packed = tmp_path / "traces.jsonl.gz"
    packed.write_bytes(gzip.compress(traces.read_bytes()))
    assert figures(run, packed, "--cards", cards)["all"]["honest"] == 1
    packed.write_bytes(packed.read_bytes()[:-20])
    done = run("flow", "replay", packed, "--cards", cards)
    assert (done.code, "can't be read: EOFError" in done.err) == (2, True)


def test_policies_decide_as_well(traces: Path, cards: Path, tmp_path: Path, run: Run) -> None:
    policy = tmp_path / "policies" / "own.cedar"
    policy.parent.mkdir()
    policy.write_text(
        'permit(principal, action == Bartizan::Action::"call-tool", resource);\n'
        '@id("no-mail") @reason("no mail after reading") '
        'forbid(principal, action == Bartizan::Action::"call-tool", resource)'
        ' when { context.effect == "send" && context.tainted };\n'
    )
    made = figures(run, traces, "--cards", cards, "--policy", policy)
    assert made == figures(run, traces, "--cards", cards, "--policy", policy.parent)
    assert (made["all"]["solved"], made["all"]["deny"]) == (0, 3)
    refused = made["refused"][0]["calls"][0]
    assert (refused["rule"], refused["reason"]) == ("no-mail", "no mail after reading")
    policy.write_text(policy.read_text().replace('@id("no-mail")', '@id("no-mail") @ask("finance")'))
    assert figures(run, traces, "--cards", cards, "--policy", policy)["all"]["ask"] == 3


def test_policies_ask_for_whom_the_agent_worked(traces: Path, cards: Path, tmp_path: Path, run: Run) -> None:
    policy = tmp_path / "staff.cedar"
    policy.write_text(
        'permit(principal in Bartizan::Group::"staff", action == Bartizan::Action::"call-tool", resource)\n'
        'when { principal == Bartizan::User::"anna" };\n'
    )
    given = (traces, "--cards", cards, "--policy", policy)
    assert figures(run, *given)["all"]["allow"] == 0
    assert figures(run, *given, "--as", "anna", "--group", "staff")["all"]["solved"] == 1


def test_other_cards_can_judge(traces: Path, cards: Path, tmp_path: Path, run: Run) -> None:
    claimed = tmp_path / "claimed.yaml"
    claimed.write_text(CARDS.replace("effect: send", "effect: read"))
    assert figures(run, traces, "--cards", claimed)["all"]["leaked"] == 0
    assert figures(run, traces, "--cards", claimed, "--judge", cards)["all"]["leaked"] == 1


def test_tools_without_a_card_are_told(traces: Path, tmp_path: Path, run: Run) -> None:
    few = tmp_path / "few.yaml"
    few.write_text("bartizan: 1\ncards: [{tool: read_note, effect: read}]\n")
    done = run("flow", "replay", traces, "--cards", few)
    assert (done.code, "warning: no card for `send_mail`:" in done.err) == (0, True)


def test_for_people(traces: Path, cards: Path, tmp_path: Path, run: Run) -> None:
    assert "office" in run("flow", "replay", traces, "--cards", cards).out
    page = tmp_path / "page.html"
    assert run("flow", "replay", traces, "--cards", cards, "--format", "html", "-o", page).code == 0
    assert "None of 1 attacks came through" in page.read_text()


@pytest.mark.parametrize(
    ("content", "sentence", "code"),
    [("", "holds no session", 3), ("{}\n", "this line is no trace", 2), (None, "is not there", 2)],
)
def test_what_is_refused(content: str | None, sentence: str, code: int, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "t.jsonl"
    if content is not None:
        path.write_text(content)
    done = run("flow", "replay", path)
    assert (done.code, sentence in done.err) == (code, True), done.err


def test_folders_without_anything_are_refused(traces: Path, tmp_path: Path, run: Run) -> None:
    for option, sentence in (("--cards", "holds no cards"), ("--policy", "holds no policy")):
        (tmp_path / "empty").mkdir(exist_ok=True)
        done = run("flow", "replay", traces, option, tmp_path / "empty")
        assert (done.code, sentence in done.err) == (2, True)
    (tmp_path / "odd.cedar").write_bytes(b"\xff")
    done = run("flow", "replay", traces, "--policy", tmp_path / "odd.cedar")
    assert (done.code, "not in UTF-8" in done.err) == (2, True)


@pytest.mark.parametrize("format", ["text", "json", "svg", "html"])
def test_a_call_is_explained(format: str, traces: Path, cards: Path, run: Run) -> None:
    done = run(
        "flow", "explain", traces, "--cards", cards, "--session", "office/t/i", "--call", "1", "--format", format
    )
    assert done.code == 0, done.err
    assert "eve@evil.example" in done.out
    if format == "json":
        assert json.loads(done.out)["schema"] == "bartizan/flow-explain/1"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--session", "3", "--call", "0"], "there is no session `3`"),
        (["--session", "office/x", "--call", "0"], "did you mean `office/t`?"),
        (["--session", "2", "--call", "3"], "its calls are 0 to 2"),
    ],
)
def test_what_is_not_there(arguments: list[str], sentence: str, traces: Path, cards: Path, run: Run) -> None:
    done = run("flow", "explain", traces, "--cards", cards, *arguments)
    assert (done.code, sentence in done.err) == (2, True), done.err


def journal(path: Path, values: Any) -> Path:
    """A session that was put on record."""
    session = FlowMonitor(parse_cards(CARDS, "cards.yaml")).session(PROMPT)
    writing = Journal(b"a key that only this test knows", values)
    lines = [writing.begun("s-1", 0.0), writing.said(PROMPT, 1.0)]
    for event in (NOTE, EVIL):
        verdict = session.call(str(event["tool"]), event["args"])  # type: ignore[arg-type]
        lines.append(writing.called(verdict, 2.0))
        if event is NOTE:
            session.result(verdict, event["result"])
            lines.append(writing.returned(verdict.number, event["result"], 3.0))
    path.write_bytes(b"".join(lines))
    return path


def test_a_journal_is_explained_as_it_was_decided(tmp_path: Path, cards: Path, run: Run) -> None:
    kept = journal(tmp_path / "kept.jsonl", "keep")
    done = run("flow", "explain", kept, "--call", "1")
    assert (done.code, "eve@evil.example" in done.out) == (0, True)
    again = run("flow", "explain", kept, "--call", "1", "--cards", cards)
    assert again.out == done.out
    assert figures(run, kept, "--cards", cards)["all"]["ask"] == 1


def test_a_journal_of_digests_is_explained_without_values(tmp_path: Path, run: Run) -> None:
    path = journal(tmp_path / "digests.jsonl", "digest")
    done = run("flow", "explain", path, "--call", "1")
    assert done.code == 0, done.err
    assert "eve@evil.example" not in done.out
    assert "[digest " in done.out
    done = run("flow", "replay", path)
    assert (done.code, "digests only" in done.err) == (2, True)
