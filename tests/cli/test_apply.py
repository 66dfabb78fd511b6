"""`bartizan apply`, `get` and `export` on a register in a file."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli.register_place import default_database
from bartizan.cli.registers import kind_of
from bartizan.model import InputError, System
from bartizan.model.documents import Kind
from bartizan.store.register.open import open_register
from tests.cli.conftest import SYSTEM, Run
from tests.report.oscal_held import problems

VENDOR = "kind: Vendor\nname: notes-inc\nspec: {title: Notes Inc.}\n"
TOOL = "kind: Tool\nname: notes\nspec: {title: Notes, vendor: notes-inc}\n"
UNITS = "kind: Organisation\nspec: {title: Example, units: {claims: {title: Claims}}}\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test a register of its own."""
    for name in ("BARTIZAN_SERVER", "BARTIZAN_DATABASE", "BARTIZAN_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BARTIZAN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of documents: in one file, in several, as JSON, and a system with what it includes."""
    place = tmp_path / "documents"
    (place / "systems").mkdir(parents=True)
    (place / "all.yaml").write_text(f"# of everything\n---\n{TOOL}---\n{VENDOR}---\n{UNITS}", encoding="utf-8")
    (place / "tool.json").write_text(
        json.dumps({"kind": "Tool", "name": "other", "spec": {"title": "Other \U0001f600", "instead": ["notes"]}}),
        encoding="utf-8",
    )
    (place / "systems" / "helpdesk.yaml").write_text(f"{SYSTEM}include: platform.yaml\n", encoding="utf-8")
    (place / "systems" / "platform.yaml").write_text("zones:\n  shared: {kind: cloud}\n", encoding="utf-8")
    (place / "systems" / "helpdesk.decisions.yaml").write_text("decisions: []\n", encoding="utf-8")
    (place / ".hidden.yaml").write_text("[", encoding="utf-8")
    return place


def test_a_folder_is_applied_in_the_order_in_which_documents_need_each_other(run: Run, folder: Path) -> None:
    done = run("apply", "-f", folder)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "organisation/organisation created",
        "vendor/notes-inc created",
        "tool/notes created",
        "tool/other created",
        "system/helpdesk created",
    ]
    assert done.err == ""
    again = run("apply", "-f", folder)
    assert (again.code, {line.split()[1] for line in again.out.splitlines()}) == (0, {"unchanged"})


def test_the_register_of_this_machine_is_for_its_owner_alone(run: Run, folder: Path, home: Path) -> None:
    run("apply", "-f", folder)
    assert default_database() == home / "register.db"
    assert default_database().stat().st_mode & 0o077 == 0


def test_a_change_is_told_and_says_who_and_why(run: Run, folder: Path) -> None:
    run("apply", "-f", folder)
    (folder / "all.yaml").write_text(TOOL.replace("Notes,", "Minutes,"), encoding="utf-8")
    done = run("apply", "-f", folder / "all.yaml", "--by", "anna", "--why", "renamed")
    assert done.out == "tool/notes configured\n"
    register = open_register(default_database(), create=False)
    change = register.documents.history(Kind.TOOL, "notes")[0]
    register.close()
    assert (change.by, change.why, change.version) == ("anna", "renamed", 2)


def test_what_is_wrong_with_one_file_keeps_no_other_from_being_applied(run: Run, folder: Path) -> None:
    (folder / "a.yaml").write_text("kind: Tool\nname: x\nspec:\n  title: X\n  standing: fine\n  plans: y\n")
    (folder / "b.yaml").write_text("kind: [\n")
    (folder / "c.yaml").write_text("kind: Tool\nname: notes\nspec: {title: Twice}\n")
    (folder / "d.yaml").write_text("kind: Tool\nname: y\nspec: {title: Y, vendor: nobody}\n")
    (folder / "e.yaml").write_text("services: {web: {image: x}}\n")
    done = run("apply", "-f", folder)
    assert done.code == 2
    assert len(done.out.splitlines()) == 5
    assert f"{folder}/a.yaml:5:13" in done.err
    assert f"{folder}/a.yaml:6:3" in done.err
    assert f"{folder}/b.yaml:2" in done.err
    assert "`tool/notes` stands in two places" in done.err
    assert f"{folder}/d.yaml" in done.err
    assert "nobody" in done.err
    assert f"left out: {folder}/e.yaml is no document" in done.err


def test_a_dry_run_changes_nothing(run: Run, folder: Path) -> None:
    run("apply", "-f", folder / "all.yaml")
    done = run("apply", "-f", folder, "--dry-run")
    assert done.code == 0, done.err
    assert "system/helpdesk created (dry run)" in done.out
    assert run("get", "systems", "-o", "name").out == ""


def test_a_bare_system_stays_in_its_unit(run: Run, folder: Path) -> None:
    run("apply", "-f", folder)
    system = folder / "systems" / "helpdesk.yaml"
    moved = run("apply", "-f", system, "--unit", "claims")
    assert moved.out == "system/helpdesk configured\n"
    assert run("apply", "-f", system).out == "system/helpdesk unchanged\n"
    assert " claims " in run("get", "system", "helpdesk").out


