"""What commands share that change how a gateway decides: its configuration, who acts, and putting it on record."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from pathlib import Path

from bartizan.cli.gateway_parts import load_config
from bartizan.cli.output import say
from bartizan.guard.config import Config
from bartizan.model import BartizanError, Event, InputError

__all__ = ["config_or_warning", "now", "record", "who"]

_LONGEST = 255


def now() -> float:
    """Return seconds since 1970."""
    return datetime.now(UTC).timestamp()


def who(by: str) -> str:
    """Return who acts: who is named, or the user of this computer. Raises InputError."""
    try:
        name = by.strip() or getpass.getuser()
    except (OSError, KeyError):
        raise InputError("it is not known who does this", help="name them with --by") from None
    if not name.isprintable() or len(name) > _LONGEST:
        raise InputError("`--by` is not a name", help=f"at most {_LONGEST} characters that can be printed")
    return name


def config_or_warning(path: Path) -> Config | None:
    """Read a configuration; None with a warning when something is wrong with it, which must not stop a kill switch.

    Raises InputError when there is none.
    """
    if not path.is_file():
        raise InputError(f"there is no `{path}`", help="name the gateway's configuration with --config")
    try:
        return load_config(path)
    except InputError as error:
        say(f"warning: something is wrong with `{path}`: {error.message}")
        return None


def record(config: Config | None, folder: Path, event: Event) -> None:
    """Put an event on record, in a chain of its own. One that can't be written is a warning: the change stands."""
    from bartizan.soc import free_log

    if config is None:
        say("warning: this is not on record in the event log")
        return
    try:
        log = free_log(folder / config.events.folder, "command", fsync="always")
        try:
            log.append(event)
        finally:
            log.close()
    except BartizanError as error:
        say(f"warning: this is not on record in the event log: {error.message}")
