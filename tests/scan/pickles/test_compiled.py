"""The compiled loop does what the same functions do in Python; without it, a scan says why it takes long."""

from __future__ import annotations

import datetime
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.desk import Limits
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.pickles import compiled as own
from bartizan.scan.pickles import examine, examine_pickle
from bartizan.scan.pickles.compiled import IN_PYTHON, Kernel, compiled
from bartizan.scan.pickles.plain import PlainData
from bartizan.scan.pickles.settled import Settled
from tests.scan.pickles.support import desk, machine

VALUE = [
    {"id": number, "name": f"ü{number}", "when": datetime.datetime(2020, 1, 1) + datetime.timedelta(number)}
    for number in range(800)
]


def end_of(data: bytes, kernel: Kernel) -> tuple[object, ...]:
    ran = machine(data)
    ran.judge.unexplained = 3
    plain = PlainData(MemoryContent(data), Settled(ran.judge, frozenset()), kernel, 1 << 14)
    plain.attach(ran)
    ran.run(plain)
    return ran.opcodes, ran.stream.offset, ran.memo.count, bytes(ran.memo.slots)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_machine_code_does_the_same(protocol: int) -> None:
    kernel = compiled()
    assert kernel is not None
    data = pickle.dumps(VALUE, protocol)
    assert end_of(data, kernel) == end_of(data, IN_PYTHON)


def test_nothing_is_compiled_where_nothing_can_be_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bartizan").write_text("a file, and no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert own.compiled.__wrapped__() is None


@pytest.fixture
def tries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where compiling was tried, in a cache of its own, in which it fails."""
    tried: list[Path] = []

    def fails(file: Path) -> None:
        tried.append(file)
        raise subprocess.CalledProcessError(1, "python")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(own, "_in_own_process", fails)
    return tried


def again() -> Kernel | None:
    """Ask as the next scan does, in a process of its own."""
    kernel: Kernel | None = own.compiled.__wrapped__()
    return kernel


def test_what_failed_is_not_tried_by_every_scan(tries: list[Path]) -> None:
    assert again() is None
    assert again() is None
    assert len(tries) == 1


def test_what_failed_is_tried_again_after_days_or_a_change(tries: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    again()
    mark = tries[0].with_suffix(".failed")
    now = mark.stat().st_mtime
    old = now - 4 * 86400
    os.utime(mark, (old, old))
    assert again() is None
    assert again() is None
    assert len(tries) == 2
    ahead = now + 86400
    os.utime(mark, (ahead, ahead))  # a clock that was wrong
    again()
    assert len(tries) == 3
    monkeypatch.setattr(own, "_key", lambda: "another version")
    again()
    assert len(tries) == 4


def test_success_is_remembered_instead(tries: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    again()
    mark = tries[0].with_suffix(".failed")
    os.utime(mark, (0, 0))
    monkeypatch.setattr(own, "_in_own_process", lambda file: file.write_bytes(b"no object code"))
    monkeypatch.setattr(own, "_linked", lambda _: IN_PYTHON)
    assert again() is IN_PYTHON
    assert not mark.exists()


@pytest.mark.parametrize("damaged", [b"", b"entry\nno object code", bytes(64)])
def test_what_is_damaged_is_not_linked(damaged: bytes, tries: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "_in_own_process", lambda file: file.write_bytes(damaged))
    assert again() is None
    assert tries == []


def test_a_disk_that_is_full_is_no_reason_to_give_up(tries: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: Path) -> None:
        tries.append(file)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(own, "_in_own_process", full)
    assert again() is None
    assert again() is None
    assert len(tries) == 2


def test_a_compiler_that_fails_is_told_from_one_that_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(own, "__name__", "bartizan.scan.pickles.no_such_module")
    assert again() is None
    assert [path.suffix for path in (tmp_path / "bartizan" / "pickles").iterdir()] == [".failed"]


def test_the_limit_says_that_the_compiler_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "compiled", lambda: None)
    monkeypatch.setattr(examine, "_BIG", 1000)
    data = b"\x80\x02" + b"N0" * 20_000 + b"N."
    with pytest.raises(LimitReached) as raised:
        examine_pickle(MemoryContent(data), desk(Limits(seconds=0.0)))
    assert "numba" in raised.value.message


def test_a_fresh_process_needs_nothing_that_others_have_imported() -> None:
    lines = "import bartizan.scan.pickles.compiled as c; c.cache_folder = lambda: None; assert c.compiled() is None"
    subprocess.run([sys.executable, "-I", "-c", lines], check=True, timeout=60)
