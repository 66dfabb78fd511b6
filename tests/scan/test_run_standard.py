"""The real tools: local files with any name, and remote ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bartizan.scan.blocks import Unread
from bartizan.scan.plan import Planned
from bartizan.scan.run_standard import tools
from bartizan.scan.run_tools import Found


def _found(root: str) -> Found:
    (entry,) = tools().walk([root])
    assert isinstance(entry, Found)
    return entry


def test_a_file_is_found_opened_and_recognised(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,mail\n1,a@b.ch\n", encoding="utf-8")
    found = _found(str(tmp_path))
    assert (found.path, found.address, found.size) == (str(tmp_path / "a.csv"), str(tmp_path / "a.csv"), 17)
    reader = tools().recognise(tools().source(found.address))
    assert not isinstance(reader, Unread)
    assert {
        block.column
        for block in reader.blocks(found.source, reader.units(found.source, 100)[0])
        if not isinstance(block, Unread)
    } >= {"id", "mail"}


def test_a_stamp_differs_when_content_changes_even_if_the_time_is_set_back(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_text("one", encoding="utf-8")
    state = file.stat()
    found = _found(str(file))
    assert tools().stamp(found.address) == found.stamp
    file.write_text("two", encoding="utf-8")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert tools().stamp(found.address) != found.stamp


def test_a_relative_path_is_shown_as_given_and_opened_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("x", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = _found("a")
    assert (found.path, found.address) == ("a", str(tmp_path / "a"))


def test_a_name_that_is_no_utf8_can_be_shown_and_opened(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "wb") as file:  # noqa: PTH123 - a Path holds no bytes
        file.write(b"mail a@b.ch\n")
    found = _found(str(tmp_path))
    assert found.path == f"{tmp_path}/\\xff.txt"
    assert found.address.startswith("bytes:")
    found.address.encode()
    with tools().source(found.address).open() as opened:
        assert opened.read() == b"mail a@b.ch\n"
    assert tools().stamp(found.address) == found.stamp


def test_what_is_no_file_or_gone_is_planned_as_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    found = list(tools().walk([str(tmp_path)]))
    assert [one.unread for one in found if isinstance(one, Planned)] == [
        "is a link to something that is not there",
        "is a named pipe, not a file",
    ]


def test_a_remote_file_is_shown_without_what_may_be_a_secret() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/bartizan/a.txt", b"mail a@b.ch\n")
    try:
        found = _found("memory://bartizan/")
        assert (found.path.endswith("/bartizan/a.txt"), found.size) == (True, 12)
        with tools().source(found.address).open() as file:
            assert file.read() == b"mail a@b.ch\n"
        assert tools().stamp(found.address) == found.stamp
    finally:
        memory.rm("/bartizan", recursive=True)
