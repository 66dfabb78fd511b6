"""Files that stand in a body in base64: text among them is read, everything else can't be looked into."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from bartizan.guard.exchange import Encoded, Origin, Walk
from bartizan.guard.exchange.piece import Where

__all__ = ["is_base64", "opaque_kind", "take_file", "take_sealed", "text_of"]

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"
_TEXTS = ("json", "xml", "yaml", "javascript", "csv", "sql", "x-sh", "toml", "rtf")
_URLSAFE = str.maketrans("-_", "+/")


def is_base64(value: str) -> bool:
    """Tell whether a string has nothing but what base64 is written with, in either alphabet."""
    return value.isascii() and not value.encode().translate(None, _ALPHABET)


def opaque_kind(media: object) -> str:
    """Return the kind of opaque content that a media type is: `image`, `audio` or `file`."""
    main = media.partition("/")[0].strip().lower() if isinstance(media, str) else ""
    return main if main in ("image", "audio") else "file"


def text_of(value: str, media: object) -> str | None:
    """Return what base64 of a media type says, if it is text."""
    if not isinstance(media, str):
        return None
    media = media.strip().lower()
    if not media.startswith("text/") and not any(name in media for name in _TEXTS):
        return None
    try:
        return base64.b64decode(value.translate(_URLSAFE) + "=" * (-len(value) % 4)).decode()
    except (binascii.Error, ValueError):
        return None


def take_file(
    walk: Walk, holder: dict[str, Any], key: str, media: object, origin: Origin, role: str, where: Where
) -> None:
    """Take the data of a file: text as a piece, other base64 as opaque; what is not base64 is a text as it stands."""
    value = holder[key]
    if type(value) is not str:
        walk.member(holder, key, origin, role, where)
    elif (text := text_of(value, media)) is not None:
        walk.exchange.pieces.append(Encoded(holder, key, text, origin, role, where))
    elif is_base64(value):
        walk.opaque(opaque_kind(media), (where, key))
    else:
        walk.text(holder, key, origin, role, where)


def take_sealed(
    walk: Walk, holder: dict[str, Any], key: str, kind: str, origin: Origin, role: str, where: Where
) -> None:
    """Take what only the provider can read, such as a signature; what can't be that is a text."""
    value = holder[key]
    if type(value) is str and is_base64(value):
        if value:
            walk.opaque(kind, (where, key))
    else:
        walk.member(holder, key, origin, role, where)
