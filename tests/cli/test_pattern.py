"""`bartizan pattern`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.store import load_system
from tests.cli.conftest import SYSTEM, Run
from tests.support import packaged_catalog

PATTERN = "agent-with-mcp-tools"


def test_list_and_show(run: Run) -> None:
    listed = json.loads(run("pattern", "list", "--format", "json").out)["patterns"]
    assert [entry["id"] for entry in listed] == sorted(packaged_catalog().patterns)
    assert PATTERN in run("pattern", "list").out
    shown = json.loads(run("pattern", "show", PATTERN, "--format", "json").out)
    text = run("pattern", "show", PATTERN).out
    assert all(name in text for name in (*shown["essential"], *shown["parameters"]))
    done = run("pattern", "show", "agent-with-mcp-tool")
    assert done.code == 2
    assert f"did you mean `{PATTERN}`?" in done.err


@pytest.mark.parametrize("id", sorted(packaged_catalog().patterns))
def test_every_pattern_can_be_written_as_a_system(id: str, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "system.yaml"
    done = run("pattern", "apply", id, "-o", target)
    assert done.code == 0, done.err
    assert load_system(target).components


def test_applied_to_a_system_it_becomes_an_include(system: Path, run: Run) -> None:
    before = system.read_text(encoding="utf-8")
    done = run("pattern", "apply", PATTERN, system, "--set", "mail-server=mailer")
    assert done.code == 0, done.err
    assert system.read_text(encoding="utf-8") == before + f"\ninclude: [{PATTERN}.yaml]\n"
    merged = load_system(system)
    assert "ticket-server" in merged.components
    assert merged.components["mailer"].name == ""
    assert "note: `mailer` under `components` stays" in done.err
    assert run("review", system).code == 0


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ("include: [net.yaml]", f"include: [net.yaml, {PATTERN}.yaml]"),
        ("include: []", f"include: [{PATTERN}.yaml]"),
    ],
)
def test_an_include_that_is_there_gets_one_more(include: str, expected: str, system: Path, run: Run) -> None:
    system.with_name("net.yaml").write_text("zones: {other: {kind: dmz}}\n", encoding="utf-8")
    system.write_text(SYSTEM + include + "\n# the end\n", encoding="utf-8")
    assert run("pattern", "apply", PATTERN, system).code == 0
    assert system.read_text(encoding="utf-8") == SYSTEM + expected + "\n# the end\n"


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [
        (SYSTEM + "include:\n  - net.yaml\n", (), "can't be added to by a program"),
        (SYSTEM, ("--set", "agent"), "must be NAME=ID"),
        (SYSTEM, ("--set", "robot=agent"), "is no parameter of"),
        (SYSTEM, ("--set", "agent=Not An Id"), "be an id"),
    ],
)
def test_what_can_not_be_applied_changes_nothing(
    text: str, arguments: tuple[str, ...], sentence: str, system: Path, run: Run
) -> None:
    system.with_name("net.yaml").write_text("zones: {other: {kind: dmz}}\n", encoding="utf-8")
    system.write_text(text, encoding="utf-8")
    done = run("pattern", "apply", PATTERN, system, *arguments)
    assert done.code == 2, done.err
    assert sentence in done.err
    assert system.read_text(encoding="utf-8") == text
    assert not system.with_name(f"{PATTERN}.yaml").exists()


def test_a_file_that_is_there_is_not_overwritten(system: Path, run: Run) -> None:
    system.with_name(f"{PATTERN}.yaml").write_text("mine", encoding="utf-8")
    done = run("pattern", "apply", PATTERN, system)
    assert done.code == 2
    assert "exists already" in done.err
    assert system.read_text(encoding="utf-8") == SYSTEM
