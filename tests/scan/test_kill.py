"""A run that is killed, at whatever moment, goes on where it was and ends with the same result."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bartizan.scan.results import About, RunFolder
from bartizan.scan.results_merge import Spool
from bartizan.scan.run_data import Job, Run
from tests.scan import stubs
from tests.support import REPOSITORY

PROGRAM = """
import sys
from pathlib import Path
from bartizan.scan.results import RunFolder
from bartizan.scan.run_data import Job, Run
from tests.scan import stubs

if __name__ == "__main__":
    job = Job(roots=[sys.argv[1]], workers=2, tools=stubs.SLOW, target=4000, cache=Path(sys.argv[3]))
    run = Run(job, RunFolder(Path(sys.argv[2])))
    run.plan()
    run.work(lambda number, worked: None)
    run.judge()
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.txt").write_text(f"u{number} ann@example.org\n" * 30, encoding="utf-8")
        (folder / f"{number}.csv").write_text("ssn,x\n" + f"{number:03}-11-2222,x\n" * 30, encoding="utf-8")
    (folder / "long.txt").write_text("".join(f"{number:06} x@y.zz \n" for number in range(16000)), encoding="utf-8")
    return folder


def _folder(path: Path) -> RunFolder:
    folder = RunFolder(path)
    folder.make()
    folder.set_about(About())
    return folder


def _end(folder: RunFolder, data: Path, cache: Path) -> list[list[bytes]]:
    run = Run(Job(roots=[str(data)], workers=1, tools=stubs.NAME, target=4000, cache=cache), folder)
    run.plan()
    run.work(lambda number, worked: None)  # noqa: ARG005 - the contract's names
    run.judge()
    return [list(Spool(folder.spool).lines(kind)) for kind in ("artefacts", "findings", "missed")]


@pytest.mark.slow
def test_a_run_survives_kills_at_any_moment(data: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    expected = _end(_folder(tmp_path / "whole"), data, cache)
    chance = random.Random(11)  # noqa: S311 - moments, not secrets
    folder = _folder(tmp_path / "killed")
    results = folder.path / "results"
    arguments = [sys.executable, "-c", PROGRAM, str(data), str(folder.path), str(cache)]
    done = []
    for _ in range(5):
        before = len(list(results.glob("*/*")))
        child = subprocess.Popen(arguments, cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
        until = time.monotonic() + 10
        wanted = before + chance.randrange(1, 9)
        while len(list(results.glob("*/*"))) < wanted and child.poll() is None and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.03)
        assert child.poll() is None, "it was done before it was killed"
        child.send_signal(signal.SIGKILL)
        child.wait(5)
        done.append(len(list(results.glob("*/*"))))
    assert done == sorted(set(done)), "each time more is done than before"
    assert _end(folder, data, cache) == expected
    assert not list(folder.path.rglob("*.part"))
