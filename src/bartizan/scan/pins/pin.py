"""What a pin is, and the file that keeps pins: JSON, sorted, one pin a line, made to be read in a comparison."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from bartizan.model import InputError, Place

__all__ = ["KINDS", "Pin", "Pins", "parse_pins"]

KINDS = {"file": "file", "tool": "tool", "mcp-server": "MCP server"}
"""What is pinned, and the word for it."""


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that was approved as it was.

    A file has a `size` and the digest of its bytes. A tool or an MCP server is found in a file under its `name`;
    `parts` are digests of its fields, so that a drift says which one changed. Values of environment variables and
    headers are not pinned, as they may be secrets; their names are. Digests are SHA-256 in hexadecimal.
    """

    path: str
    kind: Literal["file", "tool", "mcp-server"]
    name: str = ""
    sha256: str
    size: int = 0
    parts: dict[str, str] = {}

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same thing."""
        return self.path, self.kind, self.name


class Pins(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """All pins of a folder or file, as of a day."""

    schema: Literal["bartizan/pins/1"] = "bartizan/pins/1"
    pinned_at: date
    pins: list[Pin]

    def text(self) -> bytes:
        """Write them."""
        head = f'{{"schema": "{self.schema}",\n"pinned_at": "{self.pinned_at.isoformat()}",\n"pins": ['.encode()
        lines = b",\n  ".join(msgspec.json.encode(pin) for pin in sorted(self.pins, key=lambda pin: pin.key))
        return head + (b"\n  " + lines + b"\n" if lines else b"") + b"]}\n"


def parse_pins(data: bytes, file: str) -> Pins:
    """Read pins. Raises InputError for anything else."""
    try:
        return msgspec.json.decode(data, type=Pins)
    except msgspec.MsgspecError as error:
        raise InputError(
            f"`{file}` holds no pins: {error}", place=Place(file), help="write it anew with `bartizan pin PATH`"
        ) from error
