"""One thing that is wrong with a template."""

from __future__ import annotations

import msgspec

__all__ = ["Spotted"]


class Spotted(msgspec.Struct, frozen=True):
    """A scan rule that applies, what shows it, the line (from 1; 0 for none), and CVEs of loaders."""

    rule: str
    evidence: str
    line: int = 0
    cve: tuple[str, ...] = ()
