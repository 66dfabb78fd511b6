"""Finds where any of many expressions may end: with Vectorscan, or with `re` where no wheel of it exists.

Both answer the same question, so that what the engine makes of the answer is the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import threading
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol, cast

HAS_VECTORSCAN = importlib.util.find_spec("hyperscan") is not None
with contextlib.suppress(ImportError):  # some platforms have no wheel of it
    import hyperscan

__all__ = ["Expression", "Matcher", "PlainMatcher", "VectorscanMatcher", "make_matcher"]

Expression = tuple[str, bool]
"""A shortened expression, and whether letters match in any case."""


class Matcher(Protocol):
    """Tells where expressions may end; safe to share between threads. False when it looks for nothing."""

    def __bool__(self) -> bool:
        """Tell whether there are expressions."""
        ...

    def ends(self, data: bytes | memoryview) -> tuple[list[int], list[int]]:
        """Return (numbers of expressions, ends of their matches) of equal length.

        Every match of an expression ends at, or holds, at least one of its ends. Ends of one expression rise.
        """
        ...


def make_matcher(expressions: Sequence[Expression], cache: Path | None, *, plain: bool = False) -> Matcher:
    """Return a matcher; a compiled one is kept below `cache`, as compiling takes seconds."""
    if plain or not HAS_VECTORSCAN or not expressions:
        return PlainMatcher(expressions)
    return VectorscanMatcher(expressions, cache)


class PlainMatcher:
    """One `re` expression after the other: slow, and there on every platform."""

    def __init__(self, expressions: Sequence[Expression]) -> None:
        self._compiled = [re.compile(text.encode(), re.IGNORECASE if caseless else 0) for text, caseless in expressions]

    def __bool__(self) -> bool:
        """Tell whether there are expressions."""
        return bool(self._compiled)

    def ends(self, data: bytes | memoryview) -> tuple[list[int], list[int]]:
        """Return where expressions end; see `Matcher`."""
        numbers: list[int] = []
        ends: list[int] = []
        for number, expression in enumerate(self._compiled):
            place, found = 0, set()
            while (match := expression.search(data, place)) is not None:
                found.add(match.end())
                place = match.start() + 1
            numbers += [number] * len(found)
            ends += sorted(found)
        return numbers, ends


class VectorscanMatcher:
    """All expressions in one pass."""

    def __init__(self, expressions: Sequence[Expression], cache: Path | None) -> None:
        self._database = _database(expressions, cache)
        self._local = threading.local()

    def __bool__(self) -> bool:
        """Tell whether there are expressions; without any, a plain matcher is made instead."""
        return True

    def ends(self, data: bytes | memoryview) -> tuple[list[int], list[int]]:
        """Return where expressions end; see `Matcher`."""
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        numbers: list[int] = []
        ends: list[int] = []
        add_number, add_end = numbers.append, ends.append

        def on_match(number: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add_number(number)
            add_end(end)

        if data:
            # Its stubs know of bytes only; it takes whatever offers a buffer, without a copy.
            self._database.scan(cast("bytes", data), match_event_handler=on_match, scratch=scratch)
        return numbers, ends


def _database(expressions: Sequence[Expression], cache: Path | None) -> hyperscan.Database:
    """Load the compiled database from the cache, or compile it and put it there; a broken cache is passed over."""
    stored = None if cache is None else cache / f"vectorscan-{_name(expressions)}.hs"
    if stored is not None:
        try:
            return hyperscan.loadb(stored.read_bytes(), hyperscan.HS_MODE_BLOCK)
        except (OSError, hyperscan.HyperscanError):
            pass
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(
        expressions=[text.encode() for text, _ in expressions],
        ids=list(range(len(expressions))),
        flags=[hyperscan.HS_FLAG_CASELESS if caseless else 0 for _, caseless in expressions],
    )
    if stored is not None:
        try:
            stored.parent.mkdir(parents=True, exist_ok=True)
            part = stored.with_suffix(f".{os.getpid()}.part")
            part.write_bytes(hyperscan.dumpb(database))
            part.replace(stored)
        except OSError:
            pass  # a cache is a convenience; a read-only home is no error
    return database


def _name(expressions: Sequence[Expression]) -> str:
    """Name a database by what it holds and what it was compiled for."""
    digest = hashlib.sha256(f"{version('hyperscan')} {platform.machine()} {platform.system()}".encode())
    for text, caseless in expressions:
        digest.update(f"\0{caseless:d}{text}".encode())
    return digest.hexdigest()[:20]
