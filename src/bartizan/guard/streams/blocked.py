"""What is raised when content may not pass."""

from __future__ import annotations

__all__ = ["Blocked"]


class Blocked(Exception):
    """What stands in a text may not pass: the rule that says so, a sentence for the caller, and whom to ask, if anyone.

    The sentence never holds the value.
    """

    def __init__(self, rule: str, sentence: str, ask: str = "") -> None:
        super().__init__(sentence)
        self.rule, self.sentence, self.ask = rule, sentence, ask
