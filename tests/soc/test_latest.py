from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.model import InputError
from bartizan.soc import EventLog
from bartizan.soc.latest import Latest, latest
from bartizan.soc.read import Reader, Wanted
from tests.soc.events import event, filled


def seqs(found: Latest) -> list[int]:
    return [one.seq for one in found.events]


def test_the_latest_come_first(tmp_path: Path) -> None:
    filled(tmp_path, 500, size=20_000)
    found = latest(tmp_path, Wanted(), 3)
    assert seqs(found) == [500, 499, 498]
    assert found.events[0].event == event(499)
    assert not found.whole


def test_all_of_them_are_the_reader_s_the_other_way_round(tmp_path: Path) -> None:
    filled(tmp_path, 700, size=90_000)
    filled(tmp_path, 300, writer="other")
    forward = list(Reader(tmp_path, Wanted(), lambda _file, _line: None).read())
    found = latest(tmp_path, Wanted(), 5_000)
    assert found.whole
    assert [one.event.time for one in found.events] == [one.event.time for one in reversed(forward)]
    assert {one.hash for one in found.events} == {one.hash for one in forward}


def test_only_what_fits_is_found_and_the_work_has_a_bound(tmp_path: Path) -> None:
    filled(tmp_path, 300)
    assert all(one.event.principal == "user-1" for one in latest(tmp_path, Wanted(principal="user-1")).events)
    nothing = latest(tmp_path, Wanted(principal="nobody"), most=50)
    assert nothing == Latest([], whole=False, looked_at=50)


def test_what_is_older_is_not_looked_at(tmp_path: Path) -> None:
    filled(tmp_path, 100)
    found = latest(tmp_path, Wanted(since=event(97).time))
    assert seqs(found) == [100, 99, 98]
    assert (found.whole, found.looked_at) == (True, 3)


def test_a_line_that_is_being_written_and_lines_that_are_none_are_passed_over(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    (file,) = tmp_path.glob("*.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], b"nonsense\n", lines[1][:-30] + b"\n", lines[2], b'{"seq":4']))
    assert seqs(latest(tmp_path, Wanted())) == [3, 1]


def test_a_file_with_no_whole_line_holds_nothing(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (file,) = tmp_path.glob("*.jsonl")
    file.write_bytes(b"x" * 200_000)
    assert latest(tmp_path, Wanted()) == Latest([], whole=True, looked_at=0)


def test_a_line_without_an_end_ends_the_reading_of_its_file(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (file,) = tmp_path.glob("*.jsonl")
    line = file.read_bytes()
    file.write_bytes(line + b"x" * (3 << 20) + b"\n" + line)
    assert len(latest(tmp_path, Wanted()).events) == 1


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert latest(tmp_path / "none", Wanted()).events == []


def test_a_folder_that_can_t_be_read_is_told(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    (file,) = tmp_path.glob("*.jsonl")
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content)
    (tmp_path / "gateway.2026-11-29.000000000002.jsonl").write_bytes(b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", _denied)
        with pytest.raises(InputError, match="can't be read"):
            latest(tmp_path, Wanted())


def _denied(*_args: object, **_more: object) -> None:
    raise PermissionError(13, "Permission denied")


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_lines_of_any_length_are_read_whole(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    folder = tmp_path_factory.mktemp("log")
    log = EventLog(folder, fsync="never")
    for number, size in enumerate(sizes):
        log.append(event(number, action="a" * size))
    log.close()
    found = latest(folder, Wanted(), 100)
    assert [len(one.event.action) for one in found.events] == sizes[::-1]
