"""Local MCP servers as processes: started without a shell, heard line by line, ended with everything they started."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from bartizan.guard.gateway.mcp.pipes import Inlet, Long, Outlet
from bartizan.guard.gateway.mcp.remains import MARK, die_with_parent, end_marked
from bartizan.model import InputError

__all__ = ["Command", "Heard", "ServerProcess", "minimal_environment"]

_LINE_OF_SPEECH = 8192
"""Bytes of a line on standard error that are passed on; the rest of it is counted."""
_REST = 0.5
"""Seconds for what an ended server has written to arrive, when something else holds its output open."""
_DYING = 2.0
"""Seconds for the system to clear away what was killed."""
_INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER", "APPDATA",
              "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATHEXT", "PROCESSOR_ARCHITECTURE", "SYSTEMDRIVE",
              "SYSTEMROOT", "TEMP", "USERNAME", "USERPROFILE")  # fmt: skip


class Command(NamedTuple):
    """How a server is started: the program and its arguments, its whole environment (None: ours), its folder.

    `tied` has the system kill the server when we are killed. That needs a process with few threads, and Linux.
    """

    argv: Sequence[str]
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    tied: bool = False


class Heard(Protocol):
    """What happens with what a server says. All are called in the event loop."""

    def line(self, line: bytes) -> None:
        """Take a line of standard output, without its end."""
        ...

    def long(self, long: Long) -> None:
        """Take what is left of a line that was too long."""
        ...

    def speech(self, line: bytes) -> None:
        """Take a line of standard error, shortened."""
        ...

    def eased(self) -> None:
        """Learn that the server has read so much that more can be sent."""
        ...

    def ended(self, code: int) -> None:
        """Learn that the server has ended and everything it wrote was told."""
        ...


def minimal_environment(own: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return an environment of what every program needs, taken from `own`, and what is `given`: no secrets of ours."""
    return {**{name: own[name] for name in _INHERITED if name in own}, **given}


class ServerProcess:
    """A server that runs. To be made in an event loop.

    `most` is how many bytes a message may have, `enough` how many may wait to be read by the server before `full`.
    Raises InputError when it can't be started.
    """

    def __init__(self, command: Command, heard: Heard, *, most: int = 16 << 20, enough: int = 1 << 20) -> None:
        self._heard, self._most, self._enough = heard, most, enough
        self._loop = asyncio.get_running_loop()
        self._mark = secrets.token_hex(8)
        self._process = _started(command, self._mark)
        self._over = self._loop.create_future()
        self._exited = self._silent = self._paused = self._ending = False
        self._pipes()
        threading.Thread(target=self._wait, name=f"wait-{self.pid}", daemon=True).start()

    def _pipes(self) -> None:
        process, heard = self._process, self._heard
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._input = Outlet(process.stdin.fileno(), self._enough, _nothing, heard.eased)
        self._output = Inlet(process.stdout.fileno(), self._most, heard.line, heard.long, self._no_more)
        self._speech = Inlet(process.stderr.fileno(), _LINE_OF_SPEECH, heard.speech, self._long_speech, _nothing)

    @property
    def pid(self) -> int:
        """The id of the process, which is that of its process group as well."""
        return self._process.pid

    @property
    def full(self) -> bool:
        """Whether so much waits to be read by the server that its sources should pause."""
        return self._input.full

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return not self._exited

    def send(self, message: bytes) -> None:
        """Write a message, which must not hold a line end. Nothing happens when the server doesn't read any more."""
        self._input.send(message + b"\n")

    def pause(self) -> None:
        """Hear nothing for now, so that a server that floods has to wait."""
        self._paused = True
        self._output.pause()

    def resume(self) -> None:
        """Hear it again."""
        self._paused = False
        self._output.resume()
        if self._exited:
            self._loop.call_later(_REST, self._finish)

    def signal(self, number: int) -> None:
        """Send a signal to the server and what it started."""
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.send_signal(number)
            else:
                os.killpg(self.pid, number)

    async def ended(self, seconds: float | None = None) -> bool:
        """Wait until it has ended. False when that took longer than `seconds`."""
        done, _ = await asyncio.wait([self._over], timeout=seconds)
        return bool(done)

    async def close_input(self, seconds: float) -> None:
        """Let it read what was sent, and then the end of its input."""
        await self._input.drained(seconds)
        self._close_input()

    async def end(self, patience: float = 1.0) -> int:
        """End it: its input ends; after `patience` in seconds it is asked to end, and after as many killed.

        What it has written and nobody has heard by then is lost. Returns its exit code; see `code`.
        """
        self._ending = True
        await self.close_input(patience)
        for number in (signal.SIGTERM, _KILL):
            if await self.ended(patience):
                break
            self.signal(number)
        await self.ended(_DYING)
        return self.code

    @property
    def code(self) -> int:
        """The exit code as a shell tells it, 128 and the signal's number when a signal ended it."""
        code = self._process.returncode
        return 128 + _KILL if code is None else 128 - code if code < 0 else code

    # ---- the end

    def _wait(self) -> None:
        """Wait, in a thread, until the process has ended; it isn't cleared away, so that its id stays its own."""
        try:
            os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        except (AttributeError, ChildProcessError):  # there is none on Windows and older macOS
            self._process.wait()
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._has_exited)

    def _has_exited(self) -> None:
        self._exited = True
        if self._silent:
            self._finish()
        elif not self._paused or self._ending:
            self._loop.call_later(_REST, self._finish)

    def _no_more(self) -> None:
        """The output has ended: a server that can't answer any more is ended too."""
        self._silent = True
        if self._exited:
            self._finish()
        else:
            self._close_input()
            for number, seconds in ((signal.SIGTERM, 1.0), (_KILL, 2.0)):
                self._loop.call_later(seconds, self._signal_running, number)

    def _signal_running(self, number: int) -> None:
        if not self._exited:
            self.signal(number)

    def _finish(self) -> None:
        """Clear away, once: kill what the server has left behind, and tell that it has ended."""
        if self._over.done() or (self._paused and not self._silent and not self._ending):
            return  # what it wrote is still to be heard
        self.signal(_KILL)
        end_marked(self._mark)
        self._process.wait()
        self._close_input()
        for inlet, file in ((self._output, self._process.stdout), (self._speech, self._process.stderr)):
            inlet.close()
            assert file is not None
            file.close()
        self._over.set_result(None)
        self._heard.ended(self.code)

    def _close_input(self) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.closed:
            self._input.release()
            self._process.stdin.close()

    def _long_speech(self, long: Long) -> None:
        self._heard.speech(long.head + b" ... (%d bytes)" % long.size)


_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def _nothing() -> None:
    """Do nothing: that a server has closed a pipe is told by its end."""


def _started(command: Command, mark: str) -> subprocess.Popen[bytes]:
    given = os.environ if command.environment is None else command.environment
    before: Callable[[], object] | None = die_with_parent() if command.tied else None
    try:
        return subprocess.Popen(  # noqa: S603 - the user's own command, without a shell
            list(command.argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=command.folder,
            env={**given, MARK: mark},
            # A session of its own has no terminal, so that a server can't write into what people are asked there.
            start_new_session=True,
            preexec_fn=before,  # noqa: PLW1509 - one system call, before any other thread is started
        )
    except (OSError, ValueError) as error:
        why = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "it holds a NUL"
        raise InputError(
            f"`{command.argv[0][:200]}` can't be started: {why}", help="name a program that is installed"
        ) from None
