"""A process of its own that scans paths, one after the other: `python -m tests.scan.artefacts.child PATH...`.

Prints a JSON list of what it found, with seconds of the processor and the peak of memory in MB until then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from bartizan.catalog.places import cache_folder
from bartizan.catalog.scan_rules import load_scan_rules
from bartizan.scan.artefacts.examine import Examiner
from bartizan.scan.artefacts.gather import gather
from tests.support import REPOSITORY

__all__ = ["MEMORY", "SECONDS", "Scanned", "bounded", "scanned"]

SECONDS = 10.0
"""Of the processor, for one hostile file; most take a hundredth of it."""
MEMORY = 150
"""Megabytes."""


class Scanned(msgspec.Struct):
    """What a scan of one path came to."""

    path: str
    verdict: str
    rules: list[str]
    reasons: list[str]
    seconds: float
    peak: int


def scanned(*paths: object) -> list[Scanned]:
    """Scan paths in a new process, which must not take minutes."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.scan.artefacts.child", *map(str, paths)],
        cwd=REPOSITORY,
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return msgspec.json.decode(done.stdout, type=list[Scanned])


def bounded(found: list[Scanned], *, memory: int = MEMORY) -> None:
    """Check what must hold of every hostile file."""
    for one in found:
        assert one.verdict != "safe", one
        assert "scanner-failed" not in one.rules, one
        assert one.seconds < SECONDS, one
        assert one.peak < memory, one


def main(paths: list[str]) -> None:
    """Scan and print."""
    examiner = Examiner(load_scan_rules(cache_folder()))
    out = []
    for path in paths:
        start = time.process_time()
        found = gather(path)
        scan = examiner.tree(found.tree, found.only, outside=found.outside)
        out.append(
            Scanned(
                path,
                max([scan.verdict.value, *(["unknown"] if any(not one.chosen for one in found.passed) else [])],
                    key=["safe", "unknown", "dangerous"].index),
                sorted({one.rule for artefact in scan.artefacts for one in artefact.findings}),
                sorted({one.reason for one in [*scan.passed, *found.passed]}),
                time.process_time() - start,
                _peak(),
            )
        )  # fmt: skip
    sys.stdout.buffer.write(msgspec.json.encode(out))


def _peak() -> int:
    """Megabytes. What `getrusage` tells on Linux counts the parent too, from before this program began."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20
    return int(status.split("VmHWM:")[1].split()[0]) >> 10


if __name__ == "__main__":
    main(sys.argv[1:])
