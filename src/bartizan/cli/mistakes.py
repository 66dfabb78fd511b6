"""What to say when an exception means that Bartizan itself is wrong."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

__all__ = ["own_mistake"]


def own_mistake(error: BaseException) -> str:
    """Return a line for the user, and what to do. With BARTIZAN_DEBUG set, the whole trace stands before it.

    The exception's own text may hold the user's data, so only its kind and place are shown.
    """
    trace = "".join(traceback.format_exception(error)) if os.environ.get("BARTIZAN_DEBUG") else ""
    if isinstance(error, MemoryError):
        return f"{trace}error: there is not enough memory for this\n  help: split the system, or use a larger machine"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "bartizan" in Path(frame.filename).parts]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"{trace}error: Bartizan stopped on a mistake of its own, `{type(error).__name__}`{where}\n"
        "  help: run it again with BARTIZAN_DEBUG=1 and report what it prints, with the command"
    )
