"""The walk: the same order every time, links without loops, and everything that is no file is told."""

from __future__ import annotations

import os
from pathlib import Path

import fsspec  # type: ignore[import-untyped]
import pytest

from bartizan.model import InputError
from bartizan.scan.blocks import Unread
from bartizan.scan.sources import Local, Remote
from bartizan.scan.walk import walk


def shown(folder: Path, items: list[Local | Remote | Unread]) -> list[tuple[str, str]]:
    out = []
    for item in items:
        path = item.member if isinstance(item, Unread) else item.path if isinstance(item, Local) else item.url
        out.append((os.path.relpath(path, folder), item.reason if isinstance(item, Unread) else ""))
    return out


def test_files_come_in_order_hidden_ones_too(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/.hidden/x.txt", ".git/config", ".git/objects/ab/cd", "Z.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")

    assert shown(tmp_path, list(walk([str(tmp_path)]))) == [
        (".git/config", ""),
        (".git/objects", "is left out: its files are a program's own"),
        ("Z.txt", ""),
        ("a/.hidden/x.txt", ""),
        ("a/z.txt", ""),
        ("b.txt", ""),
    ]


def test_links_are_followed_and_loops_are_told(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("x")
    (tmp_path / "data" / "loop").symlink_to(tmp_path / "data")
    (tmp_path / "link.txt").symlink_to(tmp_path / "data" / "a.txt")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "broken").symlink_to(tmp_path / "nothing")
    (tmp_path / "same").symlink_to(tmp_path / "data")

    assert shown(tmp_path, list(walk([str(tmp_path)]))) == [
        ("broken", "is a link to something that is not there"),
        ("data/a.txt", ""),
        ("data/loop", "is a link to a folder that it stands in"),
        ("link.txt", ""),
        ("self", "is a link that leads back to itself"),
    ]


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert shown(tmp_path, list(walk([str(tmp_path), "/dev/null"])))[0] == ("pipe", "is a named pipe, not a file")
    assert list(walk(["/dev/null"])) == [Unread("is a device, not a file", "/dev/null")]


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_folders_that_may_not_be_read_are_told(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)

    assert shown(tmp_path, list(walk([str(tmp_path)]))) == [("closed", "may not be read: no permission")]


def test_a_single_file_and_a_file_url(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("hello")

    assert list(walk([str(path)])) == [Local(str(path), 5)]
    assert list(walk([f"file://{path}"])) == [Local(str(path), 5)]


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there"):
        list(walk([str(tmp_path / "missing")]))
    with pytest.raises(InputError, match="is not there"):
        list(walk(["memory://no-such-bucket/x"]))


def test_urls_are_walked_in_order() -> None:
    system = fsspec.filesystem("memory")
    for name in ("b.txt", "a/c.txt"):
        system.pipe(f"/walked/{name}", b"hello")

    assert list(walk(["memory://walked"])) == [
        Remote("memory:///walked/a/c.txt", 5),
        Remote("memory:///walked/b.txt", 5),
    ]
    assert list(walk(["memory://walked/b.txt"])) == [Remote("memory://walked/b.txt", 5)]
