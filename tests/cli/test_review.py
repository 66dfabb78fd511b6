"""`bartizan review`, and the commands that show parts of a review."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bartizan.report import FORMATS
from tests.cli.conftest import SYSTEM, Run

KEYS = {"schema", "system", "threats", "appendix", "paths", "controls", "risk", "coverage", "labels"}


def test_json_is_the_documented_schema_and_the_same_every_time(system: Path, run: Run) -> None:
    done = run("review", system, "--format", "json", "--as-of", "2026-11-01")
    review = json.loads(done.out)
    assert done.code == 0
    assert done.err == ""
    assert set(review) >= KEYS
    assert review["schema"] == "bartizan/review/1"
    assert review["system"] == {"id": "helpdesk", "name": "Help desk"}
    assert review["threats"]
    assert done.out.endswith("}\n")
    assert run("review", system, "--format", "json", "--as-of", "2026-11-01").out == done.out


def test_text_is_the_default_and_plain_in_a_pipe(system: Path, run: Run) -> None:
    done = run("review", system)
    assert done.code == 0
    assert done.out.startswith("Help desk (helpdesk), design stage")
    assert "\x1b" not in done.out
    assert f"bartizan paths {system}" in done.out
    assert max(len(line) for line in done.out.splitlines() if str(system) not in line) <= 110


@pytest.mark.parametrize("name", ["text", "markdown", "json", "sarif", "otm", "oscal", "cyclonedx"])
def test_the_suffix_of_the_file_chooses_the_format(name: str, system: Path, run: Run) -> None:
    target = system.with_name(f"review{FORMATS[name].suffix}")
    done = run("review", system, "-o", target, "--as-of", "2026-11-01")
    assert done.code == 0
    assert done.out == ""
    assert done.err == f"wrote {target}\n"
    expected = run("review", system, "--format", name, "--as-of", "2026-11-01").out
    assert target.read_text(encoding="utf-8") == expected


def test_an_unknown_suffix_asks_for_the_format(system: Path, run: Run) -> None:
    done = run("review", system, "-o", system.with_name("review.xyz"))
    assert done.code == 2
    assert "add --format" in done.err


def test_a_failed_write_leaves_the_old_file(system: Path, run: Run) -> None:
    target = system.with_name("review.json")
    target.write_text("old", encoding="utf-8")
    system.write_text("id: broken\n", encoding="utf-8")
    assert run("review", system, "-o", target).code == 2
    assert target.read_text(encoding="utf-8") == "old"


def test_a_folder_that_is_missing_is_told(system: Path, run: Run) -> None:
    done = run("review", system, "-o", system.parent / "none" / "review.json")
    assert done.code == 2
    assert "does not exist" in done.err


def test_a_full_disk_is_told(system: Path, run: Run) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = run("review", system, "--format", "json", "-o", "/dev/full")
    assert done.code == 1
    assert "can't be written" in done.err


@pytest.mark.parametrize(("level", "code"), [("none", 0), ("low", None), ("critical", None)])
def test_fail_on_ends_with_the_highest_open_threat(level: str, code: int | None, system: Path, run: Run) -> None:
    review = json.loads(run("review", system, "--format", "json").out)
    grades = ["low", "medium", "high", "critical"]
    threats = [*review["threats"], *review["appendix"]]
    highest = max(grades.index(threat["severity"]) for threat in threats if threat["status"] == "open")
    expected = code if code is not None else 12 + highest if highest >= grades.index(level) else 0
    assert run("review", system, "--fail-on", level).code == expected
    assert run("review", system, "--fail-on", level, "--format", "sarif").code == 0


def test_a_binary_format_is_not_for_a_terminal(system: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    done = run("review", system, "--format", "pdf")
    assert done.code == 2
    assert "-o review.pdf" in done.err


def test_a_terminal_gets_colours_unless_it_wants_none(system: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b[1;31m" in run("review", system).out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("review", system).out


def test_an_appetite_from_the_command_line_counts(system: Path, run: Run) -> None:
    strict = json.loads(run("controls", system, "--format", "json", "--appetite", "low").out)["controls"]
    loose = json.loads(run("controls", system, "--format", "json", "--appetite", "critical").out)["controls"]
    assert strict["cost"] > loose["cost"] == 0


def test_paths_can_be_narrowed_to_a_loss(system: Path, run: Run) -> None:
    every = json.loads(run("paths", system, "--format", "json").out)
    assert every["schema"] == "bartizan/paths/1"
    some = every["paths"][0]
    for to in (some["loss"], some["kind"], some["asset"]):
        chosen = json.loads(run("paths", system, "--to", to, "--format", "json").out)["paths"]
        assert some in chosen
        assert all(to in (path["loss"], path["kind"], path["asset"]) for path in chosen)
    done = run("paths", system, "--to", "disclosur")
    assert done.code == 2
    assert "did you mean `disclosure" in done.err


def test_paths_as_text_say_every_step_with_its_ids_and_cuts(system: Path, run: Run) -> None:
    paths = json.loads(run("paths", system, "--format", "json").out)["paths"]
    text = run("paths", system).out
    words = " ".join(text.split())
    for path in paths:
        assert path["id"] in text
        for step in path["steps"]:
            assert step["title"] in words
            assert all(name in text for name in (*step["atlas"], *step["cut_by"]))


def test_controls_as_text_list_the_plan_and_alternatives(system: Path, run: Run) -> None:
    arguments = ("controls", system, "--alternatives", "2", "--appetite", "medium")
    plan = json.loads(run(*arguments, "--format", "json").out)["controls"]
    text = run(*arguments).out
    assert all(place["control"] in text for place in plan["minimum"])
    assert text.count("ALTERNATIVE") == len(plan["alternatives"])


def test_a_budget_that_is_too_small_leaves_losses_open(system: Path, run: Run) -> None:
    done = run("controls", system, "--budget", "0", "--format", "json")
    plan = json.loads(done.out)["controls"]
    assert plan["minimum"] == []
    assert plan["kept_open"]


def test_diff_says_what_a_change_adds_and_removes(system: Path, run: Run) -> None:
    new = system.with_name("new.yaml")
    lines = [line for line in SYSTEM.splitlines() if "mailer" not in line]
    new.write_text("\n".join(lines), encoding="utf-8")
    difference = json.loads(run("diff", system, new, "--format", "json").out)
    assert difference["schema"] == "bartizan/diff/1"
    assert any(threat["at"] == "mailer" for threat in difference["threats_removed"])
    text = run("diff", system, new).out
    assert all(threat["id"] in text.replace("\n", " ") for threat in difference["threats_removed"][:3])
    back = json.loads(run("diff", new, system, "--format", "json").out)
    assert back["threats_added"] == difference["threats_removed"]
    same = run("diff", system, system)
    assert same.code == 0
    assert "nothing changes" in same.out
