from pathlib import Path

import pytest

from bartizan.model import InputError
from bartizan.soc import EventLog
from bartizan.soc.read import Reader, Wanted
from tests.soc.events import event, filled


def reader(folder: Path, wanted: Wanted | None = None, unread: list[tuple[str, int]] | None = None) -> Reader:
    def note(file: str, line: int) -> None:
        assert unread is not None, (file, line)
        unread.append((file, line))

    return Reader(folder, wanted or Wanted(), note)


def seqs(reader: Reader) -> list[tuple[str, int]]:
    return [(one.writer, one.seq) for one in reader.read()]


def test_events_come_back_as_they_were(tmp_path: Path) -> None:
    filled(tmp_path, 5, size=1500)
    found = list(reader(tmp_path).read())
    assert [one.event for one in found] == [event(number) for number in range(5)]
    assert [one.prev for one in found[1:]] == [one.hash for one in found[:-1]]


def test_chains_are_merged_by_time(tmp_path: Path) -> None:
    logs = [EventLog(tmp_path, writer=name, fsync="never") for name in ("a", "b")]
    for number in range(6):
        logs[number % 2].append(event(number))
    for log in logs:
        log.close()
    assert seqs(reader(tmp_path)) == [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("a", 3), ("b", 3)]


def test_what_is_added_follows_over_files_and_writers(tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never", size=1200)
    follower = reader(tmp_path)
    assert seqs(follower) == []
    for number in range(1, 8):
        log.append(event(number))
        assert seqs(follower) == [("gateway", number)]
    assert len(list(tmp_path.glob("*.jsonl"))) > 2
    log.append(event(1, day="2026-11-30"))
    filled(tmp_path, 1, writer="other")
    assert seqs(follower) == [("other", 1), ("gateway", 8)]
    log.close()
    assert seqs(follower) == []


def test_a_line_that_is_not_whole_yet_is_waited_for(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    (file,) = tmp_path.glob("*.jsonl")
    content = file.read_bytes()
    file.write_bytes(content[:-20])
    follower = reader(tmp_path)
    assert seqs(follower) == [("gateway", 1)]
    file.write_bytes(content)
    assert seqs(follower) == [("gateway", 2)]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(kinds=frozenset({"skip", "block"})), [2]),
        (Wanted(principal="user-0"), [1, 4]),
        (Wanted(decision="deny"), [3]),
        (Wanted(rule="mask-mail"), [1, 2, 3, 4]),
        (Wanted(rule="none"), []),
        (Wanted(since="2026-11-28T10:00:00.002Z"), [3, 4]),
        (Wanted(since="2026-11-29"), [4]),
        (Wanted(until="2026-11-28T10:00:00.002Z"), [1, 2]),
        (Wanted(kinds=frozenset({"call"}), decision="transform", until="2026-11-29"), [1]),
    ],
)
def test_only_what_is_wanted_is_read(tmp_path: Path, wanted: Wanted, expected: list[int]) -> None:
    log = EventLog(tmp_path, fsync="never")
    log.append(event(0))
    log.append(event(1, kind="skip"))
    log.append(event(2, decision="deny"))
    log.append(event(3, day="2026-11-29"))
    log.close()
    assert [one.seq for one in reader(tmp_path, wanted).read()] == expected


def test_days_before_are_not_even_opened(tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never")
    for day in ("2026-11-26", "2026-11-27", "2026-11-28"):
        log.append(event(0, day=day))
    log.close()
    first = min(tmp_path.glob("*.jsonl"))
    first.write_bytes(b"not an event\n")
    assert [one.seq for one in reader(tmp_path, Wanted(since="2026-11-28")).read()] == [3]


def test_lines_that_hold_no_event_are_told(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    (file,) = tmp_path.glob("*.jsonl")
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + b"\xff\n" + b'{"kind":"call","time":"x"}\n' + b"x" * (1 << 20) + b"\n" + lines[1])
    unread: list[tuple[str, int]] = []
    assert seqs(reader(tmp_path, unread=unread)) == [("gateway", 1), ("gateway", 2)]
    assert [line for _, line in unread] == [2, 3, 4, 5]


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        reader(tmp_path / "none").read()
