"""Reports what commands do, in the words of the rules, with what a place makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.texts.commands import Deed, Does, deeds

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["report_command"]


def report_command(command: str, desk: Desk, line: int, told: str) -> list[Deed]:
    """Report what a command does that runs without anybody seeing it; return that."""
    done = deeds(command)
    for deed in done:
        desk.hit(deed.does.value, f"{told}: {deed.text}", line=line)
    return done


SERIOUS = frozenset(
    {
        Does.RUN_DOWNLOAD,
        Does.RUN_DECODED,
        Does.REVERSE_SHELL,
        Does.SEND_SECRET,
        Does.DESTROY,
        Does.PERSIST,
        Does.UNGUARD,
    }
)
"""What has no good reason to stand in instructions, either."""
