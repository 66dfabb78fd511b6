"""What a run works with: how files are found and opened, which reader takes them, and what looks into them.

Workers are other processes, maybe on other machines, so they get the name of a function that makes the tools, not the
tools themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.policy import Policy
from bartizan.inspection.span import Hits
from bartizan.scan.blocks import Reader, Source, Unread

if TYPE_CHECKING:
    from bartizan.scan.plan import Planned

__all__ = ["STANDARD", "Found", "Inspects", "Setup", "Tools", "tools_of"]

STANDARD = "bartizan.scan.run_standard:tools"
"""The function that makes the tools of a real run."""


class Found(NamedTuple):
    """A file that the walk has found; the words are those of `Planned`."""

    path: str
    address: str
    size: int
    stamp: str
    source: Source


class Inspects(Protocol):
    """The engine, as a run uses it."""

    def records(self, data: bytes | memoryview, ends: NDArray[np.int64] | None, column: str = "") -> Hits:
        """Look through records, see `bartizan.inspection.Inspector`."""
        ...


class Tools(Protocol):
    """What a run works with."""

    def walk(self, roots: list[str]) -> Iterator[Found | Planned]:
        """Find the files below the roots, in an order that stays, and what can't be read.

        Raises InputError for a root that is not there.
        """
        ...

    def source(self, address: str) -> Source:
        """Open a file that the walk has found. Raises OSError."""
        ...

    def stamp(self, address: str) -> str:
        """Return what differs when a file has changed. Raises OSError."""
        ...

    def recognise(self, source: Source) -> Reader | Unread:
        """Choose the reader. Raises OSError."""
        ...

    def inspector(self, policy: Policy, cache: Path | None) -> Inspects:
        """Make the engine."""
        ...


class Setup(msgspec.Struct, frozen=True):
    """What a worker needs to know before its first shard. `cache` is the folder of compiled rules, empty for none."""

    policy: Policy
    cache: str = ""
    tools: str = STANDARD


def tools_of(name: str) -> Tools:
    """Make the tools by the name of their function, `module:function`."""
    module, _, function = name.partition(":")
    made: Tools = getattr(import_module(module), function)()
    return made
