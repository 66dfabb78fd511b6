"""A session behind `bartizan mcp wrap` is kept, explained and replayed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.cli.test_mcp_wrap import ATTACKER, attacked, wrapped


def test_a_wrapped_session_is_explained_and_replayed(tmp_path: Path, run: Run) -> None:
    journals = tmp_path / "journals"
    with wrapped(tmp_path, "--unattended", "--journal", journals, "--journal-values", "keep") as one:
        assert attacked(one)[0]
        assert one.end() == 0
    (path,) = journals.glob("*.jsonl")
    done = run("flow", "explain", path, "--call", "1")
    assert done.code == 0, done.err
    assert ATTACKER in done.out
    assert "denied" in done.out
    done = run("flow", "replay", path, "--unattended", "--format", "json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["all"]["deny"] == 1


def test_without_values_none_is_kept(tmp_path: Path, run: Run) -> None:
    journals = tmp_path / "journals"
    with wrapped(tmp_path, "--unattended", "--journal", journals) as one:
        assert attacked(one)[0]
        assert one.end() == 0
    (path,) = journals.glob("*.jsonl")
    assert ATTACKER.encode() not in path.read_bytes()
    done = run("flow", "explain", path, "--call", "1")
    assert done.code == 0, done.err
    assert "[digest " in done.out
