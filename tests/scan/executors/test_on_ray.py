"""The same run on two workers of a real Ray, started on this machine."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.scan import stubs
from tests.support import REPOSITORY

PROGRAM = """
import sys
from pathlib import Path
from bartizan.scan.results import About, RunFolder
from bartizan.scan.results_merge import Spool
from bartizan.scan.run_data import Job, Run

folder = RunFolder(Path(sys.argv[2]))
folder.make()
folder.set_about(About())
job = Job(roots=[sys.argv[1]], workers=2, executor=sys.argv[3], tools=sys.argv[4], target=2000)
run = Run(job, folder)
run.plan()
run.work(lambda number, worked: None)
run.judge()
"""


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="ray is not installed")
def test_ray_finds_the_same_and_survives_what_ends_a_worker(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for number in range(12):
        (data / f"{number}.txt").write_text(f"u{number} ann@example.org\n" * 150, encoding="utf-8")
    (data / "killer.txt").write_text("die\n", encoding="utf-8")
    # In a process of its own, as Ray needs sockets, which tests don't have.
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    environment.pop("RAY_ADDRESS", None)
    for executor in ("ray", "local"):
        arguments = [sys.executable, "-c", PROGRAM, str(data), str(tmp_path / executor), executor, stubs.NAME]
        done = subprocess.run(
            arguments, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr
    for kind in ("artefacts", "findings"):
        found = [(tmp_path / executor / "report" / f"{kind}.jsonl").read_bytes() for executor in ("ray", "local")]
        assert found[0] == found[1]
        assert len(found[0].splitlines()) >= 12
    missed = msgspec.json.decode((tmp_path / "ray" / "report" / "missed.jsonl").read_bytes())
    assert missed["path"].endswith("killer.txt")
    assert missed["reason"].startswith("the worker that read it ended")
