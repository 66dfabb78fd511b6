"""The work on one shard, in whichever process: read its parts, inspect their blocks, keep counts."""

from __future__ import annotations

import hashlib
import traceback
from pathlib import Path

import msgspec

from bartizan.model import BartizanError
from bartizan.scan.aggregate import Aggregate, ColumnTally
from bartizan.scan.blocks import Source, Unread
from bartizan.scan.plan import HASH, Part, Shard, reason
from bartizan.scan.run_tools import Inspects, Setup, tools_of
from bartizan.scan.sources import SourceChangedError

__all__ = ["PartResult", "ShardResult", "Worker", "lost"]

_CHUNK = 1024 * 1024
_UNREAD = 1_000
_CHANGED = "changed while it was read; what was found may be of the old content or of the new"


class PartResult(msgspec.Struct, array_like=True):
    """What one part holds. `stamp` is the file's when it was read; `unread` lists at most 1,000 of `unread_count`.

    `bytes` are those that were inspected, which for packed formats are more than the file has; `lines` those of free
    text, or the last row. `encoding` says from what the text was converted, if it was. `before` are the lines that
    begin before each of the part's `starts`.
    """

    address: str
    stamp: str
    size: int
    sha256: str = ""
    bytes: int = 0
    records: int = 0
    lines: int = 0
    unread: list[Unread] = []
    unread_count: int = 0
    columns: list[ColumnTally] = []
    encoding: str = ""
    before: list[int] = []

    def miss(self, entry: Unread) -> None:
        """Note something that could not be inspected."""
        self.unread_count += 1
        if len(self.unread) < _UNREAD:
            self.unread.append(entry)

    def fail(self, why: str) -> None:
        """Note that the part could not be read to its end; without a stamp, a resumed run does it again."""
        self.stamp = ""
        self.miss(Unread(why))


class ShardResult(msgspec.Struct, array_like=True):
    """What one shard holds, part by part."""

    id: str
    parts: list[PartResult]


class Worker:
    """Does shards, one at a time, with one engine that is made before the first of them."""

    def __init__(self, setup: Setup) -> None:
        self.tools = tools_of(setup.tools)
        self.engine: Inspects = self.tools.inspector(setup.policy, Path(setup.cache) if setup.cache else None)

    def work(self, task: bytes) -> bytes:
        """Do a shard and return its result, both in msgpack."""
        shard = msgspec.msgpack.decode(task, type=Shard)
        return msgspec.msgpack.encode(ShardResult(shard.id, [self._part(part) for part in shard.parts]))

    def _part(self, part: Part) -> PartResult:
        out = PartResult(part.address, part.stamp, part.size)
        try:
            source = self.tools.source(part.address)
            if part.unit != HASH:
                self._read(part, source, out)
            if part.hash:
                out.sha256, out.before = _digest(source, part.starts)
            if self.tools.stamp(part.address) != part.stamp:
                out.fail(_CHANGED)
        except SourceChangedError:
            out.fail(_CHANGED)
        except OSError as error:
            out.fail(f"can't be read: {reason(error)}")
        except MemoryError:
            out.fail("there is not enough memory to read it")
        return out

    def _read(self, part: Part, source: Source, out: PartResult) -> None:
        counts = Aggregate()
        try:
            reader = self.tools.recognise(source)
            if isinstance(reader, Unread):
                out.miss(reader)
                return
            for block in reader.blocks(source, part.unit):
                if isinstance(block, Unread):
                    out.miss(block)
                else:
                    counts.add(block, self.engine.records(block.data, block.ends, block.column))
        except (OSError, MemoryError):
            raise
        except BartizanError as error:
            out.miss(Unread(error.message))
        except Exception as error:  # noqa: BLE001 - a file's boundary: one file must not end the run, and it is told
            # The error's own text may hold a value; where it was raised holds none.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            what = f"`{type(error).__name__}` at {Path(frame.filename).name}:{frame.lineno}"
            out.miss(Unread(f"Bartizan stopped on a mistake of its own, {what}; please report it"))
        finally:
            out.bytes, out.records, out.lines = counts.bytes, counts.records, max(counts.lines, counts.last)
            out.columns, out.encoding = counts.tallies(), counts.encoding


def lost(shard: Shard, why: str) -> ShardResult:
    """Return the result of a shard that ended the worker."""
    parts = []
    for part in shard.parts:
        result = PartResult(part.address, part.stamp, part.size)
        result.fail(why)
        parts.append(result)
    return ShardResult(shard.id, parts)


def _digest(source: Source, starts: list[int]) -> tuple[str, list[int]]:
    """Return a file's SHA-256, and how many lines begin before each of these offsets (ascending), in one pass."""
    digest = hashlib.sha256()
    lines, position = 0, 0
    before: list[int] = []
    with source.open() as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done = 0
            # The line that begins at an offset itself isn't before it, so the byte in front doesn't count.
            while len(before) < len(starts) and (at := starts[len(before)] - 1) <= position + len(chunk):
                lines += chunk.count(b"\n", done, max(0, at - position))
                done = max(0, at - position)
                before.append(lines + 1 if at >= 0 else 0)
            lines += chunk.count(b"\n", done)
            position += len(chunk)
    return digest.hexdigest(), before