def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(VENDOR.encode())))
    assert run("apply", "-f", "-").out == "vendor/notes-inc created\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a: 1\n", "is no document"),
        ("id: Upper\ncomponents: {a: {kind: model}}\n", "does not fit"),
        ("id: a_b\nzones: {z: {kind: cloud}}\ncomponents: {a: {kind: model, zone: z}}\n", "can't be a name"),
        ("kind: Gadget\nspec: {}\n", "is not a word"),
        ("", "is empty"),
    ],
)
def test_a_file_that_was_named_has_to_be_a_document(run: Run, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(content, encoding="utf-8")
    done = run("apply", "-f", file)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "one.yaml" in done.err


def test_files_that_are_not_there_and_folders_without_documents_are_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run("apply", "-f", tmp_path / "no.yaml", "-f", tmp_path / "empty")
    assert done.code == 2
    assert "no.yaml` does not exist" in done.err
    assert "there are no documents below" in done.err


def test_what_is_exported_and_applied_again_is_unchanged(run: Run, folder: Path, tmp_path: Path) -> None:
    run("apply", "-f", folder)
    out = tmp_path / "out"
    assert run("export", out).out == f"5 documents in {out}, 5 of them new or changed\n"
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.yaml"))
    assert files == [
        "organisations/organisation.yaml",
        "systems/helpdesk.yaml",
        "tools/notes.yaml",
        "tools/other.yaml",
        "vendors/notes-inc.yaml",
    ]
    before = {path: path.read_bytes() for path in out.rglob("*.yaml")}
    assert run("export", out).out == f"5 documents in {out}, 0 of them new or changed\n"
    assert {path: path.read_bytes() for path in out.rglob("*.yaml")} == before
    again = run("apply", "-f", out)
    assert (again.code, {line.split()[1] for line in again.out.splitlines()}) == (0, {"unchanged"})


def test_an_export_into_an_empty_register_makes_the_same_one(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("apply", "-f", folder)
    run("export", tmp_path / "out")
    monkeypatch.setenv("BARTIZAN_HOME", str(tmp_path / "second"))
    assert run("apply", "-f", tmp_path / "out").code == 0
    run("export", tmp_path / "other")
    for path in (tmp_path / "out").rglob("*.yaml"):
        assert (tmp_path / "other" / path.relative_to(tmp_path / "out")).read_bytes() == path.read_bytes()


def test_an_export_as_oscal_holds_what_each_document_imports(run: Run, folder: Path, tmp_path: Path) -> None:
    run("apply", "-f", folder)
    out = tmp_path / "out"
    assert run("export", out, "--format", "oscal").out == f"6 documents in {out / 'oscal'}, 6 of them new or changed\n"
    documents = {path.name: json.loads(path.read_bytes()) for path in (out / "oscal").iterdir()}
    assert [problem for name in documents for problem in problems(name, documents)] == []
    again = run("export", out, "--format", "oscal", "--name", "helpdesk")
    assert again.out == f"6 documents in {out / 'oscal'}, 0 of them new or changed\n"
    assert "helpdesk" in run("export", out, "--format", "oscal", "--name", "helpdsek").err
    assert run("export", out, "--name", "helpdesk").code == 2


def test_an_export_as_oscal_leaves_out_and_names_what_can_not_be_assessed(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    run("apply", "-f", folder)
    register = open_register(str(default_database()))
    stored = register.documents.get(Kind.SYSTEM, "helpdesk")
    assert stored is not None
    assert isinstance(stored.document.spec, System)
    for data in stored.document.spec.data.values():
        data.class_ = "odd"  # what no reader lets in
    register.documents.put(stored.document, expected=1, by="test", why="test", at="2026-11-28T12:00:00Z")
    register.close()
    done = run("export", tmp_path / "out", "--format", "oscal")
    assert done.out.startswith("1 documents in")
    assert "left out: System `helpdesk` can't be assessed: `odd` is not a class" in done.err


def test_an_export_writes_nothing_through_links(run: Run, folder: Path, tmp_path: Path) -> None:
    run("apply", "-f", folder)
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    out.mkdir()
    (out / "systems").symlink_to(outside)
    done = run("export", out)
    assert done.code == 2
    assert "leaves" in done.err
    assert list(outside.iterdir()) == []
    (out / "systems").unlink()
    (out / "systems").mkdir()
    (out / "systems" / "helpdesk.yaml").symlink_to(outside / "x")
    assert run("export", out).code == 2
    assert list(outside.iterdir()) == []


def test_files_of_documents_that_are_gone_are_named_and_left(run: Run, folder: Path, tmp_path: Path) -> None:
    run("apply", "-f", folder)
    out = tmp_path / "out"
    run("export", out)
    (out / "tools" / "gone.yaml").write_text("x")
    done = run("export", out)
    assert f"{out}/tools/gone.yaml is of no document" in done.err
    assert (out / "tools" / "gone.yaml").exists()


def test_documents_are_listed_and_shown(run: Run, folder: Path) -> None:
    run("apply", "-f", folder)
    table = run("get", "tools").out.splitlines()
    assert table[0].split() == ["NAME", "UNIT", "TITLE", "OWNER", "STATE", "ENDS", "VERSION"]
    assert table[1].split() == ["notes", "-", "Notes", "-", "unreviewed", "-", "1"]
    assert run("get", "tool", "-o", "name").out == "tool/notes\ntool/other\n"
    assert run("get", "TOOLS", "notes", "-o", "yaml").out == TOOL
    shown: Any = json.loads(run("get", "tools", "-o", "json").out)
    assert [one["name"] for one in shown] == ["notes", "other"]
    assert json.loads(run("get", "tool", "notes", "-o", "json").out)["name"] == "notes"
    assert "STAGE" in run("get", "systems").out
    assert run("get", "tools", "-o", "yaml").out.count("---\n") == 1


def test_what_is_not_there_is_told(run: Run, folder: Path) -> None:
    missing = run("get", "tools")
    assert missing.code == 2
    run("apply", "-f", folder)
    assert "did you mean `notes`?" in run("get", "tools", "note").err
    assert run("get", "tools", "note", "-o", "yaml").code == 2
    assert "did you mean `tool`?" in run("get", "toolz").err


def test_a_server_and_a_database_are_not_both(run: Run, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("bzt_x\n")
    both = run("get", "tools", "--server", "https://x", "--database", "x.db", "--token-file", token)
    assert (both.code, "or in a database" in both.err) == (2, True)
    assert "--token-file" in run("get", "tools", "--server", "https://x").err
    assert "a token is for a server" in run("get", "tools", "--token-file", token).err
    for address in ("http://example.com", "ftp://x", "https://a:b@x", "https://x/?y", "https://"):
        refused = run("get", "tools", "--server", address, "--token-file", token)
        assert refused.code == 2, address
    token.write_text("two words")
    assert "holds no token" in run("get", "tools", "--server", "https://x", "--token-file", token).err
    assert "does not exist" in run("get", "tools", "--server", "https://x", "--token-file", tmp_path / "none").err


def test_kinds_are_known_by_any_of_their_words() -> None:
    assert kind_of("Policies") is kind_of("policy") is Kind.POLICY
    assert kind_of("sandboxes") is Kind.SANDBOX
    with pytest.raises(InputError):
        kind_of("gadgets")


def test_results_of_tests_become_evidence(run: Run, folder: Path, tmp_path: Path) -> None:
    run("apply", "-f", folder)
    report = tmp_path / "r.xml"
    report.write_text(
        '<testsuite><testcase name="quota"/><testcase name="stop"><failure/></testcase><testcase name="x"/></testsuite>'
    )
    rules = tmp_path / "rules.yaml"
    rules.write_text("tests:\n- {match: quota, controls: [rate-limit]}\n- {match: st*, controls: [kill-switch]}\n")
    about = ("--system", "helpdesk", "--map", rules, "--observed-at", "2026-01-02")
    missing = tmp_path / "missing.xml"
    done = run("evidence", "tests", report, missing, *about, "--by", "anna")
    assert (done.code, done.out.splitlines()) == (
        2, ["kill-switch fail: 1 of 1 test failed: stop", "rate-limit pass: 1 test passed"],
    )  # fmt: skip
    assert "1 test names no control: x" in done.err
    assert f"`{missing}` does not exist" in done.err
    assert "0 new pieces" in run("evidence", "tests", report, *about, "--by", "anna").err
    register = open_register(default_database(), create=False)
    kept = [one.proof for one in register.evidence.latest("helpdesk")]
    register.close()
    assert {(one.control, one.outcome, one.by) for one in kept} == {
        ("kill-switch", "fail", "anna"), ("rate-limit", "pass", "anna"),
    }  # fmt: skip
    other = run("evidence", "tests", report, "--system", "help-desk")
    assert (other.code, "did you mean `helpdesk`?" in other.err) == (2, True)
    assert "doesn't say when" in run("evidence", "tests", report, *about[:4]).err
    assert run("evidence", "tests", report, "--system", "x", "--map", missing).code == 2


def test_an_exception_from_a_statement_that_there_is_not_is_told(run: Run, tmp_path: Path) -> None:
    excepted = "kind: Exception\nname: x\nspec: {title: X, owner: o, why: w, starts: 2026-01-01, ends: 2026-02-01, "
    (tmp_path / "x.yaml").write_text(f"{excepted}statement: ours}}\n", encoding="utf-8")
    refused = run("apply", "-f", tmp_path / "x.yaml")
    assert (refused.code, "no such statement" in refused.err) == (2, True)
    own = "kind: Policy\nname: p\nspec: {title: P, statements: [{id: ours, number: '1.1', section: S, text: T}]}\n"
    (tmp_path / "p.yaml").write_text(own, encoding="utf-8")
    assert run("apply", "-f", tmp_path, "--dry-run").code == 0
    assert run("apply", "-f", tmp_path).code == 0
