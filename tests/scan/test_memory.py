"""Memory stays flat: 200 MB of text, with sensitive values all over, in one process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import REPOSITORY

PROGRAM = """
import re, sys
from pathlib import Path
from bartizan.inspection.policy import Policy
from bartizan.scan.results import About, RunFolder
from bartizan.scan.run_data import Job, Run

folder = RunFolder(Path(sys.argv[2]))
folder.make()
folder.set_about(About())
policy = Policy(types=["iban-code", "email-address", "credit-card", "us-ssn"])
run = Run(Job(roots=[sys.argv[1]], workers=1, policy=policy), folder)
run.plan()
run.work(lambda number, worked: None)
scan = run.judge()
# Not what getrusage says: that counts the process which started this one, too.
status = Path("/proc/self/status").read_text()
print(scan.bytes, sum(one.count for one in scan.types), int(re.search(r"VmHWM:\\s+(\\d+)", status)[1]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak of one process")
def test_memory_does_not_grow_with_the_input(tmp_path: Path) -> None:
    line = b"paid from DE89370400440532013000 by user@example.org, nothing more to see in this line of a log\n"
    other = b"2026-11-27T10:00:00 INFO request done in 12 ms, path /api/v1/items, status 200, no user, no more\n"
    piece = (line + other * 20) * 1000
    folder = tmp_path / "data"
    folder.mkdir()
    with (folder / "large.log").open("wb") as file:
        for _ in range(100):
            file.write(piece)
    rows = b"1,user@example.org,4012888888881881,hello\n" * 200_000
    for number in range(2):
        (folder / f"{number}.csv").write_bytes(b"id,mail,card,note\n" + rows)
    arguments = [sys.executable, "-c", PROGRAM, str(folder), str(tmp_path / "run")]
    done = subprocess.run(
        arguments, env={**os.environ, "PYTHONPATH": str(REPOSITORY)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    size, values, peak = map(int, done.stdout.split())
    assert size > 200_000_000
    assert values == 100 * 1000 * 2 + 2 * 200_000 * 2
    assert peak < 300
