import asyncio
import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bartizan.model import Count, Event, InputError
from bartizan.soc import EventLog, EventLogError, Fsync, GroupCommit, WriterBusy, free_log
from bartizan.soc.lines import genesis, log_files
from bartizan.soc.verify import verify
from tests.soc.events import event, filled
from tests.support import REPOSITORY


def lines(folder: Path) -> list[dict[str, Any]]:
    files = [file.path for chain in log_files(folder).values() for file in chain]
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines() if line.endswith(b"}")]


@pytest.mark.parametrize("fsync", ["always", "second", "never"])
def test_a_line_says_what_interfaces_promise_and_is_chained(tmp_path: Path, fsync: Fsync) -> None:
    log = EventLog(tmp_path, writer="gw", fsync=fsync)
    assert [log.append(event(number)) for number in range(3)] == [1, 2, 3]
    head = log.head()
    log.close()
    (file,) = tmp_path.glob("*.jsonl")
    assert file.name == "gw.2026-11-28.000000000001.jsonl"
    found = lines(tmp_path)
    promised = {"seq", "time", "prev", "hash", "kind", "principal", "action", "resource", "decision", "rule", "labels"}
    assert set(found[0]) >= promised | {"findings", "tokens", "cost", "trace"}
    assert found[0]["findings"] == [{"type": "email-address", "count": 2}, {"type": "iban", "count": 1}]
    assert [line["prev"] for line in found] == [genesis("gw", file.name), found[0]["hash"], found[1]["hash"]]
    assert (head.writer, head.seq, head.hash) == ("gw", 3, found[2]["hash"])
    raw = file.read_bytes().splitlines()[1]
    assert sha256(raw.replace(b'"hash":"%s",' % found[1]["hash"].encode(), b"")).hexdigest() == found[1]["hash"]


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    folder = filled(tmp_path / "events", 1)
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.stat().st_mode & 0o077 for path in folder.iterdir()] == [0, 0]


def test_the_chain_goes_on_over_sizes_days_and_starts(tmp_path: Path) -> None:
    filled(tmp_path, 10, size=2000)
    log = EventLog(tmp_path, fsync="never", size=2000)
    assert log.append(event(3, day="2026-11-29")) == 11
    assert log.append(event(4, day="2026-11-27")) == 12, "a clock that goes back begins no file"
    log.close()
    names = sorted(path.name for path in tmp_path.glob("*.jsonl"))
    assert len(names) > 3
    assert names[-1] == "gateway.2026-11-29.000000000011.jsonl"
    result = verify(tmp_path)
    assert (result.lines, result.findings) == (12, [])


def test_an_empty_last_file_is_used(tmp_path: Path) -> None:
    (tmp_path / "gateway.2026-11-28.000000000001.jsonl").touch()
    filled(tmp_path, 2)
    assert len(list(tmp_path.glob("*.jsonl"))) == 1
    (tmp_path / "gateway.2026-11-28.000000000009.jsonl").touch()
    filled(tmp_path, 2)
    assert [line["seq"] for line in lines(tmp_path)] == [1, 2, 3, 4]
    assert verify(tmp_path).findings == []


@pytest.mark.parametrize("whole", [0, 1, 5])
def test_an_unfinished_line_is_set_aside_and_the_chain_goes_on(tmp_path: Path, whole: int) -> None:
    filled(tmp_path, whole + 1)
    (file,) = tmp_path.glob("*.jsonl")
    content = file.read_bytes().splitlines(keepends=True)
    torn = content[-1][:100]
    file.write_bytes(b"".join(content[:-1]) + torn)
    assert [one.rule for one in verify(tmp_path).findings] == ["log-unfinished"]
    log = EventLog(tmp_path, fsync="never")
    assert log.append(event(77)) == whole + 2
    log.close()
    found = lines(tmp_path)[-2]
    assert found["kind"] == "recovery"
    assert found["more"] == {
        "file": file.name,
        "offset": sum(map(len, content[:-1])),
        "bytes": 100,
        "sha256": sha256(torn).hexdigest(),
    }
    result = verify(tmp_path)
    assert (result.findings, len(result.notes)) == ([], 1)
    assert file.read_bytes().endswith(torn), "nothing is ever taken away"


