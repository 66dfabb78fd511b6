"""The event log of a program that has other things to do: opened by the process that writes, read from a time on."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bartizan.model import Event
from bartizan.soc.log import EventLog, Fsync, free_log
from bartizan.soc.read import Reader, Wanted

__all__ = ["ProgramLog"]


class ProgramLog:
    """Events of a program, in the first free chain of `base-1`, `base-2`, ... of a folder.

    A process that was forked from the one that opened it writes a chain of its own. Safe to share between threads.
    """

    def __init__(self, folder: Path, base: str, fsync: Fsync) -> None:
        self._folder, self._base, self._fsync = folder, base, fsync
        self._guard = threading.Lock()
        self._log, self._process = self._open()

    @property
    def writer(self) -> str:
        """The name of the chain that this process writes."""
        return self._own().writer

    def put(self, event: Event) -> None:
        """Put an event on record. Raises EventLogError."""
        self._own().append(event)

    async def aput(self, event: Event) -> None:
        """Put an event on record without keeping the event loop while the disk works. Raises EventLogError."""
        log = self._own()
        log.write(event)
        if log.fsync == "always":
            await asyncio.to_thread(log.sync)

    def past(self, since: float) -> Iterator[Event]:
        """Read what is on record in the folder, of all writers, from a time on. Raises InputError."""
        if self._folder.is_dir():
            first = datetime.fromtimestamp(int(since), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for one in Reader(self._folder, Wanted(since=first), lambda _, __: None).read():
                yield one.event

    def close(self) -> None:
        """End writing. Raises EventLogError."""
        self._log.close()

    def _own(self) -> EventLog:
        if self._process != os.getpid():
            with self._guard:
                if self._process != os.getpid():
                    self._log, self._process = self._open()
        return self._log

    def _open(self) -> tuple[EventLog, int]:
        return free_log(self._folder, self._base, fsync=self._fsync), os.getpid()
