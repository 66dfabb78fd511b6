"""Grades of findings, the exit code that goes with the highest, and the option that says which one is too high."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

__all__ = ["GRADES", "exit_code", "fail_on"]

GRADES = ("info", "low", "medium", "high", "critical")
"""Least first; what could not be inspected counts as info."""
_FIRST = 11
"""The exit code for info; those below say that a command could not do its work."""

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def exit_code(found: Iterable[str], least: str) -> int:
    """Return 0, or 11 to 15 for the highest of the grades that were found when it is at or above `least`.

    `least` may be `none`: then nothing counts.
    """
    highest = max((GRADES.index(grade) for grade in found), default=-1)
    if least == "none" or highest < GRADES.index(least):
        return 0
    return _FIRST + highest


def fail_on(help: str, *, default: str = "info") -> Callable[[Decorated], Decorated]:
    """Add --fail-on, the grade from which on a command ends with an exit code that stops a pipeline."""
    return click.option(
        "--fail-on", type=click.Choice([*GRADES, "none"]), default=default, show_default=True, help=help
    )
