"""What a text holds: one engine for a prompt, a file, a training set and a log stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bartizan.inspection.inspector import Inspector
from bartizan.inspection.policy import Policy, parse_policy, policy_digest
from bartizan.inspection.span import Hits, Inspection, Span
from bartizan.inspection.stream import Released, Stream

if TYPE_CHECKING:
    from bartizan.inspection.log_filter import LogFilter

__all__ = [
    "Hits",
    "Inspection",
    "Inspector",
    "LogFilter",
    "Policy",
    "Released",
    "Span",
    "Stream",
    "parse_policy",
    "policy_digest",
]


def __getattr__(name: str) -> Any:
    """Import what brings the ciphers only when it is asked for."""
    if name == "LogFilter":
        from bartizan.inspection.log_filter import LogFilter

        return LogFilter
    raise AttributeError(f"module `{__name__}` has no `{name}`")
