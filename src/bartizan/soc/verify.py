"""Verifies event logs: finds every line that was edited, removed, inserted or moved, and every end that was cut.

Lines are read once, one after the other, whatever the size of the log. That a chain was cut at a line's end, or written
anew as a whole, is only found with an anchor: a head that was noted elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from bartizan.model import Event, Finding, InputError, Level, Place, finding
from bartizan.soc.lines import MOST, Head, LogFile, Opening, genesis, log_files, middle, own_hash, parse_line
from bartizan.soc.places import Tail, digest_of, is_lock_name, reason

__all__ = ["RULES", "Verified", "parse_anchors", "verify"]

_HASH = len('"hash":"",') + 64
_MOST_FINDINGS = 1000
"""Of one chain that are told one by one."""


class Rule(NamedTuple):
    """What may be wrong with a log, and how bad that is."""

    title: str
    severity: Level


RULES = {
    "event-edited": Rule("A line was changed after it was written", Level.HIGH),
    "event-missing": Rule("Lines are missing", Level.HIGH),
    "event-out-of-place": Rule("A line was inserted, repeated or moved", Level.HIGH),
    "event-unlinked": Rule("A line does not follow the line before it", Level.HIGH),
    "event-unreadable": Rule("A line is no line of an event log", Level.HIGH),
    "log-anchor": Rule("The chain is not the one that was noted", Level.CRITICAL),
    "log-cut": Rule("The end of the chain is missing", Level.CRITICAL),
    "log-begin": Rule("The beginning of the chain is missing", Level.MEDIUM),
    "log-set-aside": Rule("Bytes in the log are not explained", Level.HIGH),
    "log-unfinished": Rule("The last line is unfinished", Level.LOW),
    "log-foreign-file": Rule("A file in the folder belongs to no chain", Level.MEDIUM),
    "log-more": Rule("More is wrong than is listed", Level.HIGH),
}


class Verified(msgspec.Struct):
    """What was read and what is wrong. `heads` are where the chains end; `notes` are for people, and no findings."""

    files: int = 0
    lines: int = 0
    bytes: int = 0
    heads: list[Head] = []
    findings: list[Finding] = []
    notes: list[str] = []


def parse_anchors(text: bytes, name: str) -> list[Head]:
    """Read heads that were noted: one JSON object a line, or what `verify` prints as JSON. Raises InputError."""
    try:
        try:
            return msgspec.json.decode(text, type=_Printed).heads
        except msgspec.ValidationError:
            return [msgspec.json.decode(text, type=Head)]
    except msgspec.DecodeError:
        pass
    try:
        return [msgspec.json.decode(line, type=Head) for line in text.splitlines() if line.strip()]
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise InputError(
            f"`{name}` holds no heads of event logs", help='one JSON object a line, with "writer", "seq" and "hash"'
        ) from None


class _Printed(msgspec.Struct):
    heads: list[Head]


def verify(folder: Path, anchors: Iterable[Head] = ()) -> Verified:
    """Verify every chain in a folder. Raises InputError when the folder can't be read."""
    noted: dict[str, dict[int, str]] = {}
    for head in anchors:
        noted.setdefault(head.writer, {})[head.seq] = head.hash
    out = Verified()
    try:
        chains = log_files(folder)
        out.findings += _foreign(folder, chains)
        for writer, files in chains.items():
            _Chain(writer, files, noted.get(writer, {}), out).run()
    except OSError as error:
        raise InputError(f"`{folder}` can't be verified: {reason(error)}") from None
    for writer in sorted(noted.keys() - chains.keys()):
        if max(noted[writer]):
            out.findings.append(_found("log-cut", str(folder), 0, f"nothing is left of the chain of `{writer}`"))
    return out


def _foreign(folder: Path, chains: dict[str, list[LogFile]]) -> Iterator[Finding]:
    ours = {file.path.name for files in chains.values() for file in files}
    for path in sorted(folder.iterdir()):
        if path.name not in ours and not (is_lock_name(path.name) and path.lstat().st_size == 0):
            yield _found("log-foreign-file", path.name, 0, "it is no file of an event log")


def _found(rule: str, file: str, line: int, what: str) -> Finding:
    about = RULES[rule]
    return finding(
        rule, about.title, severity=about.severity, place=Place(file, line), confidence=100, evidence=what[:300]
    )


