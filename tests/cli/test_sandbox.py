"""`bartizan sandbox`: open, list, close, and the exit report."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.guard.gateway.standing import OPENINGS, read_state
from bartizan.guard.sandbox import parse_openings
from bartizan.model import Count, Event, Usage
from bartizan.soc import EventLog
from tests.cli.conftest import Run
from tests.cli.test_block import CONFIG

DOCUMENT = """
id: pilot
purpose: Draft replies
owner: jo
users: [alice]
data: {highest: internal}
models: [gpt]
egress: {upstreams: [eu]}
starts: 2026-01-01
ends: 2099-12-31
success: [{measure: calls, reaches: 1}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.yaml"
    path.write_text(CONFIG)
    (tmp_path / "pilot.yaml").write_text(DOCUMENT)
    return path


def states(config: Path, run: Run) -> dict[str, str]:
    listed = json.loads(run("sandbox", "list", "--format", "json", "--config", config).out)
    return {row["id"]: row["state"] for row in listed["sandboxes"]}


def happened(config: Path) -> None:
    """Put two calls on record: one of the sandbox, one of nobody's."""
    log = EventLog(config.parent / "events", writer="w1")
    time = "2098-01-01T00:00:00.000Z"
    log.append(
        Event(kind="call", time=time, principal="alice", resource="gpt", findings=[Count("email", 2)],
              tokens=Usage(10, 5), cost=0.25, more={"sandbox": "pilot"})
    )  # fmt: skip
    log.append(Event(kind="call", time=time, principal="bob"))
    log.append(Event(kind="call", time="2025-01-01T00:00:00.000Z", principal="eve", more={"sandbox": "pilot"}))
    log.close()


def test_from_open_to_the_exit_report(config: Path, run: Run) -> None:
    assert run("sandbox", "list", "--config", config).out == "there are no sandboxes\n"
    done = run("sandbox", "open", config.parent / "pilot.yaml", "--by", "jo", "--config", config)
    assert done.code == 0, done.err
    assert "sandbox `pilot` is open from" in done.err
    assert states(config, run) == {"pilot": "open"}
    assert "pilot" in run("sandbox", "list", "--config", config).out
    happened(config)
    done = run("sandbox", "close", "pilot", "--why", "enough seen", "--by", "mo", "--config", config)
    assert done.code == 0, done.err
    assert states(config, run) == {"pilot": "closed"}
    report = json.loads((config.parent / "state" / "reports" / "pilot.json").read_bytes())
    assert (report["calls"], report["people"], report["ended"]) == (1, {"alice": 1}, "enough seen")
    assert report["money"]["spent"] == 0.25
    assert report["success"][0]["met"] is True
    assert (config.parent / "state" / "reports" / "pilot.md").read_text().startswith("# Exit report: pilot\n")
    (opening,) = parse_openings(read_state(config.parent / "state" / OPENINGS), "x")
    assert (opening.by, opening.closed_by, opening.why) == ("jo", "mo", "enough seen")
    again = run("sandbox", "close", "pilot", "--report", config.parent / "r.json", "--config", config)
    assert again.code == 0
    assert json.loads((config.parent / "r.json").read_bytes())["ended"] == "enough seen"


def test_a_document_that_is_not_there_is_told(config: Path, run: Run) -> None:
    done = run("sandbox", "open", config.parent / "none.yaml", "--by", "jo", "--config", config)
    assert done.code == 2
    assert "none.yaml` is not there" in done.err


def test_opening_and_closing_are_on_record(config: Path, run: Run) -> None:
    run("sandbox", "open", config.parent / "pilot.yaml", "--by", "jo", "--config", config)
    run("sandbox", "close", "pilot", "--by", "mo", "--config", config)
    lines = [line for file in (config.parent / "events").glob("*.jsonl") for line in file.read_text().splitlines()]
    events = [event for event in map(json.loads, lines) if event["kind"] == "sandbox"]
    assert [(one["action"], one["principal"], one["resource"]) for one in events] == [
        ("open", "jo", "pilot"),
        ("close", "mo", "pilot"),
    ]


def test_what_was_amended_goes_on_and_what_was_closed_begins_anew(config: Path, run: Run) -> None:
    file = config.parent / "pilot.yaml"

    def opened() -> tuple[float, str]:
        assert run("sandbox", "open", file, "--config", config).code == 0
        (opening,) = parse_openings(read_state(config.parent / "state" / OPENINGS), "x")
        return opening.opened, opening.digest

    first = opened()
    file.write_text(DOCUMENT.replace("[alice]", "[alice, bob]"))
    second = opened()
    assert (second[0], second[1] != first[1]) == (first[0], True)
    run("sandbox", "close", "pilot", "--config", config)
    assert opened()[0] > first[0]


def test_a_folder_of_documents_is_watched_for_changes(config: Path, run: Run) -> None:
    config.write_text(CONFIG + "sandboxes: trials\n")
    (config.parent / "trials").mkdir()
    file = config.parent / "trials" / "first.yaml"
    file.write_text(DOCUMENT)
    assert states(config, run) == {"pilot": "not opened"}
    run("sandbox", "open", file, "--config", config)
    assert states(config, run) == {"pilot": "open"}
    file.write_text(DOCUMENT + "# more\n")
    assert states(config, run) == {"pilot": "changed since opened"}
    file.unlink()
    assert states(config, run) == {"pilot": "document missing"}


@pytest.mark.parametrize(("starts", "ends", "state"), [("2098-01-01", "2099-01-01", "not begun")])
def test_one_that_has_not_begun(starts: str, ends: str, state: str, config: Path, run: Run) -> None:
    file = config.parent / "pilot.yaml"
    file.write_text(DOCUMENT.replace("2026-01-01", starts).replace("2099-12-31", ends))
    run("sandbox", "open", file, "--config", config)
    assert states(config, run) == {"pilot": state}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2099-12-31", "2026-02-01", "ended at 2026-02-01"),
        ("[eu]", "[us]", "names an upstream `us`"),
        ("highest: internal", "highest: none-such", "`none-such` is no class"),
        ("owner: jo", "boss: jo", "`boss` is not a key"),
    ],
)
def test_a_document_that_is_wrong_is_not_opened(old: str, new: str, sentence: str, config: Path, run: Run) -> None:
    file = config.parent / "pilot.yaml"
    file.write_text(DOCUMENT.replace(old, new))
    done = run("sandbox", "open", file, "--config", config)
    assert (done.code, sentence in done.err) == (2, True), done.err
    assert states(config, run) == {}


def test_one_that_was_never_opened_can_not_be_closed(config: Path, run: Run) -> None:
    done = run("sandbox", "close", "pilot", "--config", config)
    assert (done.code, "no sandbox `pilot` was opened" in done.err) == (2, True)


def test_none_is_opened_where_several_workers_would_each_count(config: Path, run: Run) -> None:
    config.write_text(CONFIG + "workers: 2\n")
    done = run("sandbox", "open", config.parent / "pilot.yaml", "--config", config)
    assert (done.code, "in memory for one worker, and there are 2" in done.err) == (2, True), done.err
    config.write_text(CONFIG + "workers: 2\nstate: valkey://127.0.0.1:1/0\n")
    assert run("sandbox", "open", config.parent / "pilot.yaml", "--config", config).code == 0
