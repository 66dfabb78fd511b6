"""`bartizan portfolio`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.cli.estate import find_systems
from tests.cli.conftest import SYSTEM, Run

PLATFORM = "zones:\n  shared: {kind: cloud}\n"


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Give three systems, two of which share a file, and a part that nobody includes."""
    for name in ("b/one", "a/two"):
        folder = tmp_path / name
        folder.mkdir(parents=True)
        text = SYSTEM.replace("id: helpdesk", f"id: {folder.name}") + "include: ../../platform.yaml\n"
        (folder / "system.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "three.yml").write_text(SYSTEM, encoding="utf-8")
    (tmp_path / "platform.yaml").write_text(PLATFORM, encoding="utf-8")
    (tmp_path / "unused.yaml").write_text(PLATFORM, encoding="utf-8")
    (tmp_path / "three.decisions.yaml").write_text("decisions: []\n", encoding="utf-8")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "system.yaml").write_text(SYSTEM, encoding="utf-8")
    return tmp_path


def test_systems_are_found_in_the_order_of_their_paths(estate: Path) -> None:
    found = find_systems(estate)
    assert found.systems == ["a/two/system.yaml", "b/one/system.yaml", "three.yml"]
    assert found.parts == ["platform.yaml", "unused.yaml"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_one_line_for_each_system_and_a_summary(estate: Path, run: Run, jobs: int) -> None:
    done = run("portfolio", estate, "--jobs", jobs, "--as-of", "2026-11-01")
    assert done.code == 0, done.err
    *lines, summary = [json.loads(line) for line in done.out.splitlines()]
    assert [line["id"] for line in lines] == ["two", "one", "helpdesk"]
    assert all(line["schema"] == "bartizan/portfolio-system/1" and line["top"] for line in lines)
    assert summary["schema"] == "bartizan/portfolio/1"
    assert summary["systems"] == 3
    assert summary["failed"] == 0
    assert summary["above_appetite"] == 3
    assert summary["not_inspected"] == [
        {"path": "unused.yaml", "reason": "has no `id` at its top, and no system includes it"}
    ]
    assert all(entry["systems"] == 3 for entry in summary["controls"])
    assert "3 systems, 3 above the appetite" in done.err


def test_what_can_not_be_read_is_told_and_the_rest_goes_on(estate: Path, run: Run) -> None:
    (estate / "broken.yaml").write_text("id: [\n", encoding="utf-8")
    (estate / "binary.yaml").write_bytes(b"\0\1\2")
    done = run("portfolio", estate, "--jobs", "1")
    assert done.code == 2
    lines = [json.loads(line) for line in done.out.splitlines()]
    errors = {line["path"]: line["error"] for line in lines[:-1] if line["error"]}
    assert set(errors) == {"broken.yaml", "binary.yaml"}
    assert "not valid YAML" in errors["broken.yaml"]
    assert lines[-1]["failed"] == 2
    assert "2 systems could not be reviewed" in done.err


def test_a_link_out_of_the_folder_is_refused(estate: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "system.yaml"
    elsewhere.write_text(SYSTEM, encoding="utf-8")
    (estate / "link.yaml").symlink_to(elsewhere)
    done = run("portfolio", estate, "--jobs", "1")
    assert done.code == 2
    assert "is a link that leaves" in done.err


def test_the_output_is_written_whole(estate: Path, run: Run) -> None:
    target = estate / "portfolio.jsonl"
    done = run("portfolio", estate, "--jobs", "1", "-o", target)
    assert done.out == ""
    assert len(target.read_text(encoding="utf-8").splitlines()) == 4
    assert list(estate.glob(".*.part")) == []


def test_fail_on_counts_the_worst_of_all(estate: Path, run: Run) -> None:
    assert run("portfolio", estate, "--jobs", "1", "--fail-on", "low").code in (12, 13, 14, 15)


def test_an_empty_folder_is_nothing_to_do(tmp_path: Path, run: Run) -> None:
    done = run("portfolio", tmp_path)
    assert done.code == 3
    assert "there is no system below" in done.err


def test_a_file_is_not_a_folder(system: Path, run: Run) -> None:
    done = run("portfolio", system)
    assert done.code == 2
    assert "is not a folder" in done.err


def test_a_mistake_of_ours_on_one_system_does_not_end_the_run(
    estate: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("secret-value")

    monkeypatch.setattr("bartizan.cli.estate.review", broken)
    done = run("portfolio", estate, "--jobs", "1")
    assert done.code == 1
    assert "a mistake of its own, `ValueError`" in done.err
    assert "secret-value" not in done.err + done.out
    assert json.loads(done.out.splitlines()[-1])["failed"] == 3
