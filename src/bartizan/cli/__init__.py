"""The command line: one module a command."""

import sys

from bartizan import __version__

__all__ = ["main"]


def main() -> int:
    """Print the version; stands in until the commands are here."""
    sys.stdout.write(f"bartizan {__version__}\n")
    return 0
