"""`bartizan scan data`, with the real readers and engine and few types."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli import scan_progress
from bartizan.cli.scan_progress import Meter
from tests.cli.conftest import SYSTEM, Run
from tests.cli.test_progress import Terminal

TYPES = "iban-code,email-address,credit-card"
IBAN = "DE89370400440532013000"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "app.log").write_text(f"started\npaid from {IBAN}\nstopped\n", encoding="utf-8")
    (folder / "clean.txt").write_text("nothing\n", encoding="utf-8")
    with (folder / "people.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "contact", "zip", "gender"])
        writer.writerows(
            [number, f"user{number}@example.org", 8000 + number % 2, "fm"[number % 2]] for number in range(20)
        )
    return folder


def scanned(run: Run, *arguments: object) -> dict[str, Any]:
    done = run("scan", "data", *arguments, "--types", TYPES, "--format", "json")
    assert done.code in (0, *range(11, 16)), done.err
    document: dict[str, Any] = json.loads(done.out)
    return document


def test_what_is_found_where(run: Run, data: Path) -> None:
    document = scanned(run, data)
    assert (document["schema"], document["class"]) == ("bartizan/scan/1", "confidential")
    findings = {one["type"]: one for one in document["findings"]}
    iban, mail = findings["iban-code"], findings["email-address"]
    assert (iban["path"], iban["line"], iban["column"], iban["count"]) == (str(data / "app.log"), 2, 11, 1)
    assert iban["evidence"] == "XX####################"
    assert (mail["path"], mail["line"], mail["column"], mail["count"]) == (str(data / "people.csv"), 2, "contact", 20)
    people = next(one for one in document["artefacts"] if one["path"].endswith("people.csv"))
    assert people["columns"][0]["type"] == "email-address"
    assert people["columns"][0]["share"] == 1.0
    assert {Path(one["path"]).name: one["verdict"] for one in document["artefacts"]} == {
        "app.log": "unknown",
        "clean.txt": "safe",
        "people.csv": "unknown",
    }
    assert document["stats"]["bytes"] == sum(file.stat().st_size for file in data.iterdir())
    assert IBAN not in json.dumps(document)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 13),
        (["--fail-on", "high"], 0),
        (["--fail-on", "medium"], 13),
        (["--fail-on", "none"], 0),
        (["--format", "sarif"], 0),
    ],
)
def test_exit_codes(run: Run, data: Path, options: list[str], code: int) -> None:
    assert run("scan", "data", data, "--types", TYPES, *options).code == code


def test_nothing_found_and_nothing_to_inspect(run: Run, data: Path, tmp_path: Path) -> None:
    done = run("scan", "data", data / "clean.txt", "--types", TYPES)
    assert (done.code, done.out.splitlines()[0]) == (0, "safe: nothing found in 1 file")
    (tmp_path / "empty").mkdir()
    done = run("scan", "data", tmp_path / "empty", "--types", TYPES)
    assert done.code == 3
    assert "there is no file to inspect" in done.err
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    done = run("scan", "data", tmp_path / "x.png", "--types", TYPES)
    assert done.code == 11
    assert "NOT INSPECTED  1" in done.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "there is no path to scan"),
        (["no-such-file"], "`no-such-file` is not there"),
        ([".", "--types", "ibna"], "`ibna` is neither a data type nor a family"),
        ([".", "--policy", "no-such-file"], "no-such-file` does not exist"),
        ([".", "--scheme", "no-such-file"], "no-such-file` does not exist"),
        ([".", "-o", "x.docx"], "does not say which format to write"),
        ([".", "--asset", "x"], "`x` names no data asset"),
        (["--resume", "no-such-run"], "`no-such-run` is no run"),
        (["--resume", "data-20260101-000000-abcd"], "is no run"),
    ],
)
def test_wrong_arguments(
    run: Run, arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("scan", "data", *arguments)
    assert done.code == 2
    assert sentence in done.err
    assert done.out == ""
    assert list((cache / "bartizan" / "runs").glob("*")) == []


@pytest.mark.parametrize("suffix", ["json", "sarif", "html", "txt"])
def test_a_file_is_written_in_the_format_of_its_name(run: Run, data: Path, tmp_path: Path, suffix: str) -> None:
    output = tmp_path / f"out.{suffix}"
    done = run("scan", "data", data, "--types", TYPES, "-o", output)
    assert (done.out, done.err) == ("", f"wrote {output}\n")
    content = output.read_text(encoding="utf-8")
    assert IBAN not in content
    assert {"json": "bartizan/scan/1", "sarif": "2.1.0", "html": "<!doctype html>", "txt": "TYPES"}[suffix] in content


def test_policy_scheme_and_confidence(run: Run, data: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("types: [iban-code]\nmin_confidence: 85\nclasses: {iban-code: restricted}\n", encoding="utf-8")
    document = json.loads(run("scan", "data", data, "--policy", policy, "--format", "json").out)
    assert [(one["type"], one["class"]) for one in document["findings"]] == [("iban-code", "restricted")]
    assert document["verdict"] == "dangerous"
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text("classes: [offen, geheim]\nnamed: {internal: offen, confidential: geheim}\n", encoding="utf-8")
    assert scanned(run, data, "--scheme", scheme)["class"] == "geheim"
    assert scanned(run, data, "--min-confidence", 90)["findings"] == []


def test_a_run_is_kept_where_asked_and_resumed(run: Run, data: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    done = run("scan", "data", data, "--types", TYPES, "--run-dir", runs, "--format", "json")
    (folder,) = runs.iterdir()
    assert done.err == f"run {folder}; if it is interrupted: bartizan scan data --resume {folder}\n"
    first = json.loads(done.out)
    for name in (folder, runs, folder.name):
        options = ["--run-dir", runs] if name == folder.name else []
        again = json.loads(run("scan", "data", "--resume", name, *options, "--format", "json").out)
        assert {**again, "stats": None} == {**first, "stats": None}
    other = run("scan", "data", "--resume", folder, "--types", "email-address", "--format", "json")
    assert "everything is done anew" in other.err
    assert {one["type"] for one in json.loads(other.out)["findings"]} == {"email-address"}


def test_a_run_is_resumed_from_another_folder(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data.parent)
    run("scan", "data", "data", "--types", TYPES, "--run-dir", tmp_path / "runs")
    monkeypatch.chdir("/")
    document = json.loads(run("scan", "data", "--resume", tmp_path / "runs", "--format", "json").out)
    assert document["artefacts"][0]["path"] == str(data / "app.log")


def test_a_run_below_the_cache_goes_when_it_is_done(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    scanned(run, data)
    assert list((tmp_path / "cache" / "bartizan" / "runs").iterdir()) == []


def test_results_are_kept_when_the_report_can_not_be_written(run: Run, data: Path, tmp_path: Path) -> None:
    done = run("scan", "data", data, "--types", TYPES, "-o", tmp_path / "no" / "out.json")
    assert done.code == 2
    assert "does not exist" in done.err
    found = re.search(r"go on with: bartizan scan data --resume (\S+)", done.err)
    assert found is not None
    assert run("scan", "data", "--resume", found[1], "-o", tmp_path / "out.json").code == 13
    assert not Path(found[1]).exists()


def test_findings_are_evidence_for_the_review(run: Run, data: Path, tmp_path: Path) -> None:
    system = tmp_path / "system.yaml"
    system.write_text(SYSTEM, encoding="utf-8")
    done = run("scan", "data", data, "--types", TYPES, "--asset", f"{system}:tickets")
    assert "noted in" in done.err
    noted = (tmp_path / "system.data-evidence.yaml").read_text(encoding="utf-8")
    for words in ('asset: "tickets"', 'class: "confidential"', "iban-code: 1", "email-address: 20", "sha256:"):
        assert words in noted
    done = run("scan", "data", data, "--types", TYPES, "--asset", f"{system}:ticket")
    assert (done.code, "has no data asset `ticket`" in done.err) == (2, True)


def test_reidentification_on_request(run: Run, data: Path) -> None:
    document = scanned(run, data, "--risk", "zip, gender")
    (table,) = document["risk"]["tables"]
    assert (table["rows"], table["k"], table["path"]) == (20, 10, str(data / "people.csv"))


@pytest.mark.slow
def test_an_interrupt_says_how_to_go_on(tmp_path: Path, cache: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for number in range(60):
        (data / f"{number}.log").write_text(f"user{number}@example.org paid {IBAN}\n" * 20_000, encoding="utf-8")
    arguments = [sys.executable, "-m", "bartizan.cli", "scan", "data", str(data), "--types", TYPES, "--workers", "2"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    child = subprocess.Popen(
        [*arguments, "--run-dir", str(tmp_path / "runs"), "--format", "json"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list((tmp_path / "runs").glob("*/results/*/*")) and time.monotonic() < until:
        time.sleep(0.01)
    os.killpg(child.pid, signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert (child.returncode, out) == (130, ""), err
    assert "what is done so far is kept; go on with: bartizan scan data --resume" in err
    assert err.splitlines()[-1] == "interrupted"
    assert "Traceback" not in err


def test_the_meter_shows_bytes_rate_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(scan_progress, "_WAIT", 0.0)
    monkeypatch.setattr(scan_progress, "_STEP", 0.0)
    meter = Meter(4_000_000)
    meter(1_000_000, worked=False)
    assert screen.getvalue().endswith("██████░░░░░░░░░░░░░░░░░░  25%  1.0 MB of 4.0 MB")
    meter(1_000_000, worked=True)
    assert re.search(r"50%  2.0 MB of 4.0 MB, .*/s, 0 s left$", screen.getvalue())
    meter.finish()
    meter.finish()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_the_meter_is_silent_where_nobody_watches(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_progress, "_WAIT", 0.0)
    meter = Meter(10)
    meter(5, worked=True)
    meter.finish()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("seconds", "text"), [(5, "5 s"), (75, "1 min 15 s"), (3725, "1 h 2 min"), (-1, "0 s")])
def test_time_left_in_words(seconds: int, text: str) -> None:
    assert scan_progress._time(seconds) == text
