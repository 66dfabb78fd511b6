"""The gateway beside the console: started as a program of its own, and where both find what they share."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bartizan.cli.gateway_demo import demo_folder
from bartizan.cli.output import say
from bartizan.cli.up_demo_desk import equip
from bartizan.console.services import Places
from bartizan.guard.config import Config
from bartizan.guard.gateway.parts import load_config
from bartizan.guard.gateway.serve import address_of, check_free
from bartizan.guard.gateway.standing import OPENINGS, STATE, documents_folder
from bartizan.model import BartizanError, InputError

__all__ = ["Beside", "demo_gateway", "gateway_beside"]

_SECONDS = 10
_START = 5.0
"""Seconds for which the console waits for a gateway. One that compiles its rules for the first time needs longer."""
_DEMO = "127.0.0.1:8400"


@dataclass(frozen=True)
class Beside:
    """A gateway that runs beside the console, and what both share. Without a process there is none."""

    places: Places
    process: subprocess.Popen[bytes] | None = None

    def check(self) -> None:
        """Wait some seconds for its first answer. Raises BartizanError when it ends instead; it has said why."""
        end = time.monotonic() + _START
        while self.process is not None and time.monotonic() < end and not _answers(self.places.gateway):
            if self.process.poll() is not None:
                raise BartizanError(
                    "the gateway beside the console did not start",
                    help="`bartizan gateway check` says what is wrong with its configuration",
                )
            time.sleep(0.05)


@contextmanager
def gateway_beside(config: Path) -> Iterator[Beside]:
    """Run a gateway by a configuration until the end of the block.

    Raises InputError for a wrong configuration, or when somebody else listens where it should.
    """
    read = load_config(config)
    check_free(read.listen)
    folder = config.resolve().parent
    places = Places(
        events=folder / read.events.folder,
        approvals=_approvals(read, folder),
        sandboxes=documents_folder(read, folder),
        openings=folder / STATE / OPENINGS,
        gateway=f"http://{read.listen}",
        config=config,
    )
    with _running(config) as process:
        yield Beside(places, process)


def _approvals(config: Config, folder: Path) -> Path | None:
    """Return where questions wait: the folder of the first door that has one."""
    named = next((door.asking.folder for door in config.mcp if door.asking.folder), "approvals")
    return folder / named if (folder / named).is_dir() or named != "approvals" else None


@contextmanager
def demo_gateway(listen: str = _DEMO) -> Iterator[Beside]:
    """Run a gateway with a made-up provider, and some calls of made-up staff, until the end of the block.

    Where somebody else listens already, the gateway takes another port.
    """
    listen = _free(listen)
    with demo_folder(listen) as (folder, _):
        (folder / "approvals").mkdir(mode=0o700)
        equip(folder)
        with gateway_beside(folder / "gateway.yaml") as beside, _staff(folder, listen):
            yield beside


@contextmanager
def _staff(folder: Path, listen: str) -> Iterator[None]:
    """Have made-up people call, until the end of the block: in a process that ends with this one."""
    command = [sys.executable, "-m", "bartizan.cli.up_demo", str(folder), listen]
    apart = None if sys.platform == "win32" else 0
    process = subprocess.Popen(command, stdin=subprocess.PIPE, process_group=apart)  # noqa: S603 - our own command
    try:
        yield
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _free(listen: str) -> str:
    """Return an address if it is free, else one on a port that is."""
    host, _ = address_of(listen)
    try:
        check_free(listen)
    except InputError:
        with socket.socket() as probe:
            probe.bind((host, 0))
            return f"{host}:{probe.getsockname()[1]}"
    return listen


def _answers(address: str) -> bool:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def _running(config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a gateway in a process that ends with this one, and that an interrupt at the terminal doesn't reach."""
    command = [sys.executable, "-m", "bartizan.cli.up_beside", "--config", str(config)]
    apart = None if sys.platform == "win32" else 0
    process = subprocess.Popen(command, stdin=subprocess.PIPE, process_group=apart)  # noqa: S603 - our own command
    ending = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process, ending), name="gateway", daemon=True)
    watcher.start()
    try:
        yield process
    finally:
        ending.set()
        process.terminate()
        try:
            process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        watcher.join()
        if process.stdin is not None:
            process.stdin.close()


def _watch(process: subprocess.Popen[bytes], ending: threading.Event) -> None:
    """Tell when a gateway ends that should not: the console goes on without it."""
    code = process.wait()
    if not ending.is_set():
        say(f"the gateway beside the console has ended with code {code}; start `bartizan up` again for another")
