"""Asks at the terminal of whoever started the process, whatever standard input and output are used for."""

from __future__ import annotations

import asyncio
import getpass
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bartizan.guard.asking import Answerer, Approval, as_text
from bartizan.guard.gateway.asking.ways import Said, Unreachable

__all__ = ["Terminal"]

_TTY = Path("/dev/tty")
_WAIT = 0.2
_MOST = 64
_YES = frozenset({"y", "yes"})
_LASTING = frozenset({"s", "session"})


class Terminal:
    """Asks at `path`, by default the terminal of the process; one dialogue at a time.

    Whoever sits there is the user that the agent works for, so it asks only what that user may answer. `clock` is in
    seconds since 1970, as questions have it.
    """

    name = "terminal"

    def __init__(self, clock: Callable[[], float], path: Path = _TTY, user: str = "") -> None:
        self._clock, self._path, self._user = clock, path, user
        self._lock = asyncio.Lock()

    def there(self) -> bool:
        """Tell whether there is a terminal."""
        if sys.platform == "win32":
            return False
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_NOCTTY))
        except OSError:
            return False
        return True

    async def ask(self, approvals: Sequence[Approval]) -> list[Said]:
        """Show each question, and read a line. No answer in time, an empty line and anything but a yes are a no."""
        who = Answerer(name=self._user or _login(), user=True)
        mine = [one for one in approvals if one.may_answer(who)]
        if not mine or not self.there():
            raise Unreachable("there is no terminal" if mine else "these questions are not for the user")
        over = threading.Event()
        async with self._lock:
            try:
                return await asyncio.to_thread(self._dialogue, mine, who, over)
            finally:
                over.set()  # also when the task is cancelled: the thread must not go on reading what is typed

    def _dialogue(self, approvals: Sequence[Approval], who: Answerer, over: threading.Event) -> list[Said]:
        out = []
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_NOCTTY)
        except OSError:
            raise Unreachable("the terminal can't be opened") from None
        try:
            for one in approvals:
                typed = self._line(descriptor, one, over)
                if typed is None:
                    continue
                lasting = one.lasting and typed in _LASTING
                out.append(Said(one.id, typed in _YES or lasting, lasting, who))
        except OSError:
            raise Unreachable("the terminal has gone away") from None
        finally:
            os.close(descriptor)
        return out

    def _line(self, descriptor: int, one: Approval, over: threading.Event) -> str | None:
        """Show a question and return what is typed, in lower case; None when nobody types in time."""
        _forget_typed(descriptor)
        choices = "y = yes, s = yes for the session, anything else = no" if one.lasting else "y = yes, else no"
        _write(descriptor, f"\n{as_text([one])}\nAllow this call? [{choices}] ")
        end = time.monotonic() + one.until - self._clock()
        typed = b""
        while not over.is_set() and time.monotonic() < end:
            if not select.select([descriptor], [], [], _WAIT)[0]:
                continue
            piece = os.read(descriptor, _MOST)
            typed += piece
            if not piece or b"\n" in typed or len(typed) > _MOST:
                return typed.split(b"\n", 1)[0][:_MOST].decode(errors="replace").strip().lower()
        _write(descriptor, "\nnobody has answered: the call is refused\n")
        return None


def _forget_typed(descriptor: int) -> None:
    """Drop what was typed before the question was shown: it is no answer to it."""
    if sys.platform != "win32":
        import termios

        termios.tcflush(descriptor, termios.TCIFLUSH)


def _write(descriptor: int, text: str) -> None:
    left = text.encode(errors="backslashreplace")
    while left:
        left = left[os.write(descriptor, left) :]


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "the user"
