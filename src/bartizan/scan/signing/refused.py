"""Why a signature is not accepted."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["Reason", "Refused", "contradiction"]

Reason: TypeAlias = Literal[
    "signature-invalid", "signature-by-another", "signature-certificate-unfit", "signature-not-verifiable"
]
"""The scan rule that says it."""


class Refused(Exception):
    """A signature that was read and does not do: `rule` is the scan rule for it, `why` one sentence for people."""

    def __init__(self, rule: Reason, why: str) -> None:
        super().__init__(why)
        self.rule: Reason = rule
        self.why = why


def contradiction(why: str) -> Refused:
    """Return the refusal of a statement that was signed and can't be true."""
    return Refused("signature-invalid", f"what was signed contradicts itself: {why}")
