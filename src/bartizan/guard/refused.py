"""What every stage of the gateway raises when a call may not go on."""

from __future__ import annotations

__all__ = ["Refused"]


class Refused(Exception):
    """A call that may not go on: HTTP status, the rule that says so, a sentence for the caller, and whom to ask.

    `again` is after how many seconds it may be tried once more, 0 where that would change nothing.
    """

    def __init__(self, status: int, rule: str, sentence: str, ask: str = "", again: int = 0) -> None:
        super().__init__(sentence)
        self.status, self.rule, self.sentence, self.ask, self.again = status, rule, sentence, ask, again
