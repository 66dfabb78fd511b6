"""What leaves the process: results on standard output or in a file, everything for people on standard error."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

__all__ = ["emit", "json_bytes", "say", "terminal"]

# What a terminal would obey instead of show; line ends and tabs stay.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def say(text: str) -> None:
    """Write a line for people to standard error. Names from files can't steer the terminal."""
    if sys.stderr is None:
        return
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    shown = _CONTROL.sub("\ufffd", text).encode(encoding, "backslashreplace").decode(encoding)
    try:
        sys.stderr.write(shown + "\n")
        sys.stderr.flush()
    except OSError:
        return  # nobody is listening any more


def emit(content: bytes, output: Path | None) -> bool:
    """Write a result: to `output` as a whole or not at all, or to standard output when it is None.

    A reader that has gone away (`| head`) is no error; then the answer is False. Raises InputError or BartizanError for
    a file.
    """
    if output is not None:
        from bartizan.store import write_whole

        write_whole(output, content)
        return True
    if sys.stdout is None:
        return False
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # What is left in the buffer would raise once more when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return False
    return True


def json_bytes(value: object) -> bytes:
    """Return plain values as indented JSON with one newline at the end, keys in the order given."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def terminal(output: Path | None) -> tuple[int, bool]:
    """Return how wide a text may be, and whether it may have colours: only on a terminal that wants them."""
    if output is not None or sys.stdout is None or not sys.stdout.isatty():
        return 110, False
    columns = shutil.get_terminal_size((110, 24)).columns
    colour = "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return min(columns, 130), colour
