"""`bartizan events`: what is on record, in every format, and whether it is as it was written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bartizan.soc import EventLog
from tests.cli.conftest import Run
from tests.soc.events import event, filled
from tests.support import REPOSITORY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "events"
    log = EventLog(path, fsync="never")
    log.append(event(0, kind="start", decision=""))
    log.append(event(1))
    log.append(event(2, kind="refusal", decision="deny"))
    log.close()
    return path


def test_tail_shows_events_for_people(run: Run, folder: Path) -> None:
    done = run("events", "tail", "--folder", folder)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[1] == (
        "2026-11-28T10:00:00.001Z  transform  user-1  chat  gpt-5-2026-08-01  by mask-mail  "
        "2 email-address, 1 iban  120+40 tokens"
    )
    assert lines[2].startswith("2026-11-28T10:00:00.002Z  deny       user-2")
    assert lines[0].split()[1] == "start"


def test_tail_as_json_is_what_the_log_holds(run: Run, folder: Path) -> None:
    done = run("events", "tail", "--folder", folder, "--format", "json")
    (file,) = folder.glob("*.jsonl")
    assert [json.loads(line) for line in done.out.splitlines()] == [
        json.loads(line) for line in file.read_bytes().splitlines()
    ]


def test_tail_in_the_formats_of_others(run: Run, folder: Path) -> None:
    ocsf = [json.loads(line) for line in run("events", "tail", "--folder", folder, "--format", "ocsf").out.splitlines()]
    assert [one["class_uid"] for one in ocsf] == [6002, 6003, 6003]
    otel = [json.loads(line) for line in run("events", "tail", "--folder", folder, "--format", "otel").out.splitlines()]
    spans = [one["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"] for one in otel]
    assert spans == ["bartizan start", "chat gpt-5-2026-08-01", "chat gpt-5-2026-08-01"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--kind", "call"], [2]),
        (["--kind", "call", "--kind", "start"], [1, 2]),
        (["--decision", "deny"], [3]),
        (["--principal", "user-1"], [2]),
        (["--rule", "none"], []),
        (["--since", "2026-11-28T11:00:00.002+01:00"], [3]),
        (["--since", "2026-11-28", "--until", "2026-11-28T10:00:00.001Z"], [1]),
        (["--since", "99999w"], [1, 2, 3]),
        (["--last", "2"], [2, 3]),
        (["-n", "0"], []),
        (["-n", "0", "--all"], [1, 2, 3]),
    ],
)
def test_tail_shows_only_what_was_asked_for(run: Run, folder: Path, options: list[str], expected: list[int]) -> None:
    done = run("events", "tail", "--folder", folder, "--format", "json", *options)
    assert [json.loads(line)["seq"] for line in done.out.splitlines()] == expected


@pytest.mark.parametrize("time", ["yesterday", "0h", "999999w", "2026-13-01"])
def test_a_time_that_is_none_is_said(run: Run, folder: Path, time: str) -> None:
    done = run("events", "tail", "--folder", folder, "--since", time)
    assert done.code == 2
    assert f"`{time}` is not a time" in done.err


def test_tail_of_no_folder_is_said(run: Run, tmp_path: Path) -> None:
    done = run("events", "tail", "--folder", tmp_path / "none")
    assert (done.code, done.out) == (2, "")
    assert "can't be read" in done.err


def test_what_a_caller_is_named_can_not_steer_the_terminal(run: Run, tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never")
    log.append(event(0, action="\x1b[2Jchat\nforged line"))
    log.close()
    (line,) = run("events", "tail", "--folder", tmp_path).out.splitlines()
    assert "\x1b" not in line


def test_lines_that_hold_no_event_are_a_warning(run: Run, folder: Path) -> None:
    (file,) = folder.glob("*.jsonl")
    with file.open("ab") as stream:
        stream.write(b"nonsense\n")
    done = run("events", "tail", "--folder", folder)
    assert done.code == 0
    assert "warning: 1 line can't be read" in done.err


def test_follow_shows_what_is_added_over_a_rotation(tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never", size=1200)
    log.append(event(0))
    arguments = ["-m", "bartizan.cli", "events", "tail", "--folder", str(tmp_path), "-f", "--format", "json"]
    child = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": "src"}
    )
    assert child.stdout is not None
    try:
        seen = [json.loads(child.stdout.readline())["seq"]]
        for number in range(1, 6):
            log.append(event(number))
            time.sleep(0.01)
        seen += [json.loads(child.stdout.readline())["seq"] for _ in range(5)]
    finally:
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=10)
        log.close()
    assert seen == [1, 2, 3, 4, 5, 6]
    assert child.returncode == 130
    assert len(list(tmp_path.glob("*.jsonl"))) > 1


def test_verify_says_that_all_is_well(run: Run, folder: Path) -> None:
    done = run("events", "verify", folder)
    assert done.code == 0
    assert done.out.startswith("3 lines in 1 file of 1 chain: as they were written\n  gateway ends at 3, ")


def test_verify_says_file_line_number_and_what(run: Run, folder: Path) -> None:
    (file,) = folder.glob("*.jsonl")
    file.write_bytes(file.read_bytes().replace(b"user-1", b"user-9"))
    done = run("events", "verify", folder)
    assert done.code == 14
    assert done.out.splitlines()[0] == (
        f"{file.name}:2: high: A line was changed after it was written (2: its hash is not that of what it says)"
    )
    assert "user-9" not in done.out
    answer = json.loads(run("events", "verify", folder, "--format", "json").out)
    assert answer["schema"] == "bartizan/events-verify/1"
    (found,) = answer["findings"]
    assert (found["rule"], found["severity"], found["path"], found["line"]) == ("event-edited", "high", file.name, 2)
    assert run("events", "verify", folder, "--fail-on", "critical").code == 0


def test_a_cut_end_is_found_with_what_was_noted(run: Run, folder: Path, tmp_path: Path) -> None:
    anchors, report = tmp_path / "anchors.jsonl", tmp_path / "report.json"
    done = run("events", "verify", folder, "--note", anchors, "--format", "json", "-o", report)
    assert (done.code, done.out) == (0, "")
    assert "noted 1 end" in done.err
    (file,) = folder.glob("*.jsonl")
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:2]))
    assert run("events", "verify", folder).code == 0
    for noted in (anchors, report):
        done = run("events", "verify", folder, "--anchor", noted, "--note", anchors)
        assert done.code == 15
        assert "ends at 2; 3 was noted" in done.out
        assert "nothing is noted" in done.err
    assert len(anchors.read_text(encoding="utf-8").splitlines()) == 1


def test_verify_tells_wrong_arguments_apart(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "wrong").write_text("x", encoding="utf-8")
    assert run("events", "verify", tmp_path / "none").code == 2
    assert run("events", "verify", tmp_path / "wrong").code == 2
    assert run("events", "verify", tmp_path / "empty").code == 3
    assert run("events", "verify", folder, "--anchor", tmp_path / "none").code == 2
    assert run("events", "verify", folder, "--anchor", tmp_path / "wrong").code == 2
    done = run("events", "verify", folder, "--note", tmp_path / "none" / "x")
    assert done.code == 1
    assert "can't be written" in done.err


def test_what_a_killed_process_left_is_a_note(run: Run, folder: Path) -> None:
    (file,) = folder.glob("*.jsonl")
    with file.open("ab") as stream:
        stream.write(b'{"seq":4')
    assert run("events", "verify", folder).code == 12
    filled(folder, 1)
    done = run("events", "verify", folder)
    assert done.code == 0
    assert f"note: {file.name}: 8 bytes were set aside, which 4 says" in done.out
