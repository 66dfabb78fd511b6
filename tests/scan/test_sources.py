"""Sources: only files are opened, a change while reading is told, and URLs show no secrets."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import fsspec  # type: ignore[import-untyped]
import pytest

from bartizan.model import InputError
from bartizan.scan.sources import Local, Memory, Remote, SourceChangedError, on_disk, public_url, seekable


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"hello")

    with Local(str(path), 5).open() as file:
        assert file.read() == b"hello"
    assert Local(str(path)).name == "a.txt"


def test_pipes_sockets_devices_and_folders_are_refused(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="is a named pipe"), Local(str(pipe)).open():
        pass
    with pytest.raises(OSError, match="is a device"), Local("/dev/null").open():
        pass
    with pytest.raises(OSError, match="is a folder"), Local(str(tmp_path)).open():
        pass
    address = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(address))
        with pytest.raises(OSError), Local(str(address)).open():  # noqa: PT011 - the system's own words
            pass


def test_a_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    done = threading.Event()

    def look() -> None:
        try:
            with Local(str(pipe)).open():
                pass
        except OSError:
            done.set()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    assert done.wait(5)


@pytest.mark.parametrize("how", ["append", "replace", "truncate"])
def test_a_change_while_reading_is_told(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"first line\n" * 10)
    other = tmp_path / "b.log"
    other.write_bytes(b"other line\n" * 10)

    def change() -> None:
        if how == "append":
            with path.open("ab") as more:
                more.write(b"more\n")
        elif how == "replace":
            other.replace(path)
        else:
            os.truncate(path, 3)

    with pytest.raises(SourceChangedError, match="changed while it was read"), Local(str(path)).open():
        change()


def test_an_error_of_the_reader_is_not_hidden_by_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(b"x")

    def fail() -> None:
        path.write_bytes(b"xy")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Local(str(path)).open():
        fail()


def test_remote_files_are_read_and_their_change_is_told() -> None:
    system = fsspec.filesystem("memory")
    system.pipe("/bucket/a.txt", b"hello")
    remote = Remote("memory://bucket/a.txt", 5)
    with remote.open() as file:
        assert file.read() == b"hello"
    with pytest.raises(SourceChangedError), remote.open():
        system.pipe("/bucket/a.txt", b"something else")
    assert remote.name == "a.txt"


def test_storages_that_are_not_known_are_told() -> None:
    with pytest.raises(InputError, match="no address of a storage"), Remote("nosuch://bucket/a").open():
        pass


def test_urls_show_no_secrets() -> None:
    assert public_url("https://user:pass@example.com/a/b.csv?sig=abc#x") == "https://example.com/a/b.csv"


def test_a_path_for_programs_that_need_one(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"x")
    with on_disk(Local(str(path))) as given:
        assert given == str(path)
    with on_disk(Memory("a.db", b"copied")) as given:
        assert Path(given).read_bytes() == b"copied"
    assert not Path(given).exists()


def test_seekable_uses_what_is_there() -> None:
    with seekable(Memory("a", b"hello")) as file:
        file.seek(2)
        assert file.read() == b"llo"
