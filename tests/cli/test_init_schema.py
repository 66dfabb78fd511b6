"""`bartizan init` and `bartizan schema`."""

from __future__ import annotations

import json
from pathlib import Path

from bartizan.store import load_system
from tests.cli.conftest import Run


def test_the_first_system_can_be_reviewed_as_it_is(tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "My First Bot"
    done = run("init", folder)
    assert done.code == 0, done.err
    path = folder / "system.yaml"
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=system.schema.json\n")
    assert load_system(path).id == "my-first-bot"
    assert json.loads((folder / "system.schema.json").read_text(encoding="utf-8"))["title"] == "Bartizan system"
    review = json.loads(run("review", path, "--format", "json").out)
    assert review["threats"]
    assert review["paths"]


def test_nothing_is_overwritten(tmp_path: Path, run: Run) -> None:
    (tmp_path / "system.yaml").write_text("mine", encoding="utf-8")
    done = run("init", tmp_path)
    assert done.code == 2
    assert "exists already" in done.err
    assert (tmp_path / "system.yaml").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "system.schema.json").exists()


def test_a_schema_that_is_there_stays(tmp_path: Path, run: Run) -> None:
    (tmp_path / "system.schema.json").write_text("{}", encoding="utf-8")
    assert run("init", tmp_path).code == 0
    assert (tmp_path / "system.schema.json").read_text(encoding="utf-8") == "{}"


def test_a_file_in_the_place_of_the_folder(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("init", tmp_path / "file" / "folder")
    assert done.code == 1
    assert "can't be made" in done.err


def test_the_schema_goes_to_standard_output_or_a_file(tmp_path: Path, run: Run) -> None:
    printed = run("schema", "system").out
    run("schema", "system", "-o", tmp_path / "schema.json")
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == printed
    assert "Agent" in json.loads(printed)["$defs"]
