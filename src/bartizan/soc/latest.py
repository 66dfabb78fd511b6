"""Reads events back from the end: the latest that fit, in bounded work, for somebody who looks on."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from bartizan.model import Event, InputError
from bartizan.soc.lines import MOST, LogFile, Recorded, log_files, parse_line
from bartizan.soc.places import reason
from bartizan.soc.read import Wanted

__all__ = ["Latest", "latest"]

_BLOCK = 1 << 16


class Latest(NamedTuple):
    """The latest events, newest first. `whole`: the log was read to its beginning, or to what was asked for at most."""

    events: list[Recorded]
    whole: bool
    looked_at: int


def latest(folder: Path, wanted: Wanted, limit: int = 100, most: int = 20_000) -> Latest:
    """Return the latest events that fit, at most `limit`, from at most `most` events that are looked at.

    Lines that hold no event are passed over; `events verify` tells of those. Raises InputError for a folder that can't
    be read; one that isn't there holds nothing.
    """
    try:
        chains = log_files(folder) if folder.is_dir() else {}
        found: list[Recorded] = []
        looked_at = 0
        merged = heapq.merge(
            *(_chain(files) for files in chains.values()), key=lambda one: one.event.time, reverse=True
        )
        for one in merged:
            if one.event.time < wanted.since:
                return Latest(found, whole=True, looked_at=looked_at)
            if looked_at == most:
                return Latest(found, whole=False, looked_at=looked_at)
            looked_at += 1
            if one.event in wanted:
                if len(found) == limit:
                    return Latest(found, whole=False, looked_at=looked_at)
                found.append(one)
    except OSError as error:
        raise InputError(f"events can't be read from `{folder}`: {reason(error)}") from None
    return Latest(found, whole=True, looked_at=looked_at)


def _chain(files: list[LogFile]) -> Iterator[Recorded]:
    decode = msgspec.json.Decoder(Event).decode
    for file in reversed(files):
        for line in _backwards(file.path):
            opening = parse_line(line)
            if opening is None:
                continue
            try:
                event = decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
            yield Recorded(opening.writer, opening.seq, opening.prev, opening.hash, event)


def _backwards(path: Path) -> Iterator[bytes]:
    """Return the whole lines of a file from its end, without one that is being written. A huge one ends it."""
    with path.open("rb") as stream:
        at = stream.seek(0, 2)
        rest, whole = b"", False
        while at > 0:
            size = min(_BLOCK, at)
            at -= size
            stream.seek(at)
            first, *lines = (stream.read(size) + rest).split(b"\n")
            if lines and not whole:
                lines.pop()  # what stands after the last newline is being written
                whole = True
            elif not whole:
                first = b""
            yield from (line + b"\n" for line in reversed(lines))
            rest = first
            if len(rest) > MOST:
                return
        if rest and whole:
            yield rest + b"\n"
