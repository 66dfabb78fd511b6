"""Metrics of several workers: each keeps its numbers in a file of its own, and any of them answers with the sum."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from bartizan.soc.metrics import Families, Metrics

__all__ = ["Summed", "SummedMetrics"]

F = TypeVar("F", bound=Families)

_SUFFIX = ".metrics.json"
_MOST = 8 << 20
_STALE = 5.0
"""Seconds without a new file after which a worker counts as gone: it should write one every second."""


class _Saved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A worker's file. `time` is when it was written, in seconds since 1970; 0 by one that has ended."""

    time: float
    families: dict[str, list[tuple[tuple[str, ...], list[float]]]]


class Summed(Generic[F]):
    """One worker's numbers (`own`), and the sum over all workers whose files are in `folder`.

    `make` makes metrics that stand at nothing. `writer` names the file; no other process may have the same one.
    Counters begin where the last process of that name ended and files of workers that are gone still count, so that no
    sum ever falls. Others' numbers are as old as their last `save`, a second. Nothing here is needed to serve: what
    can't be written or read is left out.
    """

    def __init__(self, folder: Path, writer: str, make: Callable[[], F]) -> None:
        self._folder, self._path, self._make = folder, folder / f"{writer}{_SUFFIX}", make
        self.own = make()
        before = _read(self._path)
        if before is not None:
            self.own.merge(before.families, now=False)

    def save(self, now: float) -> None:
        """Write this worker's numbers, whole or not at all. `now` is in seconds since 1970."""
        content = msgspec.json.encode(_Saved(now, self.own.dump()))
        part = self._path.with_suffix(".part")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(content)
            part.replace(self._path)

    def end(self) -> None:
        """Write the last numbers; what a worker counts at the moment no longer counts."""
        self.save(0.0)

    def text(self, now: float) -> str:
        """Return the sum in the Prometheus text format."""
        return self.whole(now).text()

    def whole(self, now: float) -> F:
        """Return the sum."""
        whole = self._make()
        whole.merge(self.own.dump(), now=True)
        with suppress(OSError):
            for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
                other = _read(path) if path != self._path else None
                if other is not None:
                    whole.merge(other.families, now=now - other.time < _STALE)
        return whole


class SummedMetrics(Summed[Metrics]):
    """The metrics of the gateway's workers."""

    def __init__(self, folder: Path, writer: str) -> None:
        super().__init__(folder, writer, Metrics)
        self.own.workers.add(1)


def _read(path: Path) -> _Saved | None:
    try:
        with path.open("rb") as file:
            found: Any = msgspec.json.decode(file.read(_MOST), type=_Saved)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, _Saved) else None
