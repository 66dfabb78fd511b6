"""`bartizan block`: the kill switch on the command line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bartizan.guard.limits import parse_blocks
from tests.cli.conftest import Run

CONFIG = """
upstreams:
  - {id: eu, door: openai, url: "https://provider.example/v1", models: {gpt: gpt-2026-01-01}}
identity: {keys: keys.json}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.yaml"
    path.write_text(CONFIG)
    return path


def kept(config: Path) -> bytes:
    return (config.parent / "state" / "blocks.jsonl").read_bytes()


def test_a_block_is_kept_listed_and_undone(config: Path, run: Run) -> None:
    done = run("block", "principal", "alice", "--until", "2h", "--why", "leaked key", "--by", "jo", "--config", config)
    assert done.code == 0, done.err
    (block,) = parse_blocks(kept(config), "x").all
    assert (block.kind, block.name, block.by, block.why) == ("principal", "alice", "jo", "leaked key")
    assert block.until - block.since == pytest.approx(7200, abs=5)
    assert f"bartizan block undo {block.id}" in done.err
    (row,) = json.loads(run("block", "list", "--format", "json", "--config", config).out)["blocks"]
    assert (row["id"], row["stands"]) == (block.id, True)
    assert re.search(r"alice .* jo +leaked key", run("block", "list", "--config", config).out)
    assert run("block", "undo", block.id, "--by", "mo", "--config", config).code == 0
    assert run("block", "list", "--config", config).out == "nothing is blocked\n"
    assert "undone" in run("block", "list", "--all", "--config", config).out
    (undone,) = parse_blocks(kept(config), "x").all
    assert (undone.undone > 0, undone.undone_by) == (True, "mo")
    assert "was undone already" in run("block", "undo", block.id, "--config", config).err


def test_both_are_on_record(config: Path, run: Run) -> None:
    run("block", "model", "gpt", "--until", "3d", "--by", "jo", "--config", config)
    (block,) = parse_blocks(kept(config), "x").all
    run("block", "undo", block.id, "--by", "mo", "--config", config)
    lines = [line for file in (config.parent / "events").glob("*.jsonl") for line in file.read_text().splitlines()]
    events = [event for event in map(json.loads, lines) if event["kind"] in ("block", "unblock")]
    assert [(one["kind"], one["principal"], one["resource"]) for one in events] == [
        ("block", "jo", "model:gpt"),
        ("unblock", "mo", "model:gpt"),
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence", "code"),
    [
        (["upstream", "us", "--until", "2h"], "there is no upstream `us`", 2),
        (["model", "gtp", "--until", "2h"], "no upstream offers the model `gtp`", 2),
        (["principal", " ", "--until", "2h"], "is not a name", 2),
        (["principal", "a", "--until", "2h", "--why", "x" * 1001], "more than 1000 characters", 2),
        (["principal", "a", "--until", "2h", "--by", "x\x1b"], "`--by` is not a name", 2),
        (["principal", "a", "--until", "soon"], "`soon` is not a time", 2),
        (["principal", "a", "--until", "2001-01-01"], "is over already", 2),
        (["principal", "a", "--until", "2099-01-01T00:00:00"], "lacks an offset", 2),
        (["principal", "a"], "--until", 2),
        (["undo", "nothing"], "there is no block `nothing`", 2),
    ],
)
def test_what_is_refused(arguments: list[str], sentence: str, code: int, config: Path, run: Run) -> None:
    done = run("block", *arguments, "--config", config)
    assert (done.code, sentence in done.err) == (code, True), done.err


@pytest.mark.parametrize("until", ["2099-01-01", "2099-01-01T10:00:00Z", "30m", "1w"])
def test_times_as_people_write_them(until: str, config: Path, run: Run) -> None:
    assert run("block", "application", "desk", "--until", until, "--config", config).code == 0


@pytest.mark.parametrize("kind", ["agent", "session", "tool", "server"])
def test_what_agents_are_made_of_is_blocked_and_undone(kind: str, config: Path, run: Run) -> None:
    assert run("block", kind, "mail/send", "--until", "2h", "--by", "jo", "--config", config).code == 0
    (block,) = parse_blocks(kept(config), "x").all
    assert (block.kind, block.name) == (kind, "mail/send")
    assert block.id in run("block", "list", "--config", config).out
    assert run("block", "undo", block.id, "--by", "mo", "--config", config).code == 0
    assert run("block", "list", "--config", config).out == "nothing is blocked\n"


def test_a_configuration_that_is_wrong_does_not_stop_the_kill_switch(config: Path, run: Run) -> None:
    config.write_text(CONFIG + "nonsense: 1\n")
    done = run("block", "upstream", "anything", "--until", "2h", "--config", config)
    assert done.code == 0
    assert "warning: something is wrong with" in done.err
    assert "not on record" in done.err
    assert kept(config)


def test_no_configuration_is_a_mistake(tmp_path: Path, run: Run) -> None:
    done = run("block", "principal", "alice", "--until", "2h", "--config", tmp_path / "other.yaml")
    assert (done.code, "there is no" in done.err) == (2, True)


def test_a_file_that_is_wrong_is_not_added_to(config: Path, run: Run) -> None:
    (config.parent / "state").mkdir()
    (config.parent / "state" / "blocks.jsonl").write_bytes(b"{}")
    done = run("block", "principal", "alice", "--until", "2h", "--config", config)
    assert (done.code, "this line is no block" in done.err) == (2, True)
    assert kept(config) == b"{}"
