"""`bartizan bom`, from files to a document."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_a_document_of_a_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    (tmp_path / "odd.xyz").write_bytes(b"\0\1\2")
    done = run("bom", tmp_path, "--name", "shelf", "--as-of", "2026-11-02")
    document = json.loads(done.out)
    assert (done.code, document["specVersion"]) == (0, "1.6")
    assert document["metadata"]["component"]["name"] == "shelf"
    assert [one["name"] for one in document["components"]] == ["m"]
    assert document["compositions"][0]["aggregate"] == "incomplete"
    assert "odd.xyz" in done.err
    assert run("bom", tmp_path, "-o", tmp_path / "bom.json").code == 0
    assert json.loads((tmp_path / "bom.json").read_bytes())["bomFormat"] == "CycloneDX"


def test_nothing_to_write_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.xyz").write_bytes(b"\0\1\2")
    assert run("bom", tmp_path / "odd.xyz").code == 3
    assert run("bom", tmp_path / "missing").code == 2
    assert run("bom").code == 2
