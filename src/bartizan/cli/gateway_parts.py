"""What a gateway is put together from, for the commands around it."""

from pathlib import Path

from bartizan.guard.gateway.parts import Parts, load, load_config, sources
from bartizan.model import InputError
from bartizan.store import read_bounded

__all__ = ["Parts", "given", "load", "load_config", "sources"]


def given(path: Path, help: str) -> bytes:
    """Return the content of a file that somebody named. Raises InputError, with `help` where there is none."""
    try:
        return read_bounded(path)
    except FileNotFoundError:
        raise InputError(f"`{path}` is not there", help=help) from None
