"""Files of pins in a folder: one for each server, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.guard.gateway.mcp.pinfiles import change_pins, default_folder, file_of, read_one, read_pins
from bartizan.guard.mcp.pins import Pins
from bartizan.model import BartizanError, InputError
from tests.guard.mcp.pins.made import pinned, tool

NAMES = ["files", "Files", "fi/les", "../up", "con", "nul.x", "ü", "a" * 100, "a.", "", "."]


def keep(folder: Path, pins: Pins) -> Path:
    return change_pins(folder, pins.server, lambda _: pins)


def test_no_two_servers_share_a_file_and_none_leaves_the_folder(tmp_path: Path) -> None:
    files = [file_of(tmp_path, name) for name in NAMES]
    assert len({str(one).lower() for one in files}) == len(NAMES)
    assert {one.parent for one in files} == {tmp_path}
    assert file_of(tmp_path, "files").name == "files.yaml"


def test_pins_are_kept_and_found_again(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "pins"
    assert read_pins(folder) == {}
    assert read_one(folder, "files") is None
    one, other = pinned(tool()), pinned(tool("b"), server="Über/all")
    path = keep(folder, one)
    keep(folder, other)
    assert path.stat().st_mode & 0o077 == 0
    assert read_pins(folder) == {"files": one, "Über/all": other}
    assert read_one(folder, "Über/all") == other
    seen: list[Pins | None] = []

    def again(old: Pins | None) -> Pins:
        seen.append(old)
        return one

    change_pins(folder, "files", again)
    assert seen == [one]


def test_a_file_under_another_name_or_that_can_not_be_read_is_refused(tmp_path: Path) -> None:
    path = keep(tmp_path, pinned(tool()))
    path.rename(tmp_path / "other.yaml")
    with pytest.raises(InputError, match=r"must stand in `files\.yaml`"):
        read_pins(tmp_path)
    with pytest.raises(InputError, match="pins of another server"):
        read_one(tmp_path, "other")
    (tmp_path / "other.yaml").unlink()
    (tmp_path / "dir.yaml").mkdir()
    with pytest.raises(InputError, match="can't be read"):
        read_pins(tmp_path)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "pins"
    place.write_text("x")
    with pytest.raises(InputError, match="can't be read"):
        read_pins(place)
    with pytest.raises(BartizanError, match="can't be written"):
        keep(place, pinned(tool()))


def test_what_is_no_file_of_pins_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.yaml").write_text("schema: something")
    with pytest.raises(InputError):
        read_pins(tmp_path)
    monkeypatch.setattr("bartizan.guard.gateway.mcp.pinfiles._MOST", 5)
    with pytest.raises(InputError, match="larger than 5 bytes"):
        read_pins(tmp_path)
    monkeypatch.setattr("bartizan.guard.gateway.mcp.pinfiles._MOST_FILES", 0)
    with pytest.raises(InputError, match="more than 0 files"):
        read_pins(tmp_path)


def test_pins_of_a_user_lie_where_state_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "bartizan" / "mcp-pins"
    monkeypatch.setenv("XDG_STATE_HOME", "relative")
    assert default_folder() == Path.home() / ".local" / "state" / "bartizan" / "mcp-pins"
