"""The key file: replaced as a whole, by one writer at a time, for its owner only; and watched."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bartizan.guard.gateway import files, keyfile
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.identity.keys import KeyRecord, digest, make_key, revoke
from bartizan.model import BartizanError, InputError

DAY = datetime(2026, 11, 28, tzinfo=UTC)


def key(n: int) -> str:
    return make_key(n.to_bytes(32, "big"))


def record(n: int) -> KeyRecord:
    return KeyRecord(id=f"k-{n}", hash=digest(key(n)), last="", principal=f"p{n}", created=DAY)


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    made = KeyFile(tmp_path / "keys.jsonl")
    made.change(lambda records: [*records, record(1)])
    return made


def test_a_change_is_in_force_at_the_next_refresh(file: KeyFile) -> None:
    assert file.refresh()
    assert not file.refresh()
    assert file.store.find(key(1), 0.0) is not None
    KeyFile(file.path).change(lambda records: [*revoke(records, "k-1", DAY), record(2)])
    assert file.refresh()
    assert file.store.find(key(1), 0.0) is None
    assert file.store.find(key(2), 0.0) is not None
    assert [one.id for one in file.records()] == ["k-1", "k-2"]


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files are POSIX")
def test_only_the_owner_may_read_it_and_nothing_is_left_beside_it(file: KeyFile) -> None:
    file.path.chmod(0o644)
    file.change(lambda records: records)
    assert file.path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in file.path.parent.iterdir()) == [".keys.jsonl.lock", "keys.jsonl"]


def test_what_a_killed_writer_has_left_is_no_hindrance(file: KeyFile) -> None:
    (file.path.parent / ".keys.jsonl.part").write_text("half a li", encoding="utf-8")
    file.change(lambda records: [*records, record(2)])
    assert len(file.records()) == 2


def test_a_change_that_fails_changes_nothing(file: KeyFile) -> None:
    before = file.path.read_bytes()
    with pytest.raises(InputError):
        file.change(lambda records: revoke(records, "k-9", DAY))
    assert file.path.read_bytes() == before
    file.change(lambda records: records)


def test_a_link_stays_a_link(file: KeyFile, tmp_path: Path) -> None:
    link = tmp_path / "link.jsonl"
    link.symlink_to(file.path)
    KeyFile(link).change(lambda records: [*records, record(2)])
    assert link.is_symlink()
    assert len(file.records()) == 2


def test_writers_at_once_lose_nothing(file: KeyFile) -> None:
    def add(first: int) -> None:
        for n in range(first, first + 5):
            file.change(lambda records, n=n: [*records, record(n)])  # type: ignore[misc]

    threads = [threading.Thread(target=add, args=(first,)) for first in (10, 20, 30)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(file.records()) == 16


@pytest.mark.skipif(sys.platform == "win32", reason="another lock")
def test_a_writer_waits_for_another_process_and_gives_up_in_the_end(
    file: KeyFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = file.path.parent / ".keys.jsonl.lock"
    held = "import fcntl,sys;f=open(sys.argv[1],'a');fcntl.flock(f,fcntl.LOCK_EX);print('held',flush=True);input()"
    with subprocess.Popen(
        [sys.executable, "-c", held, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "held\n"
        monkeypatch.setattr(files, "_PATIENCE", 0.1)
        with pytest.raises(BartizanError, match="held by another process"):
            file.change(lambda records: records)
        monkeypatch.setattr(files, "_PATIENCE", 10.0)
        threading.Timer(0.1, process.stdin.close).start()
        file.change(lambda records: [*records, record(2)])
    assert len(file.records()) == 2


def test_a_file_that_is_gone_ends_all_keys(file: KeyFile) -> None:
    file.refresh()
    file.path.unlink()
    with pytest.raises(InputError, match=r"no key is in force: .* can't be read"):
        file.refresh()
    assert len(file.store) == 0
    assert not file.refresh()
    with pytest.raises(InputError, match="can't be read"):
        file.records()
    file.change(lambda records: [*records, record(1)])
    assert file.refresh()
    assert len(file.store) == 1


def test_a_file_that_cannot_be_read_ends_all_keys_until_it_can(file: KeyFile) -> None:
    file.refresh()
    good = file.path.read_bytes()
    file.path.write_bytes(good + b"{half")
    with pytest.raises(InputError, match="no key is in force: the line is not the record of a key"):
        file.refresh()
    assert len(file.store) == 0
    assert not file.refresh()
    file.path.write_bytes(good)
    assert file.refresh()
    assert len(file.store) == 1
    file.path.write_bytes(b"{half")
    with pytest.raises(InputError, match="no key is in force"):
        file.refresh()


def test_a_file_that_is_too_large_is_refused(file: KeyFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "_MOST", 10)
    with pytest.raises(InputError, match="larger than 10 bytes"):
        file.records()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        KeyFile(tmp_path / "none" / "keys.jsonl").change(lambda records: records)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BartizanError, match="can't be written"):
        KeyFile(tmp_path / "folder").change(lambda records: records)
    assert list((tmp_path / "folder").iterdir()) == []
