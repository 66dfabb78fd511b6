"""Workers as processes: handed out, ended, replaced, and none left over."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from pathlib import Path

import msgspec
import pytest

from bartizan.inspection.policy import Policy
from bartizan.model import BartizanError, InputError
from bartizan.scan.blocks import Unit
from bartizan.scan.executors import Outcome, executor
from bartizan.scan.executors.here import Here
from bartizan.scan.executors.processes import Processes, _why
from bartizan.scan.plan import Part, Shard
from bartizan.scan.run_tools import Setup
from bartizan.scan.shard import ShardResult
from tests.scan import stubs

SETUP = Setup(Policy(), tools=stubs.NAME)


def task(path: Path, text: str) -> bytes:
    path.write_text(text, encoding="utf-8")
    stamp = stubs.tools().stamp(str(path))
    part = Part(str(path), str(path), len(text), stamp, "text", Unit(), len(text), hash=False)
    return msgspec.msgpack.encode(Shard(path.name, [part]))


def done(workers: Processes, number: int) -> dict[int, Outcome]:
    out: dict[int, Outcome] = {}
    until = time.monotonic() + 30
    while len(out) < number and time.monotonic() < until:
        out.update({one.ticket: one for one in workers.wait(0.1)})
    return out


def test_tasks_are_handed_out_and_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    workers = Processes(2, SETUP)
    try:
        assert workers.idle() == 2
        workers.submit(1, task(tmp_path / "a", "ann@example.org\n"))
        workers.submit(2, task(tmp_path / "b", "die\n"))
        assert workers.idle() == 0
        found = done(workers, 2)
        assert found[2] == Outcome(2, None, "was killed, most often because memory ran out")
        assert found[1].result is not None
        assert msgspec.msgpack.decode(found[1].result, type=ShardResult).id == "a"
        assert workers.idle() == 2
        workers.submit(3, task(tmp_path / "c", "x\n"))
        workers.submit(4, task(tmp_path / "d", "x\n"))
        assert all(one.result for one in done(workers, 2).values())
    finally:
        workers.close()
    assert multiprocessing.active_children() == []


def test_a_worker_that_has_ended_before_it_gets_a_task(tmp_path: Path) -> None:
    workers = Processes(1, SETUP)
    try:
        workers.submit(1, task(tmp_path / "a", "x\n"))
        done(workers, 1)
        process = workers.hands[0].process
        assert process.pid is not None
        os.kill(process.pid, signal.SIGTERM)
        process.join(5)
        workers.submit(2, task(tmp_path / "b", "x\n"))
        assert done(workers, 1)[2].result is None
    finally:
        workers.close()


def test_workers_that_do_not_start_are_told_at_once(tmp_path: Path) -> None:
    workers = Processes(1, Setup(Policy(), tools="tests.scan.stubs:broken_tools"))
    try:
        workers.submit(1, task(tmp_path / "a", "x\n"))
        with pytest.raises(BartizanError, match="a worker process crashed before its first task"):
            done(workers, 1)
    finally:
        workers.close()


def test_one_worker_is_this_process(tmp_path: Path) -> None:
    here = executor("local", 1, SETUP)
    assert isinstance(here, Here)
    assert (here.wait(0), here.idle()) == ([], 1)
    here.submit(7, task(tmp_path / "a", "x\n"))
    assert here.idle() == 0
    (outcome,) = here.wait(0)
    assert (outcome.ticket, here.idle()) == (7, 1)
    here.close()
    two = executor("local", 2, SETUP)
    assert isinstance(two, Processes)
    two.close()


@pytest.mark.parametrize(("code", "why"), [(-9, "was killed"), (-15, "was killed"), (-11, "crashed"), (3, "crashed")])
def test_why_a_worker_ended(code: int, why: str) -> None:
    assert _why(code).startswith(why)


def test_without_ray_its_executor_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match="ray is not installed"):
        executor("ray", 2, SETUP)
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
