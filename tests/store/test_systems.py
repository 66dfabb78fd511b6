"""Systems on disk: includes, decisions beside them, positions as the user named the files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bartizan.model import InputError, InputErrors
from bartizan.store import Source, load_system

MAIN = """
id: x
include: [parts/net.yaml]
components:
  app: {kind: application, zone: cloud}
  llm: {kind: model}
flows:
  - {from: app, to: llm}
"""
NET = """
zones: {cloud: {kind: cloud}}
components:
  db: {kind: data-store, zone: cloud}
"""
DECISIONS = """
decisions:
  - {threat: a@app, verdict: accept, by: me, why: x, until: 2027-01-01}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "system.yaml").write_text(MAIN, encoding="utf-8")
    (tmp_path / "parts" / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


def test_includes_and_decisions_are_read(folder: Path) -> None:
    assert load_system(folder / "system.yaml").decisions == []
    (folder / "system.decisions.yaml").write_text(DECISIONS, encoding="utf-8")
    system = load_system(folder / "system.yaml")
    assert set(system.components) == {"app", "llm", "db"}
    assert [decision.threat for decision in system.decisions] == ["a@app"]


def test_places_say_where_each_component_is(folder: Path) -> None:
    places = Source.find(folder / "system.yaml").places()
    assert {name: (Path(place.file).name, place.line) for name, place in places.items()} == {
        "app": ("system.yaml", 5),
        "llm": ("system.yaml", 6),
        "db": ("net.yaml", 4),
    }
    assert places["db"].file == (folder / "parts" / "net.yaml").as_posix()


def test_errors_name_files_as_the_user_did(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    (folder / "parts" / "net.yaml").write_text("zones: {cloud: {kind: cluod}, b: {kind: c}}\n", encoding="utf-8")
    with pytest.raises(InputErrors) as caught:
        load_system(Path(folder.name, "system.yaml"))
    assert {error.place.file for error in caught.value.errors if error.place} == {f"{folder.name}/parts/net.yaml"}
    with pytest.raises(InputErrors) as again:
        Source.find(Path(folder.name, "system.yaml")).places()
    assert f"{folder.name}/parts/net.yaml:1:" in again.value.diagnostics()


def test_errors_in_decisions_name_that_file(folder: Path) -> None:
    (folder / "system.decisions.yaml").write_text("decisions: [{threat: x}]\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_system(folder / "system.yaml")
    assert "system.decisions.yaml:1:" in caught.value.diagnostics()


def test_with_a_root_includes_reach_its_whole_tree(folder: Path) -> None:
    (folder / "deep").mkdir()
    path = folder / "deep" / "system.yaml"
    path.write_text(MAIN.replace("parts/net.yaml", "../parts/net.yaml"), encoding="utf-8")
    with pytest.raises(InputError, match="lies outside"):
        load_system(path)
    assert "db" in load_system(path, folder).components


@pytest.mark.skipif(sys.platform == "win32", reason="links are Unix's")
def test_a_link_to_a_system_means_the_system_where_it_really_is(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "link.yaml").symlink_to(folder / "system.yaml")
    assert "db" in load_system(elsewhere / "link.yaml").components
    with pytest.raises(InputError, match="leaves"):
        load_system(elsewhere / "link.yaml", elsewhere)


@pytest.mark.skipif(sys.platform == "win32", reason="links are Unix's")
def test_decisions_that_are_a_dangling_link_are_not_passed_over(folder: Path) -> None:
    (folder / "system.decisions.yaml").symlink_to("none")
    with pytest.raises(InputError, match="does not exist"):
        load_system(folder / "system.yaml")


def test_a_missing_system(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_system(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="can't be read"):
        load_system(tmp_path / "a\0b")
