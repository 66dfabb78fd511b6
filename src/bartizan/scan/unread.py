"""What could not be inspected."""

from __future__ import annotations

import msgspec

__all__ = ["Unread"]


class Unread(msgspec.Struct, frozen=True):
    """Something that could not be inspected: why, in our words, and which part of the file it is."""

    reason: str
    member: str = ""