class _Chain:
    """Verifies one writer's chain: `seq` and `prev` are of the last line that was read, as it says itself."""

    def __init__(self, writer: str, files: list[LogFile], noted: dict[int, str], out: Verified) -> None:
        self.writer, self.files, self.out = writer, files, out
        self.noted = noted
        self.middle = middle(writer)
        self.seq, self.prev = 0, ""
        self.tail: Tail | None = None
        self.told = 0
        self.file = ""

    def run(self) -> None:
        """Read all files. Raises OSError."""
        for file in self.files:
            self.file = file.path.name
            with file.path.open("rb") as stream:
                if self.seq == 0:
                    self._begin(file)
                self._lines(stream)
            self.out.files += 1
        if self.tail is not None:
            self.file = self.tail.file
            self._tell("log-unfinished", 0, f"{self.tail.bytes} bytes: its writer was killed, or the end was cut")
        last = max(self.noted, default=0)
        if last > self.seq:
            self._tell("log-cut", 0, f"the chain of `{self.writer}` ends at {self.seq}; {last} was noted")
        self.out.heads.append(Head(self.writer, self.seq, self.prev))

    def _begin(self, file: LogFile) -> None:
        """Set what the first line has to follow: the genesis, or what was noted of a beginning that isn't kept."""
        first = file.first
        if first <= 1:
            self.prev = genesis(self.writer, file.path.name)
        elif first - 1 in self.noted:
            self.seq, self.prev = first - 1, self.noted[first - 1]
            self.out.notes.append(f"the chain of `{self.writer}` is verified from {first} on: {first - 1} was noted")
        else:
            self._tell("log-begin", 0, f"the chain of `{self.writer}` begins with {first}")
            self.seq, self.prev = first - 1, ""

    def _lines(self, stream: BinaryIO) -> None:
        number = 0
        read, middle, noted, out = stream.readline, self.middle, self.noted, self.out
        while line := read(MOST):
            number += 1
            if line[-1] != 10:
                # A writer may have been in the middle of it.
                stream.seek(-len(line), 1)
                line = read(MOST)
            start = b'{"seq":%d%s%s",' % (self.seq + 1, middle, self.prev.encode())
            end = len(start) + _HASH
            digest = sha256(start)
            digest.update(line[end:-1])
            own = digest.hexdigest()
            if line[:end] == b'%s"hash":"%s",' % (start, own.encode()) and line[-1] == 10 and self.tail is None:
                self.seq, self.prev = self.seq + 1, own
                if noted and self.seq in noted:
                    self._held(number)
                continue
            if not self._other(line, number, stream):
                break
        out.lines += number
        out.bytes += stream.tell()

    def _other(self, line: bytes, number: int, stream: BinaryIO) -> bool:
        """Take a line that isn't simply the next one; return whether to go on with this file."""
        if line[-1] != 10 and len(line) < MOST:
            # Only the end of a file has no newline; the next file may explain it.
            offset = stream.tell() - len(line)
            self._unexplained()
            self.tail = Tail(self.file, offset, len(line), digest_of(Path(stream.name), offset))
            return False
        opening = parse_line(line)
        if opening is None or line[-1] != 10 or opening.writer != self.writer:
            self._tell("event-unreadable", number, "it does not begin as a line of this chain does")
            return True
        if self.tail is not None:
            self._explained(line, opening)
        self._place(line, opening, number)
        return True

    def _place(self, line: bytes, opening: Opening, number: int) -> None:
        """Say what is wrong with a line that can be read, and go on from what it says of itself."""
        seq, wanted = opening.seq, self.seq + 1
        if own_hash(line, opening) != opening.hash:
            self._tell("event-edited", number, f"{seq}: its hash is not that of what it says")
        if seq > wanted:
            self._tell("event-missing", number, f"{_range(wanted, seq - 1)} before {seq}")
        elif seq < wanted:
            self._tell("event-out-of-place", number, f"{seq} comes after {self.seq}")
            return
        elif opening.prev != self.prev and self.prev:
            self._tell("event-unlinked", number, f"{seq}: the hash before it is not the one that it was written after")
        self.seq, self.prev = seq, opening.hash
        if seq in self.noted:
            self._held(number)

    def _held(self, number: int) -> None:
        if self.noted[self.seq] != self.prev:
            self._tell("log-anchor", number, f"{self.seq}: another line was noted at this number")

    def _explained(self, line: bytes, opening: Opening) -> None:
        """Hold an unfinished end against the event that should say what it is."""
        assert self.tail is not None
        try:
            event = msgspec.json.decode(line, type=Event)
        except (msgspec.DecodeError, UnicodeDecodeError):
            event = Event(kind="", time="")
        if event.kind == "recovery" and event.more == self.tail.plain():
            self.out.notes.append(f"{self.tail.file}: {self.tail.bytes} bytes were set aside, which {opening.seq} says")
            self.tail = None
        else:
            self._unexplained()

    def _unexplained(self) -> None:
        if self.tail is not None:
            file, self.file = self.file, self.tail.file
            self._tell("log-set-aside", 0, f"{self.tail.bytes} bytes at {self.tail.offset} are no whole line")
            self.file, self.tail = file, None

    def _tell(self, rule: str, number: int, what: str) -> None:
        self.told += 1
        if self.told <= _MOST_FINDINGS:
            self.out.findings.append(_found(rule, self.file, number, what))
        elif self.told == _MOST_FINDINGS + 1:
            self.out.findings.append(_found("log-more", self.file, number, f"after {_MOST_FINDINGS} findings"))


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"
