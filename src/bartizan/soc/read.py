"""Reads events back: all that fit, in the order of time, and what is added while somebody looks on."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bartizan.model import Event, InputError
from bartizan.soc.lines import MOST, LogFile, Recorded, log_files, parse_line
from bartizan.soc.places import reason

__all__ = ["Reader", "Wanted"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are wanted: those that fit everything that is given.

    `kinds` are any of these; `since` and `until` are times as events have them, the first included, the second not.
    """

    kinds: frozenset[str] = frozenset()
    principal: str = ""
    decision: str = ""
    rule: str = ""
    since: str = ""
    until: str = ""

    def __contains__(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return (
            (not self.kinds or event.kind in self.kinds)
            and (not self.principal or event.principal == self.principal)
            and (not self.decision or event.decision == self.decision)
            and (not self.rule or event.rule == self.rule)
            and event.time >= self.since
            and (not self.until or event.time < self.until)
        )


class Reader:
    """Reads a folder of logs from its beginning, and each time from where it was.

    `unread` is told file and line of each line that holds no event; which lines were tampered with, `verify` says.
    """

    def __init__(self, folder: Path, wanted: Wanted, unread: Callable[[str, int], None]) -> None:
        self.folder, self._wanted, self._unread = folder, wanted, unread
        self._at: dict[Path, tuple[int, int]] = {}
        self._done: set[Path] = set()
        self._decode = msgspec.json.Decoder(Event).decode

    def read(self) -> Iterator[Recorded]:
        """Return events that were added since the last time, the writers' chains merged by time. Raises InputError."""
        try:
            chains = log_files(self.folder)
        except OSError as error:
            raise InputError(
                f"`{self.folder}` can't be read: {reason(error)}", help="name the folder of events"
            ) from None
        return heapq.merge(*(self._chain(files) for files in chains.values()), key=lambda one: one.event.time)

    def _chain(self, files: list[LogFile]) -> Iterator[Recorded]:
        for file, later in zip(files, [*files[1:], None], strict=True):
            if file.path in self._done:
                continue
            # A file holds the events of its day; the next one is begun by the first of another day.
            if later is None or later.day >= self._wanted.since[:10]:
                yield from self._file(file)
            if later is not None:
                self._done.add(file.path)
                self._at.pop(file.path, None)

    def _file(self, file: LogFile) -> Iterator[Recorded]:
        offset, number = self._at.get(file.path, (0, 0))
        try:
            with file.path.open("rb") as stream:
                stream.seek(offset)
                while line := stream.readline(MOST):
                    if line[-1] != 10 and len(line) < MOST:
                        break  # not whole yet
                    offset, number = offset + len(line), number + 1
                    self._at[file.path] = offset, number
                    found = self._event(line)
                    if found is None:
                        self._unread(file.path.name, number)
                    elif found.event in self._wanted:
                        yield found
        except OSError as error:
            raise InputError(f"`{file.path}` can't be read: {reason(error)}") from None

    def _event(self, line: bytes) -> Recorded | None:
        opening = parse_line(line)
        try:
            event = self._decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return None if opening is None else Recorded(opening.writer, opening.seq, opening.prev, opening.hash, event)