def test_what_is_set_aside_must_stay_as_it_was_said_to_be(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    (file,) = tmp_path.glob("*.jsonl")
    content = file.read_bytes()
    file.write_bytes(content[:-40])
    filled(tmp_path, 1)
    file.write_bytes(content[:-30])
    assert [one.rule for one in verify(tmp_path).findings] == ["log-set-aside"]
    file.write_bytes(content[: content.index(b"\n") + 1])
    assert verify(tmp_path).findings == [], "an unfinished line that is gone says nothing about events"


def test_one_process_writes_a_chain(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    with pytest.raises(WriterBusy, match="another process writes the events of `gateway`"):
        EventLog(tmp_path)
    logs = [free_log(tmp_path, "worker", most=3) for _ in range(3)]
    assert [one.writer for one in logs] == ["worker-1", "worker-2", "worker-3"]
    with pytest.raises(WriterBusy):
        free_log(tmp_path, "worker", most=3)
    for one in [log, *logs]:
        one.close()
        one.close()
    EventLog(tmp_path).close()


@pytest.mark.parametrize("writer", ["", ".", "a.b", "../x", "a" * 65, "ü", "-a", "a\n"])
def test_names_that_could_name_other_files_are_refused(tmp_path: Path, writer: str) -> None:
    with pytest.raises(InputError, match="is not a name of a writer"):
        EventLog(tmp_path, writer=writer)


def test_events_that_no_log_could_hold_are_refused(tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never")
    for wrong in (
        Event(kind="call", time="2026-11-28T10:00:00.000Z", principal="\ud800"),
        Event(kind="call", time="2026-11-28T10:00:00.000Z", resource="x" * (1 << 20)),
        Event(kind="call", time="../../../etc/x"),
        Event(kind="call", time="2026/11/28T10:00:00.000Z"),
    ):
        with pytest.raises(EventLogError, match="can't be written"):
            log.append(wrong)
    assert (log.append(event()), log.failed, log.written) == (1, 4, 1)
    log.close()
    assert verify(tmp_path).findings == []


def test_a_folder_that_can_not_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EventLogError, match="can't be used for events"):
        EventLog(tmp_path / "file")


@contextmanager
def limited(size: int) -> Iterator[None]:
    """Let no file grow over a size, so that writes end in the middle of a line as they do on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)


def test_a_full_disk_is_an_error_and_leaves_no_half_line(tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never")
    log.append(event(0))
    (file,) = tmp_path.glob("*.jsonl")
    size = file.stat().st_size
    with limited(size + 100):
        for _ in range(2):
            with pytest.raises(EventLogError, match=r"can't be written: file too large"):
                log.append(event(1))
    assert file.stat().st_size == size
    assert log.append(event(2)) == 2, "with room again, it goes on"
    assert (log.failed, log.written) == (2, 2)
    log.close()
    assert verify(tmp_path).findings == []


def test_a_half_line_that_can_not_be_taken_back_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = EventLog(tmp_path)
    log.append(event(0))
    (file,) = tmp_path.glob("*.jsonl")

    def refuse(descriptor: int, size: int) -> None:  # noqa: ARG001 - the system's signature
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "ftruncate", refuse)
    with limited(file.stat().st_size + 100), pytest.raises(EventLogError):
        log.append(event(1))
    assert log.append(event(2)) == 3
    log.close()
    assert [line["kind"] for line in lines(tmp_path)] == ["call", "recovery", "call"]
    result = verify(tmp_path)
    assert (result.findings, len(result.notes)) == ([], 1)


def fail(_: int) -> None:
    raise OSError(errno.EIO, "Input/output error")


def test_after_a_failed_fsync_nothing_is_appended(tmp_path: Path) -> None:
    broken: list[int] = []
    log = EventLog(tmp_path, fsync="always", flush=lambda one: fail(one) if broken else None)
    log.append(event(0))
    broken.append(1)
    with pytest.raises(EventLogError, match="is not safe on its disk: input/output error"):
        log.append(event(1))
    broken.clear()
    with pytest.raises(EventLogError, match="is not safe"):
        log.append(event(2))
    with pytest.raises(EventLogError, match="is not safe"):
        log.sync()
    log.close()
    assert len(lines(tmp_path)) == 2


def test_second_means_within_about_a_second(tmp_path: Path) -> None:
    seen: list[int] = []
    log = EventLog(tmp_path, fsync="second", size=1000, flush=seen.append)
    for number in range(4):
        log.append(event(number))
    until = time.monotonic() + 5
    while not seen and time.monotonic() < until:
        time.sleep(0.05)
    assert len(seen) == 2, "files that were left are flushed too"
    log.close()
    assert len(seen) == 2, "and nothing twice"


def test_a_forked_process_does_not_write_its_parents_chain(tmp_path: Path) -> None:
    program = """
import os, sys, warnings
from pathlib import Path
from bartizan.soc import EventLog, EventLogError
from tests.soc.events import event
warnings.simplefilter("ignore")
log = EventLog(Path(sys.argv[1]))
log.append(event(0))
child = os.fork()
if not child:
    try:
        log.append(event(1))
    except EventLogError as error:
        os._exit(7 if "belongs to the process" in str(error) else 8)
    os._exit(9)
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(status, log.append(event(2)))
log.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.stdout.split() == ["7", "2"]


def test_waiting_appends_share_an_fsync(tmp_path: Path) -> None:
    flushed: list[int] = []

    def slow(descriptor: int) -> None:
        flushed.append(descriptor)
        time.sleep(0.02)

    async def work() -> list[int]:
        log = EventLog(tmp_path, fsync="always", flush=slow)
        group = GroupCommit(log)
        done = await asyncio.gather(*(group.append(event(number)) for number in range(200)))
        given_up = asyncio.create_task(group.append(event(200)))
        await asyncio.sleep(0)
        given_up.cancel()
        done.append(await group.append(event(201)))
        await group.close()
        log.close()
        return done

    assert asyncio.run(work()) == [*range(1, 201), 202]
    assert 1 <= len(flushed) <= 5
    assert len(lines(tmp_path)) == 202


def test_every_waiting_append_learns_that_the_disk_failed(tmp_path: Path) -> None:
    async def work() -> list[int | BaseException]:
        log = EventLog(tmp_path, fsync="always", flush=fail)
        group = GroupCommit(log)
        done = await asyncio.gather(*(group.append(event(number)) for number in range(5)), return_exceptions=True)
        await group.close()
        log.close()
        return done

    assert [type(one) for one in asyncio.run(work())] == [EventLogError] * 5


def test_without_always_nobody_waits(tmp_path: Path) -> None:
    async def work() -> int:
        log = EventLog(tmp_path, fsync="second")
        group = GroupCommit(log)
        seq = await group.append(event())
        await group.close()
        log.close()
        return seq

    assert asyncio.run(work()) == 1


def test_errors_show_nothing_of_an_event(tmp_path: Path) -> None:
    log = EventLog(tmp_path, fsync="never")
    with pytest.raises(EventLogError) as caught:
        log.append(Event(kind="call", time="2026-11-28T10:00:00Z", principal="ann\ud800", findings=[Count("x", 1)]))
    log.close()
    assert "ann" not in caught.value.diagnostics()
