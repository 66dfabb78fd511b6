"""Writes an event log: append-only files of JSON lines, a hash chain for each writer.

What is on the disk when `append` returns is what `fsync` says: with `always` the event itself; with `second` what was
appended until a second before; with `never` what the operating system has written so far. A process that is killed
loses nothing that was appended, whatever the policy: only a machine that dies does.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from bartizan.model import Event
from bartizan.soc.lines import MOST, EventLogError, Head, WriterBusy, check_writer, file_name, genesis, middle
from bartizan.soc.places import Tail, ending, flush, lock, new_file, open_end, reason

__all__ = ["EventLog", "Fsync", "free_log"]

Fsync: TypeAlias = Literal["always", "second", "never"]

_SIZE = 64 << 20
_LONGEST = MOST - 512  # leaves room for what a line says besides its event
_OPEN: weakref.WeakSet[EventLog] = weakref.WeakSet()


class EventLog:
    """The end of one writer's chain. Safe to share between threads; one process may have it at a time.

    `writer` names the process or replica; `size` is how many bytes a file may have before the next is begun, which the
    first event of a day does too. `flush` has a descriptor's bytes on the disk, or raises OSError. A last line that a
    killed process left unfinished stays where it is: the next file begins with an event of the kind `recovery` that
    says which bytes they are.

    Raises InputError for a name that is none, WriterBusy when another process writes this chain, EventLogError when
    the folder can't be used.
    """

    def __init__(
        self,
        folder: Path,
        *,
        writer: str = "gateway",
        fsync: Fsync = "second",
        size: int = _SIZE,
        flush: Callable[[int], None] = flush,
    ) -> None:
        check_writer(writer)
        self.folder, self.writer, self.fsync = folder, writer, fsync
        self.written = self.failed = 0
        self._most, self._middle, self._flush = size, middle(writer), flush
        self._encode = msgspec.json.Encoder().encode
        self._guard = threading.Lock()
        self._broken = ""
        self._descriptor = self._size = -1
        self._retired: list[int] = []
        self._seq = self._synced = 0
        self._prev = self._day = ""
        self._tail: Tail | None = None
        self._lock = _begin(folder, writer)
        try:
            self._resume()
        except OSError as error:
            os.close(self._lock)
            raise EventLogError(f"the event log in `{folder}` can't be read: {reason(error)}") from None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        if fsync == "second":
            self._thread = threading.Thread(target=self._every_second, name=f"events-{writer}", daemon=True)
            self._thread.start()
        _OPEN.add(self)

    def append(self, event: Event) -> int:
        """Put an event on record as `fsync` says, and return its number.

        Raises EventLogError when that is not possible: then what it is about must not go on. After a failed `fsync`
        nothing is appended until the process starts anew.
        """
        seq = self.write(event)
        if self.fsync == "always":
            self.sync()
        return seq

    def write(self, event: Event) -> int:
        """Put an event at the end of the file without waiting for the disk; `sync` does that. Raises EventLogError."""
        body = self._body(event)
        with self._guard:
            if self._broken:
                self.failed += 1
                raise EventLogError(self._broken, help="start the process anew when the disk is well")
            try:
                if self._descriptor < 0 or self._size >= self._most or event.time[:10] > self._day:
                    self._turn(event.time[:10])
                if self._tail is not None:
                    self._announce(self._tail, event.time)
                return self._put(body)
            except OSError as error:
                self.failed += 1
                self._undo()
                raise EventLogError(
                    f"the event log in `{self.folder}` can't be written: {reason(error)}",
                    help="make room, or mend the disk; calls are refused until events can be written",
                ) from None

    def sync(self) -> int:
        """Have on the disk what was written so far, and return the number of its last line. Raises EventLogError."""
        with self._guard:
            if self._broken:
                raise EventLogError(self._broken)
            seq = self._seq
            if seq == self._synced:
                return seq
            descriptors, self._retired = self._retired, []
            if self._descriptor >= 0:
                descriptors.append(os.dup(self._descriptor))
        try:
            for descriptor in descriptors:
                self._flush(descriptor)
        except OSError as error:
            # What the disk has of it can't be known any more, whatever a second try says.
            self._broken = f"the event log in `{self.folder}` is not safe on its disk: {reason(error)}"
            raise EventLogError(self._broken) from None
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        with self._guard:
            self._synced = max(self._synced, seq)
        return seq

    def head(self) -> Head:
        """Return where the chain ends, to be noted elsewhere. Its number is 0 while nothing is on record."""
        with self._guard:
            return Head(self.writer, self._seq, self._prev)

    def close(self) -> None:
        """End writing: what was written is on the disk, but for `never`. Raises EventLogError."""
        if self._lock < 0:
            return
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        try:
            if self.fsync != "never" and not self._broken:
                self.sync()
        finally:
            self._let_go("the event log is closed")

    def _let_go(self, why: str) -> None:
        with self._guard:
            self._broken = self._broken or why
            for descriptor in (*self._retired, self._descriptor, self._lock):
                if descriptor >= 0:
                    os.close(descriptor)
            self._retired, self._descriptor, self._lock = [], -1, -1

    def _body(self, event: Event) -> bytes:
        """Return an event as JSON. Raises EventLogError for one that no log could hold."""
        try:
            body = self._encode(event)
        except (UnicodeEncodeError, TypeError) as error:
            self.failed += 1
            raise EventLogError(f"the event can't be written: {type(error).__name__}") from None
        if len(body) > _LONGEST or not event.time[:11].endswith("T"):
            self.failed += 1
            raise EventLogError("the event can't be written: it is too long, or its time is not in RFC 3339")
        return body

    # ---- under the lock

    def _put(self, body: bytes) -> int:
        """Write one line. Raises OSError, after which what was written of it has to be undone."""
        seq = self._seq + 1
        start = b'{"seq":%d%s%s",' % (seq, self._middle, self._prev.encode())
        rest = body[1:]
        own = sha256(start + rest).hexdigest()
        line = b'%s"hash":"%s",%s\n' % (start, own.encode(), rest)
        done = os.write(self._descriptor, line)
        while done < len(line):
            done += os.write(self._descriptor, line[done:])
        self._seq, self._prev = seq, own
        self._size += done
        self.written += 1
        return seq

    def _turn(self, day: str) -> None:
        """Go on in a new file. Raises OSError."""
        if self._descriptor >= 0:
            self._retire()
        again = 0
        day = max(day, self._day)
        while (path := self.folder / file_name(self.writer, day, self._seq + 1, again)).exists():
            again += 1
        self._descriptor, self._size, self._day = new_file(path), 0, day
        if self._seq == 0:
            self._prev = genesis(self.writer, path.name)

    def _retire(self) -> None:
        """Write no more to this file; it is closed when what it holds is on the disk."""
        if self.fsync == "never":
            os.close(self._descriptor)
        else:
            self._retired.append(self._descriptor)
        self._descriptor = -1

    def _announce(self, tail: Tail, time: str) -> None:
        """Say what the last process has left unfinished. Raises OSError."""
        self._put(self._encode(Event(kind="recovery", time=time, rule="unfinished-line", more=tail.plain())))
        self._tail = None

    def _undo(self) -> None:
        """Take back what was written of a line that failed, or leave it to be set aside by the next one."""
        if self._descriptor < 0:
            return
        try:
            os.ftruncate(self._descriptor, self._size)
        except OSError:
            self._retire()
            try:
                self._resume()
            except OSError as error:
                self._broken = f"the event log in `{self.folder}` can't be read: {reason(error)}"

    def _resume(self) -> None:
        """Find where the chain ends. Raises OSError."""
        found = ending(self.folder, self.writer)
        self._seq, self._prev, self._tail = found.seq, found.hash, found.tail
        if found.file is None:
            return
        self._day = found.file.day
        size = found.file.path.stat().st_size
        if found.tail is None and (size or found.file.first == found.seq + 1):
            self._descriptor, self._size = open_end(found.file.path), size
            if found.seq == 0:
                self._prev = genesis(self.writer, found.file.path.name)

    def _every_second(self) -> None:
        while not self._ended.wait(1.0):
            try:
                self.sync()
            except EventLogError:
                return  # every later event is refused, which says it louder than a thread can


def free_log(folder: Path, base: str, *, fsync: Fsync = "second", most: int = 256) -> EventLog:
    """Open the first chain of `base-1`, `base-2`, ... that no other process writes, for workers that are all alike.

    Raises what EventLog raises.
    """
    for number in range(1, most):
        try:
            return EventLog(folder, writer=f"{base}-{number}", fsync=fsync)
        except WriterBusy:
            continue
    return EventLog(folder, writer=f"{base}-{most}", fsync=fsync)


def _begin(folder: Path, writer: str) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return lock(folder, writer)
    except OSError as error:
        raise EventLogError(f"the folder `{folder}` can't be used for events: {reason(error)}") from None


def _in_child() -> None:
    """A forked process shares the lock but must not write the chain."""
    for log in list(_OPEN):
        log._guard = threading.Lock()
        log._thread = None
        log._let_go("an event log belongs to the process that opened it")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
