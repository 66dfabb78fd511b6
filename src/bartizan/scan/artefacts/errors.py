"""What a scanner raises when it can't go on. Both become findings; neither ends a scan."""

from __future__ import annotations

__all__ = ["LimitReached", "Malformed"]


class Malformed(Exception):
    """The content breaks its format. The message is one sentence in our words; `offset` is where, -1 unknown."""

    def __init__(self, message: str, offset: int = -1) -> None:
        super().__init__(message)
        self.message, self.offset = message, offset


class LimitReached(Exception):
    """Going on would take more time, memory or depth than allowed. The message says which."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
