"""Workers as processes of this machine, each with a pipe to this one.

`concurrent.futures` gives up all work when one process dies, and doesn't say which task it was at; a scan meets files
that end a process (memory, a crash in a native library), so the processes are held here one by one.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

import msgspec

from bartizan.model import BartizanError
from bartizan.scan.executors import Outcome
from bartizan.scan.run_tools import Setup
from bartizan.scan.shard import Worker

__all__ = ["Processes"]

_PATIENCE = 5.0


class _Hand:
    """One process, and the task that it is at."""

    def __init__(self, setup: bytes) -> None:
        # A fork of this process would hold its threads' locks and the other workers' pipes.
        if sys.platform == "win32":
            context = multiprocessing.get_context("spawn")
        else:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
        self.pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, setup), daemon=True)
        self.process.start()
        theirs.close()
        self.ticket: int | None = None
        self.ready = False

    def end(self) -> None:
        self.process.kill()
        self.process.join(_PATIENCE)
        self.pipe.close()


class Processes:
    """Hands tasks to processes."""

    def __init__(self, workers: int, setup: Setup) -> None:
        self.setup = msgspec.msgpack.encode(setup)
        self.hands = [_Hand(self.setup) for _ in range(workers)]

    def idle(self) -> int:
        """See `Executor`."""
        return sum(hand.ticket is None for hand in self.hands)

    def submit(self, ticket: int, task: bytes) -> None:
        """See `Executor`."""
        hand = next(hand for hand in self.hands if hand.ticket is None)
        hand.ticket = ticket
        try:
            hand.pipe.send_bytes(task)
        except OSError:
            return  # it has ended; `wait` sees that, and says so

    def wait(self, seconds: float) -> list[Outcome]:
        """See `Executor`."""
        busy = {hand.pipe: hand for hand in self.hands if hand.ticket is not None}
        out = []
        # A pipe whose other end has gone is ready, too.
        for pipe in wait(list(busy), seconds):
            hand = busy[pipe]  # type: ignore[index] # typeshed allows sockets and descriptors here
            ticket = hand.ticket
            assert ticket is not None
            try:
                result = hand.pipe.recv_bytes()
            except (EOFError, OSError):
                out.append(Outcome(ticket, None, self._replace(hand)))
                continue
            if hand.ready:
                out.append(Outcome(ticket, result))
                hand.ticket = None
            hand.ready = True
        return out

    def _replace(self, hand: _Hand) -> str:
        """Put a new process in the place of one that has ended, and say why that ended."""
        hand.process.join(_PATIENCE)
        why = _why(hand.process.exitcode)
        if not hand.ready:
            raise BartizanError(f"a worker process {why} before its first task", help="use --workers 1")
        hand.end()
        self.hands[self.hands.index(hand)] = _Hand(self.setup)
        return why

    def close(self) -> None:
        """See `Executor`."""
        for hand in self.hands:
            hand.end()
        self.hands = []


def _why(code: int | None) -> str:
    if code == -signal.SIGTERM or (hasattr(signal, "SIGKILL") and code == -signal.SIGKILL):
        return "was killed, most often because memory ran out"
    return "crashed"


def _serve(pipe: Connection, setup: bytes) -> None:
    """Say that all is ready, then do tasks until the other end of the pipe has gone."""
    # Ctrl-C reaches the whole group; the parent alone answers it, and ends this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker = Worker(msgspec.msgpack.decode(setup, type=Setup))
    try:
        pipe.send_bytes(b"")
        while True:
            pipe.send_bytes(worker.work(pipe.recv_bytes()))
    except (EOFError, OSError):
        return
