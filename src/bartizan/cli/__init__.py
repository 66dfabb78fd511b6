"""The command line: one module a command, imported when the command is run."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the process's exit code; `argv` without the program's name, default `sys.argv`."""
    from bartizan.cli.boundary import run

    return run(argv)
