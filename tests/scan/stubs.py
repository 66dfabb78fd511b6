"""Small stand-ins for the tools of a run: plain files, lines and tables, and an engine of two patterns.

Workers import this module by name, as they import the real tools.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.policy import Policy
from bartizan.inspection.span import Hits
from bartizan.model import InputError
from bartizan.scan.blocks import Block, Reader, Source, Unit, Unread
from bartizan.scan.plan import Planned
from bartizan.scan.run_tools import Found
from bartizan.scan.sources import SourceChangedError

NAME = "tests.scan.stubs:tools"
SLOW = "tests.scan.stubs:slow_tools"
TYPES = ("email-address", "us-ssn")
_PATTERNS = (re.compile(rb"[a-z]+@[a-z]+\.[a-z]+"), re.compile(rb"\d{3}-\d{2}-\d{4}"))


class File:
    """A file by its path."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = Path(path).name
        self.size = Path(path).stat().st_size

    def open(self) -> AbstractContextManager[IO[bytes]]:
        return Path(self.path).open("rb")


class Lines:
    """Lines as records; files that end in `.csv` have a heading for each column, without quotes."""

    name = "text"

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - the contract's signature
        return 1

    def units(self, source: Source, target: int) -> list[Unit]:
        size = source.size
        if size <= target or source.name.endswith(".csv"):
            return [Unit()]
        return [Unit(at, min(at + target, size), int(at == 0)) for at in range(0, size, target)]

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        with source.open() as file:
            file.seek(max(0, unit.start))
            data = file.read(-1 if unit.stop < 0 else unit.stop - unit.start)
        _act(data[:3], source)
        if not source.name.endswith(".csv"):
            yield Block(data)
            return
        heading, *rows = [line.split(b",") for line in data.splitlines()]
        for place, column in enumerate(heading):
            cells = [row[place] for row in rows]
            ends = np.cumsum([len(cell) + 1 for cell in cells], dtype=np.int64) - 1
            yield Block(b"\n".join(cells), ends, column.decode(), 2)


def _act(word: bytes, source: Source) -> None:
    """What the first three bytes of a part ask for."""
    if word == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == b"bad":
        raise RuntimeError("a reader's own mistake")
    if word == b"err":
        raise InputError("it is wrong")
    if word == b"eio":
        raise OSError(errno.EIO, "Input/output error")
    if word == b"mem":
        raise MemoryError
    if word == b"chg":
        assert isinstance(source, File)
        os.utime(source.path, (1, 1))
    if word == b"mov":
        raise SourceChangedError(errno.ESTALE, "changed")


class Engine:
    """Finds e-mail addresses at 75, and numbers as of social security at 65 or, with a heading, at 85."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause

    def records(self, data: bytes | memoryview, ends: NDArray[np.int64] | None, column: str = "") -> Hits:
        time.sleep(self.pause)
        raw = bytes(data)
        found = sorted(
            (match.start(), match.end(), kind) for kind, one in enumerate(_PATTERNS) for match in one.finditer(raw)
        )
        start = np.array([one[0] for one in found], np.int64)
        kind = np.array([one[2] for one in found], np.int32)
        breaks = np.flatnonzero(np.frombuffer(raw, np.uint8) == 10) if ends is None else ends
        confidence = np.where(kind == 0, 75, 85 if column == "ssn" else 65).astype(np.uint8)
        end = np.array([one[1] for one in found], np.int64)
        return Hits(TYPES, kind, start, end, confidence, np.searchsorted(breaks, start, side="left").astype(np.int64))


class Tools:
    """Files below folders, in the order of their paths."""

    def __init__(self, pause: float = 0.0) -> None:
        self.pause = pause

    def walk(self, roots: list[str]) -> Iterator[Found | Planned]:
        for root in roots:
            for path in sorted(Path(root).rglob("*")) if Path(root).is_dir() else [Path(root)]:
                if path.suffix == ".png":
                    yield Planned(str(path), unread="is a picture")
                elif path.is_file():
                    yield Found(str(path), str(path), path.stat().st_size, self.stamp(str(path)), File(str(path)))

    def source(self, address: str) -> Source:
        return File(address)

    def stamp(self, address: str) -> str:
        return str(Path(address).stat().st_mtime_ns)

    def recognise(self, source: Source) -> Reader | Unread:
        return Unread("is a program") if source.name.endswith(".exe") else Lines()

    def inspector(self, policy: Policy, cache: Path | None) -> Engine:  # noqa: ARG002 - the contract's signature
        return Engine(self.pause)


def tools() -> Tools:
    return Tools()


def slow_tools() -> Tools:
    """Tools whose engine takes its time, so that a kill comes between."""
    return Tools(0.02)


def broken_tools() -> Tools:
    """Tools that end the process that makes them."""
    os._exit(3)
