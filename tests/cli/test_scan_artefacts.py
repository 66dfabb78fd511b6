"""`bartizan scan PATH`, `scan model` and `scan agent`, with the real scanners."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.scan.artefacts.support import assembled
from tests.scan.web.server import serving

EMPTY = b"\x02\0\0\0\0\0\0\0{}"
EVIL = assembled(["PROTO 2", "GLOBAL os system", "BINUNICODE id", "TUPLE1", "REDUCE", "STOP"])


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "good.safetensors").write_bytes(EMPTY)
    (folder / "bad.pkl").write_bytes(EVIL)
    (folder / "odd.xyz").write_bytes(b"\0\1\2\3")
    return folder


def scanned(run: Run, *arguments: object) -> dict[str, Any]:
    done = run("scan", *arguments, "--format", "json")
    assert done.code in (0, *range(11, 16)), done.err
    document: dict[str, Any] = json.loads(done.out)
    return document


def test_verdicts_findings_and_what_was_not_inspected(run: Run, models: Path) -> None:
    document = scanned(run, "model", models)
    assert (document["schema"], document["verdict"]) == ("bartizan/scan/1", "dangerous")
    verdicts = {Path(one["path"]).name: one["verdict"] for one in document["artefacts"]}
    assert verdicts == {"good.safetensors": "safe", "bad.pkl": "dangerous"}
    assert [Path(one["path"]).name for one in document["not_inspected"]] == ["odd.xyz"]
    found = document["findings"][0]
    assert found["path"] == str(models / "bad.pkl")
    assert found["id"] in document["artefacts"][0]["findings"]
    assert found["severity"] == "critical"
    assert found["cwe"]
    assert found["atlas"]


def test_exit_codes_follow_the_highest_finding(run: Run, models: Path) -> None:
    assert run("scan", models).code == 15
    assert run("scan", "model", models / "good.safetensors").code == 0
    assert run("scan", models / "odd.xyz").code == 11
    assert run("scan", models / "odd.xyz", "--fail-on", "low").code == 0
    assert run("scan", models, "--fail-on", "none").code == 0
    assert run("scan", models, "--format", "sarif").code == 0
    assert run("scan").code == 2
    assert run("scan", models / "missing").code == 2
    (models / "empty").mkdir()
    assert run("scan", models / "empty").code == 3


def test_options_may_stand_before_the_path(run: Run, models: Path) -> None:
    assert json.loads(run("scan", "--format", "json", models / "good.safetensors").out)["verdict"] == "safe"


def test_text_says_what_where_and_what_to_do(run: Run, models: Path) -> None:
    done = run("scan", "model", models, "--explain")
    assert done.out.startswith("dangerous: 2 artefacts: 1 dangerous, 1 safe\n")
    assert "do: " in done.out
    assert "os.system" in done.out
    assert "NOT INSPECTED" in done.out


def test_sarif_and_html(run: Run, models: Path, tmp_path: Path) -> None:
    run("scan", models, "-o", tmp_path / "out.sarif")
    log = json.loads((tmp_path / "out.sarif").read_bytes())["runs"][0]
    assert {one["ruleId"] for one in log["results"]} == {rule["id"] for rule in log["tool"]["driver"]["rules"]}
    assert len(log["invocations"][0]["toolExecutionNotifications"]) == 1
    run("scan", models, "-o", tmp_path / "out.html", "--explain")
    page = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "bad.pkl" in page


def test_one_run_gives_text_a_sarif_file_and_an_exit_code(run: Run, models: Path, tmp_path: Path) -> None:
    done = run("scan", models, "--sarif", tmp_path / "scan.sarif")
    assert (done.code, done.out[:9]) == (15, "dangerous")
    assert json.loads((tmp_path / "scan.sarif").read_bytes())["version"] == "2.1.0"


def test_a_digest_is_computed_when_it_is_asked_for(run: Run, models: Path) -> None:
    assert scanned(run, models / "good.safetensors")["artefacts"][0]["sha256"] == ""
    with_digest = scanned(run, models / "good.safetensors", "--digests")["artefacts"][0]["sha256"]
    assert len(with_digest) == 64


def test_a_result_is_noted_about_a_component_and_the_review_says_it(run: Run, models: Path, system: Path) -> None:
    done = run("scan", "model", models / "bad.pkl", "--component", f"{system}:llm")
    assert "system.scan-evidence.yaml" in done.err
    review = json.loads(run("review", system, "--format", "json").out)
    assert [(one["component"], one["verdict"]) for one in review["scan_evidence"]] == [("llm", "dangerous")]
    assert review["scan_evidence"][0]["digest"].startswith("sha256:")
    assert run("scan", models, "--component", f"{system}:nobody").code == 2
    assert run("scan", models, "--component", "nobody").code == 2


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no symbolic links here")
def test_a_link_out_of_the_folder_is_told(run: Run, models: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.safetensors").write_bytes(EMPTY)
    (models / "link.safetensors").symlink_to(tmp_path / "outside.safetensors")
    (models / "inner.safetensors").symlink_to(models / "good.safetensors")
    found = [one["path"] for one in scanned(run, models)["findings"] if one["rule"] == "link-outside"]
    assert found == [str(models / "link.safetensors")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_pipes_and_circles_are_told(run: Run, models: Path) -> None:
    os.mkfifo(models / "pipe")
    (models / "circle").symlink_to(models)
    reasons = {Path(one["path"]).name: one["reason"] for one in scanned(run, models)["not_inspected"]}
    assert "pipe" in reasons["pipe"]
    assert "link" in reasons["circle"]
    assert run("scan", models / "pipe").code == 2


@pytest.mark.enable_socket
def test_an_address_is_read_by_ranges(run: Run) -> None:
    with serving({"/m/bad.pkl": EVIL}) as server:
        document = scanned(run, "model", f"{server.root}/m/bad.pkl")
    assert document["verdict"] == "dangerous"
    assert document["findings"][0]["path"] == f"{server.root}/m/bad.pkl"
    assert [one["reason"] for one in scanned(run, "model", f"{server.root}/m/bad.pkl")["not_inspected"]]
