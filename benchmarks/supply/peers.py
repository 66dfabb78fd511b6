"""Runs scanners of model files, each as its own program in its own environment, and says what it said of a file.

Environments lie below the folder in BARTIZAN_PEERS, one a peer, made with `python -m venv` and `pip install` of the
versions in `PEERS`. A peer that isn't there is left out, and said to be.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.measure import REPOSITORY

PEERS = {"picklescan": "1.0.5", "modelscan": "0.8.8", "fickling": "0.1.12", "modelaudit": "0.2.54"}
PATIENCE = 60.0
"""Seconds for one file."""


class Said(msgspec.Struct):
    """What a scanner said of one file: `bad`, `clean`, `error` (it says so itself) or `crash` (or a time-out)."""

    word: str
    seconds: float


class Scanner(msgspec.Struct):
    """A scanner: how it is started, and what its exit code means."""

    name: str
    command: Callable[[str], list[str]]
    words: dict[int, str]


def peers() -> list[Scanner]:
    """Return the peers that are installed."""
    folder = Path(os.environ.get("BARTIZAN_PEERS", REPOSITORY / "build" / "peers"))
    found = []
    for name, version in PEERS.items():
        program = folder / name / "bin" / name
        if program.exists():
            found.append(Scanner(name, _command(name, str(program)), {0: "clean", 1: "bad", 2: "error", 3: "clean"}))
        else:
            print(f"{name} {version} is not in {folder}, left out")
    return found


def _command(name: str, program: str) -> Callable[[str], list[str]]:
    arguments = {
        "picklescan": ["--path"],
        "modelscan": ["--path"],
        "fickling": ["--check-safety"],
        "modelaudit": ["scan"],
    }[name]
    return lambda path: [program, *arguments, path]


def ask(scanner: Scanner, path: str) -> Said:
    """Scan a file."""
    environment = {**os.environ, "PROMPTFOO_DISABLE_TELEMETRY": "1", "NO_ANALYTICS": "1"}
    start = time.monotonic()
    try:
        done = subprocess.run(
            scanner.command(path),
            env=environment,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            cwd=tempfile.gettempdir(),  # some leave results where they are started
        )
    except subprocess.TimeoutExpired:
        return Said("crash", PATIENCE)
    word = scanner.words.get(done.returncode, "crash")
    if b"Traceback (most recent call last)" in done.stderr:
        word = "crash"
    return Said(word, time.monotonic() - start)


def progress(text: str) -> None:
    """Show how far it is, where somebody looks."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
