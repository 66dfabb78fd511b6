"""What other programs read of this repository: hooks for pre-commit, the action. They run commands that exist."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bartizan.cli import main
from tests.support import REPOSITORY


def read(name: str) -> Any:
    return yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))


def test_hooks_run_commands_with_options_that_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    for hook in read(".pre-commit-hooks.yaml"):
        assert {"id", "name", "description", "entry", "language"} <= hook.keys()
        program, *arguments = shlex.split(hook["entry"])
        options = [one for one in hook.get("args", []) if one != "."]
        assert program == "bartizan"
        code = main([*arguments, *options, str(tmp_path)])
        said = capsys.readouterr()
        # Without pins, the second one says so; nothing else may be wrong with the arguments.
        assert code == 0 or "pin first" in said.err


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_the_action_scans_what_it_is_told(tmp_path: Path) -> None:
    steps = read("action.yml")["runs"]["steps"]
    script = steps[-1]["run"].replace('"$RUNNER_TEMP/bartizan/bin/bartizan"', "printf '%s|'")
    environment = {"PATHS": "a b\n\n  \n$(touch x)\n", "FAIL_ON": "high", "SARIF": "out.sarif", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "scan|--fail-on|high|--sarif|out.sarif|--|a b|$(touch x)|"
    assert not (tmp_path / "x").exists()
    assert {*steps[-1]["env"]} == {"PATHS", "FAIL_ON", "SARIF"}
