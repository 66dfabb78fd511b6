"""`bartizan up` as its users start it, on free ports of loopback, and everything that it has started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.guard.gateway.running import command, free_port

__all__ = ["Console", "console", "until"]

PATIENCE = 90.0


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.05)


class Console:
    """A running `bartizan up`, the leader of a session that holds all its processes."""

    def __init__(self, folder: Path, arguments: tuple[str, ...], port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.home = folder
        self._log = folder / f"log-{port}"
        given = command("up", "--listen", f"127.0.0.1:{port}", *arguments)
        environment = {**os.environ, "BARTIZAN_HOME": str(folder)}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                given, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    @property
    def said(self) -> str:
        """What it has printed."""
        return self._log.read_text(encoding="utf-8")

    @property
    def processes(self) -> dict[int, str]:
        """Return its processes that live: their commands by their ids."""
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            try:
                state, _, _, session = (place / "stat").read_text().rpartition(")")[2].split()[:4]
                if int(session) == self.process.pid and state != "Z":
                    found[int(place.name)] = (place / "cmdline").read_text().replace("\0", " ")
            except OSError:  # it ended meanwhile
                continue
        return found

    def pids(self, pattern: str) -> set[int]:
        """Return the ids of its processes with such a command, but for the first."""
        return {id for id, line in self.processes.items() if re.search(pattern, line) and id != self.process.pid}

    def get(self, path: str) -> tuple[int, str]:
        """Ask for a page; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(self.address + path, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def ready(self) -> Console:
        """Wait until it answers."""
        until(lambda: self.process.poll() is not None or self.get("/readyz")[0] == 200, "an answer")
        assert self.process.poll() is None, self.said
        return self

    def gone(self) -> None:
        """Wait until nothing of it is left."""
        until(lambda: not self.processes, f"the end of all of {self.processes}")

    def interrupt(self) -> int:
        """Do what Ctrl-C at the terminal does, which all of its group hear, and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)


@contextmanager
def console(folder: Path, *arguments: str, port: int = 0) -> Iterator[Console]:
    """Run `bartizan up`, and leave nothing of it behind."""
    running = Console(folder, arguments, port or free_port())
    try:
        yield running
    finally:
        for id in running.processes:
            os.kill(id, signal.SIGKILL)
        running.process.wait(PATIENCE)
