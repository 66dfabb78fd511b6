"""`bartizan label`: what files say about their own secrecy, for people, for programs, and as evidence."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bartizan.cli.estate import find_systems
from bartizan.cli.label import command
from bartizan.model import InputError
from bartizan.store import load_system
from tests.scan.labels.files import LABEL, OTHER, SITE, custom, label_info, office, pdf, properties

MAP = f"sites: {{{SITE}: {{name: Example AG, labels: {{{LABEL}: {{name: Secret stuff, class: restricted}}}}}}}}\n"
SYSTEM = "id: x\ndata: {notes: {class: internal}}\ncomponents:\n  app: {kind: application}\n"


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments], standalone_mode=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "system.yaml").write_text(SYSTEM, encoding="utf-8")
    info = label_info(f'id="{{{LABEL}}}" enabled="1" method="Standard" siteId="{{{SITE}}}" contentBits="9" removed="0"')
    parts = {"docMetadata/LabelInfo.xml": info, "docProps/custom.xml": custom(properties(OTHER, Name="Old"))}
    (tmp_path / "a.docx").write_bytes(office(parts))
    (tmp_path / "b.pdf").write_bytes(pdf({"Keywords": "TLP:GREEN"}))
    (tmp_path / "c.txt").write_text("TLP:RED", encoding="utf-8")
    return tmp_path


def test_programs_get_one_document(folder: Path) -> None:
    done = _run(folder / "a.docx", folder / "b.pdf", "--map", folder / "map.yaml", "--format", "json")
    assert done.return_value == 0
    said = json.loads(done.stdout)
    assert said["schema"] == "bartizan/label/1"
    first, second = said["files"]
    assert (first["class"], first["labels"][0]["name"], first["labels"][0]["class"]) == (
        "restricted",
        "Secret stuff",
        "restricted",
    )
    assert [label["counts"] for label in first["labels"]] == [True, False]
    assert (second["tlp"], second["class"], second["labels"], second["problems"]) == ("GREEN", "internal", [], [])


def test_people_read_names_states_and_notes(folder: Path) -> None:
    done = _run(folder / "a.docx", folder / "b.pdf", "--map", folder / "map.yaml")
    text = " ".join(done.stdout.split())
    assert (
        "a.docx: restricted label Secret stuff: restricted (site Example AG; standard; marks: header, encryption;"
        in text
    )
    assert "label Old: superseded, class not known" in text
    assert "TLP:GREEN in the document's keywords: internal (TLP)" in text
    assert "note: document properties still state another label" in text


def test_what_can_not_be_read_is_said_and_the_rest_is_read(folder: Path) -> None:
    (folder / "broken.docx").write_bytes((folder / "a.docx").read_bytes()[:90])
    done = _run(folder / "broken.docx", folder / "c.txt", folder / "none.docx", folder, folder / "b.pdf")
    assert done.return_value == 2
    assert "TLP:GREEN" in done.stdout
    assert "problem: the archive is damaged and can't be read" in done.stdout
    assert f"{folder / 'none.docx'}: it does not exist" in done.stderr
    assert f"{folder}: this is no regular file" in done.stderr
    assert _run(folder / "c.txt").return_value == 3
    assert _run(folder / "c.txt", folder / "b.pdf").return_value == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of this kind are not known here")
def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.docx")
    assert _run(folder / "pipe.docx").return_value == 2


def test_classes_become_evidence_beside_a_system(folder: Path) -> None:
    system = folder / "system.yaml"
    arguments = ("--map", folder / "map.yaml", "--evidence", system, "notes", "--as-of", "2026-11-02")
    done = _run(folder / "a.docx", folder / "b.pdf", folder / "c.txt", *arguments)
    assert done.return_value == 0
    first, second = load_system(system).data_evidence
    assert (first.asset, first.class_, first.source) == ("notes", "restricted", str(folder / "a.docx"))
    assert (second.class_, second.observed_at) == ("internal", date(2026, 11, 2))
    assert len(first.digest) == len("sha256:") + 64
    assert "noted in" in done.stderr


def test_a_map_that_is_missing_or_an_asset_that_is_not_there_is_an_error(folder: Path) -> None:
    assert isinstance(_run(folder / "b.pdf", "--map", folder / "no.yaml").exception, InputError)
    done = _run(folder / "b.pdf", "--evidence", folder / "system.yaml", "note")
    assert isinstance(done.exception, InputError)
    assert done.exception.help == "did you mean `notes`?"


def test_what_lies_beside_a_system_is_no_part_of_a_portfolio(folder: Path) -> None:
    _run(folder / "b.pdf", "--evidence", folder / "system.yaml", "notes")
    found = find_systems(folder)
    assert (found.systems, found.parts) == (["system.yaml"], ["map.yaml"])
