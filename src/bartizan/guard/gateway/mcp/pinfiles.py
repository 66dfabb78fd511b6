"""Where pins are kept: a folder with one YAML file for each server, made to lie in version control."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

from bartizan.guard.gateway.files import held, replaced
from bartizan.guard.mcp.pins.change import Change
from bartizan.guard.mcp.pins.document import Pins, parse_pins, render_pins
from bartizan.model import BartizanError, InputError, Place

__all__ = ["change_pins", "default_folder", "file_of", "keeping", "read_one", "read_pins"]

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}\Z")
_UNFIT = re.compile(r"[^a-z0-9._-]+")
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows keeps for devices."""
_MOST = 64 << 20
_MOST_FILES = 1_000


def default_folder() -> Path:
    """Return the folder of this user's own pins (XDG base directories)."""
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path.home() / ".local" / "state"
    return base / "bartizan" / "mcp-pins"


def file_of(folder: Path, server: str) -> Path:
    """Return the file of a server. Names that no file can have get a part of their digest, so that none collide."""
    if _PLAIN.match(server) and server.partition(".")[0] not in _RESERVED and not server.endswith("."):
        return folder / f"{server}.yaml"
    word = _UNFIT.sub("-", server.lower()).strip("-.")[:60] or "server"
    return folder / f"{word}~{sha256(server.encode(errors='surrogatepass')).hexdigest()[:12]}.yaml"


def read_one(folder: Path, server: str) -> Pins | None:
    """Return the pins of a server, None where there are none. Raises InputError."""
    path = file_of(folder, server)
    if not path.exists():
        return None
    pins = _read(path)
    if pins.server != server:
        raise InputError(f"`{path}` holds the pins of another server", place=Place(str(path)))
    return pins


def read_pins(folder: Path) -> dict[str, Pins]:
    """Return the pins of all servers of a folder, which may not be there. Raises InputError."""
    if not folder.exists():
        return {}
    try:
        files = sorted(one for one in folder.iterdir() if one.suffix == ".yaml" and not one.name.startswith("."))
    except OSError as error:
        raise InputError(f"pins can't be read from `{folder}`: {error.strerror}") from None
    if len(files) > _MOST_FILES:
        raise InputError(f"`{folder}` holds more than {_MOST_FILES:,} files of pins")
    out: dict[str, Pins] = {}
    for file in files:
        pins = _read(file)
        if file_of(folder, pins.server) != file:
            raise InputError(
                f"the pins of server `{pins.server}` must stand in `{file_of(folder, pins.server).name}`",
                place=Place(str(file)),
            )
        out[pins.server] = pins
    return out


def change_pins(folder: Path, server: str, how: Callable[[Pins | None], Pins]) -> Path:
    """Write what `how` makes of a server's pins, None where there are none, as a whole and under a lock.

    Makes the folder where it isn't there. Returns the file. Raises InputError and BartizanError.
    """
    path = file_of(folder, server)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with held(path):
            replaced(path, render_pins(how(read_one(folder, server))))
    except OSError as error:
        raise BartizanError(f"`{path}` can't be written: {error.strerror}") from None
    return path


def keeping(folder: Path, server: str, say: Callable[[str], object]) -> Callable[[Pins, Sequence[Change]], None]:
    """Return what keeps the pins of a first use in a folder, and says what it took and what stays closed.

    What somebody has approved meanwhile stands.
    """

    def keep(pins: Pins, closed: Sequence[Change]) -> None:
        new = not file_of(folder, server).exists()
        path = change_pins(folder, server, lambda now: pins if now is None or now.status == "first-use" else now)
        if new:
            say(f"first use of MCP server `{server}`: it is pinned as it is, in {path}")
        for one in closed:
            say(f"{one.about} {one.says}; it stays closed: `bartizan mcp approve {server}` opens it")

    return keep


def _read(path: Path) -> Pins:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST + 1)
    except OSError as error:
        raise InputError(f"`{path}` can't be read: {error.strerror}") from None
    if len(content) > _MOST:
        raise InputError(f"`{path}` is larger than {_MOST:,} bytes", help="it holds no pins")
    return parse_pins(content, str(path))
