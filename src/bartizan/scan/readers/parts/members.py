"""Members of containers: sources again, read by their own readers, within bounds on depth, number and size."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO

import msgspec

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import FOREIGN, Bad

__all__ = ["Bounds", "Budget", "Chunks", "Member", "Rewinding", "budget_of", "clean_name", "nested", "summed"]

_WINDOW = 160_000
"""Bytes behind the present place to which a stream goes back without starting again; more than an encoding's sample."""
_SAME_REASON = 50
"""Unread of one container with the same reason that are named one by one."""

Chunks = Callable[["Member"], Iterator[bytes]]
"""Gives a member's bytes from its beginning. On damage it ends, and leaves the reason in the member's `problem`."""


class Bounds(msgspec.Struct, frozen=True):
    """How much is unpacked from one file: levels, members, and bytes (`ratio` times its size, but at least `floor`)."""

    depth: int = 5
    members: int = 1_000_000
    ratio: int = 200
    floor: int = 256 << 20


class Budget:
    """What may still be unpacked from one file, over all levels."""

    def __init__(self, size: int, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.members = self.bounds.members
        self.bytes = max(self.bounds.floor, self.bounds.ratio * size) if size >= 0 else 1 << 50
        self.depth = 0

    @property
    def over(self) -> str:
        """Why nothing more is unpacked; empty while something may be."""
        if self.bytes < 0:
            return "unpacks to far more than the file's size, as a zip bomb does; the rest was not unpacked"
        return "" if self.members >= 0 else f"has more than {self.bounds.members:,} members; the rest was not unpacked"


class Member:
    """A part of a container. `jumps` says whether seeking in it is cheap; `problem` why its bytes ended too early."""

    def __init__(self, name: str, chunks: Chunks, budget: Budget, size: int = -1, depth: int = 1) -> None:
        self.name = name
        self.size = size
        self.jumps = False
        self.problem = ""
        self.budget = budget
        self.depth = depth
        self._chunks = chunks
        self._charged = 0

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open it; going back far means to unpack it again."""
        yield Rewinding(self._metered)  # type: ignore[misc]  # it has what readers use

    def _metered(self) -> Iterator[bytes]:
        """The bytes, as long as the budget lasts; bytes that are unpacked again cost nothing."""
        done = 0
        for chunk in self._chunks(self):
            done += len(chunk)
            if done > self._charged:
                self.budget.bytes -= done - self._charged
                self._charged = done
            if self.budget.bytes < 0:
                return
            yield chunk


class Held(Member):
    """A member whose bytes stand as they are in something that is open, where going about is cheap."""

    def __init__(self, name: str, opener: Callable[[], IO[bytes]], budget: Budget, size: int, depth: int) -> None:
        super().__init__(name, lambda _: iter(()), budget, size, depth)
        self.jumps = True
        self._opener = opener

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open it."""
        yield self._opener()


class Rewinding(io.RawIOBase):
    """A stream of chunks as a file: forwards by reading on, back within a window, further back by starting again."""

    def __init__(self, begin: Callable[[], Iterator[bytes]]) -> None:
        self._begin = begin
        self._chunks = begin()
        self._held = b""
        self._start = 0
        self._at = 0
        self._end = -1

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes, at a price."""
        return True

    def tell(self) -> int:
        """Return the present place."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        if whence == io.SEEK_END:
            while self._more():
                pass
            offset += self._end
        elif whence == io.SEEK_CUR:
            offset += self._at
        self._at = max(0, offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes; fewer only at the end."""
        if self._at < self._start:
            self._chunks, self._held, self._start, self._end = self._begin(), b"", 0, -1
        wanted = None if size is None or size < 0 else size
        parts: list[bytes] = []
        while wanted is None or wanted > 0:
            inside = self._at - self._start
            if inside >= len(self._held):
                if not self._more():
                    break
                continue
            part = self._held[inside : None if wanted is None else inside + wanted]
            parts.append(part)
            self._at += len(part)
            wanted = None if wanted is None else wanted - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as there are bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _more(self) -> bool:
        """Take the next chunk, and let go of what lies further behind than the window."""
        chunk = next(self._chunks, None)
        if chunk is None:
            self._end = self._start + len(self._held)
            return False
        kept = self._held[-_WINDOW:]
        self._start += len(self._held) - len(kept)
        self._held = kept + chunk
        return True


def budget_of(source: Source) -> tuple[Budget, int]:
    """Return the budget of the file that a source belongs to, and the source's own depth, 0 for the file itself."""
    if isinstance(source, Member):
        return source.budget, source.depth
    return Budget(source.size), 0


def nested(
    outer: Source,
    budget: Budget,
    name: str,
    chunks: Chunks | None = None,
    *,
    size: int = -1,
    opener: Callable[[], IO[bytes]] | None = None,
) -> Iterator[Block | Unread]:
    """Read a member of `outer` by its own reader: from `chunks`, or from `opener` where its bytes stand as they are.

    `budget` is what `budget_of(outer)` gave, asked once a container. `name` is the name in the container, as it stands.
    """
    # The table of readers holds those that call this.
    from bartizan.scan.readers import recognise

    shown, remark = clean_name(name)
    depth = budget_of(outer)[1] + 1
    budget.members -= 1
    if budget.over:
        return
    if depth > budget.bounds.depth:
        yield Unread(f"is nested more than {budget.bounds.depth} levels deep and was not unpacked", shown)
        return
    if remark:
        yield Unread(remark, shown)
    last = shown.replace("\\", "/").rpartition("/")[2]
    member = Held(last, opener, budget, size, depth) if opener else Member(last, chunks or _none, budget, size, depth)
    try:
        reader = recognise(member)
        if isinstance(reader, Unread):
            yield Unread(member.problem or reader.reason, shown)
            return
        for item in reader.blocks(member, Unit()):
            yield msgspec.structs.replace(item, member=f"{shown}!{item.member}" if item.member else shown)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        yield Unread("there is no room on the disk to unpack it", shown)
    except (*FOREIGN, Bad):
        # Not one reader is to stop the rest of the container.
        yield Unread("could not be read", shown)
    if member.problem:
        yield Unread(member.problem, shown)


def _none(_: Member) -> Iterator[bytes]:
    return iter(())


def clean_name(name: str) -> tuple[str, str]:
    """Return a member's name for reports, and a remark where it leads out of its container."""
    shown = "".join(c if c.isprintable() else "?" for c in name.replace("!", "%21"))[:500] or "unnamed"
    parts = shown.replace("\\", "/").split("/")
    if parts[0] == "" or ".." in parts or parts[0][1:2] == ":":
        kept = "/".join(part for part in parts if part not in ("", "..", ".") and part[1:2] != ":")
        return kept or "unnamed", "has a name that leads out of the archive; nothing was written under it"
    return shown, ""


def summed(items: Iterable[Block | Unread]) -> Iterator[Block | Unread]:
    """Pass everything on, but of many Unread with the same reason only the first, and how many more there are."""
    counts: dict[str, int] = {}
    for item in items:
        if isinstance(item, Unread):
            count = counts[item.reason] = counts.get(item.reason, 0) + 1
            if count > _SAME_REASON:
                continue
        yield item
    for reason, count in counts.items():
        if count > _SAME_REASON:
            yield Unread(f"{reason} ({count - _SAME_REASON:,} more members like this)")
