"""A writer that is killed, at whatever moment, leaves a chain that the next one goes on with; no event is lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bartizan.soc.lines import log_files
from bartizan.soc.verify import verify
from tests.support import REPOSITORY

PROGRAM = """
import os, sys
from pathlib import Path
from bartizan.soc import EventLog
from tests.soc.events import event

log = EventLog(Path(sys.argv[1]), fsync=sys.argv[2], size=100_000)
told = os.open(sys.argv[3], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
number = 0
while True:
    number += 1
    os.pwrite(told, b"%12d" % log.append(event(number % 86_000_000)), 0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("fsync", ["never", "second", "always"])
def test_a_log_survives_kills_at_any_moment(tmp_path: Path, fsync: str) -> None:
    folder, told = tmp_path / "events", tmp_path / "told"
    chance = random.Random(5)  # noqa: S311 - moments, not secrets
    arguments = [sys.executable, "-c", PROGRAM, str(folder), fsync, str(told)]
    acknowledged = 0
    for turn in range(5):
        child = subprocess.Popen(arguments, cwd=REPOSITORY, env={**os.environ, "PYTHONPATH": str(REPOSITORY)})
        until = time.monotonic() + 20
        while (not told.exists() or int(told.read_bytes() or b"0") <= acknowledged) and time.monotonic() < until:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        child.send_signal(signal.SIGKILL)
        child.wait(5)
        before, acknowledged = acknowledged, int(told.read_bytes())
        assert acknowledged > before
        result = verify(folder)
        assert {one.rule for one in result.findings} <= {"log-unfinished"}
        assert result.heads[0].seq >= acknowledged, "what append returned is there"
        if turn == 2:
            # Writes of a process that is killed are rarely torn; make it so.
            last = log_files(folder)["gateway"][-1].path
            with last.open("ab") as stream:
                stream.write(b'{"seq":1,"wri')
    result = verify(folder)
    assert {one.rule for one in result.findings} <= {"log-unfinished"}
    assert result.lines >= acknowledged
    assert any("13 bytes were set aside" in note for note in result.notes)
