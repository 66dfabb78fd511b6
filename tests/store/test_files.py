"""Reading within a folder and within bounds; writing whole files."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from bartizan.model import BartizanError, InputError
from bartizan.model.yamltree import MAX_BYTES
from bartizan.store import Folder, read_bounded, whole_file, write_whole

unix = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and modes are Unix's")


def test_a_folder_reads_below_itself_and_remembers_what(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.yaml").write_bytes(b"x")
    folder = Folder(tmp_path)
    assert folder("a/b.yaml") == b"x"
    assert folder.names == ["a/b.yaml"]


def test_a_missing_file_is_for_the_caller_to_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Folder(tmp_path)("none.yaml")


@unix
def test_links_are_followed_inside_and_refused_outside(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside.yaml"
    inside.mkdir()
    outside.write_bytes(b"secret")
    (inside / "real.yaml").write_bytes(b"x")
    (inside / "good.yaml").symlink_to("real.yaml")
    (inside / "bad.yaml").symlink_to(outside)
    (inside / "up").symlink_to(tmp_path)
    folder = Folder(inside)
    assert folder("good.yaml") == b"x"
    for name in ("bad.yaml", "up/outside.yaml", "../outside.yaml"):
        with pytest.raises(InputError, match="leaves the system's folder"):
            folder(name)


@unix
def test_a_folder_that_is_itself_a_link_works(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.yaml").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")
    assert Folder(tmp_path / "link")("a.yaml") == b"x"


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_an_impossible_name_is_an_input_error(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        Folder(tmp_path)(name)


@unix
def test_pipes_and_sockets_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a pipe"):
        read_bounded(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        short = Path(os.path.relpath(tmp_path / "s"))
        listening.bind(str(short) if len(str(short)) < 100 else "\0unused")
        if (tmp_path / "s").exists():
            with pytest.raises(InputError, match="is a socket"):
                read_bounded(tmp_path / "s")


def test_one_byte_too_many_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="67,108,865 bytes"):
        read_bounded(path)


@unix
@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else False, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(InputError, match="permission denied"):
        read_bounded(path)


def test_writing_replaces_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]


@unix
def test_writing_keeps_the_mode_and_the_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to("real")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


@unix
def test_a_device_is_written_directly() -> None:
    write_whole(Path("/dev/null"), b"x")


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old")

    def write_half() -> None:
        with whole_file(path) as file:
            file.write(b"half")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_half()
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]


def test_what_is_there_stays_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_bytes(b"mine")
    with pytest.raises(InputError, match="exists already"):
        write_whole(path, b"x", replace=False)
    assert path.read_bytes() == b"mine"


def test_wrong_places_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write_whole(tmp_path, b"x")
    with pytest.raises(InputError, match="does not exist"):
        write_whole(tmp_path / "none" / "x", b"x")
    with pytest.raises(BartizanError, match="can't be written"):
        write_whole(tmp_path / ("x" * 400), b"x")
