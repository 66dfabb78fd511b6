"""The format of an event log: one line of JSON an event, each holding the hash of the line before.

    {"seq": 7, "writer": "gateway-1", "prev": "<64 hex>", "hash": "<64 hex>", "kind": "call", "time": ..., ...}

`hash` is the SHA-256 of the line without its `hash` member and without the newline. `prev` is the hash of the writer's
line before, and for its first line `genesis(writer, file)`. A file's name says whose chain it is, on which day it was
begun, and the number of its first line: `gateway-1.2026-11-28.000000000001.jsonl`.

A chain tells what was changed after it was written. Who can write the folder can also write a whole new chain; only a
head that was noted elsewhere (an anchor) tells that.
"""

from __future__ import annotations

import re
import stat
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from bartizan.model import BartizanError, Event, InputError

__all__ = [
    "MOST",
    "EventLogError",
    "Head",
    "LogFile",
    "Recorded",
    "WriterBusy",
    "check_writer",
    "file_name",
    "genesis",
    "is_writer",
    "log_files",
    "middle",
    "own_hash",
    "parse_line",
]

MOST = 1 << 20
"""Bytes that a line may have at most, the newline included."""

_WRITER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_FILE = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{12,18})(?:-([0-9]{1,4}))?\.jsonl"
)
_OPENING = re.compile(
    rb'(\{"seq":([1-9][0-9]{0,17}),"writer":"([A-Za-z0-9][A-Za-z0-9_-]{0,63})","prev":"([0-9a-f]{64})",)'
    rb'"hash":"([0-9a-f]{64})",'
)


class EventLogError(BartizanError):
    """An event could not be put on record, so that what it is about must not go on."""


class WriterBusy(EventLogError):
    """Another process writes this chain."""


class Head(msgspec.Struct, frozen=True):
    """Where a chain ends: the number and the hash of its last line. Noted elsewhere, it is an anchor."""

    writer: str
    seq: int
    hash: str


class Recorded(msgspec.Struct, frozen=True):
    """An event as it was read from a log."""

    writer: str
    seq: int
    prev: str
    hash: str
    event: Event


class LogFile(NamedTuple):
    """A file of a chain; `again` counts files that begin with the same number because an earlier one holds no line."""

    writer: str
    first: int
    again: int
    day: str
    path: Path


class Opening(NamedTuple):
    """What the beginning of a line says; its `hash` member goes from `start` to `end`."""

    seq: int
    writer: str
    prev: str
    hash: str
    start: int
    end: int


def is_writer(writer: str) -> bool:
    """Tell whether files can be named by a writer's name."""
    return _WRITER.fullmatch(writer) is not None


def check_writer(writer: str) -> None:
    """Raise InputError for a name that no file could be named by."""
    if not is_writer(writer):
        raise InputError(f"`{writer[:80]}` is not a name of a writer", help="letters, digits, `-` and `_`, at most 64")


def file_name(writer: str, day: str, first: int, again: int = 0) -> str:
    """Return the name of a file whose first line has the number `first`."""
    return f"{writer}.{day}.{first:012}{f'-{again}' if again else ''}.jsonl"


def genesis(writer: str, file: str) -> str:
    """Return what stands for the hash before the first line of a chain: it binds the chain to its writer and file."""
    return sha256(f"bartizan/events/1\n{writer}\n{file}".encode()).hexdigest()


def middle(writer: str) -> bytes:
    """Return what stands between a line's number and the hash before it."""
    return f',"writer":"{writer}","prev":"'.encode()


def log_files(folder: Path) -> dict[str, list[LogFile]]:
    """Return the files of each writer in the order in which they were written. Raises OSError."""
    found: dict[str, list[LogFile]] = {}
    for path in folder.iterdir():
        match = _FILE.fullmatch(path.name)
        if match is not None and stat.S_ISREG(path.lstat().st_mode):
            file = LogFile(match[1], int(match[3]), int(match[4] or 0), match[2], path)
            found.setdefault(file.writer, []).append(file)
    return {writer: sorted(found[writer]) for writer in sorted(found)}


def parse_line(line: bytes) -> Opening | None:
    """Return what a line's beginning says, or None when it begins like no line of a log."""
    match = _OPENING.match(line)
    if match is None:
        return None
    return Opening(int(match[2]), match[3].decode(), match[4].decode(), match[5].decode(), match.end(1), match.end())


def own_hash(line: bytes, opening: Opening) -> str:
    """Return the hash that a whole line with its newline should hold."""
    digest = sha256(line[: opening.start])
    digest.update(line[opening.end : -1])
    return digest.hexdigest()
