"""Files that stand in a body in base64: text among them is read, everything else can't be looked into."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache
from typing import Any

from bartizan.guard.exchange import Encoded, Origin, Walk
from bartizan.guard.exchange.piece import Where

__all__ = ["is_base64", "is_made", "is_opaque", "opaque_kind", "take_file", "take_sealed", "text_of"]

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n"
_TEXTS = ("json", "xml", "yaml", "javascript", "csv", "sql", "x-sh", "toml", "rtf")
_URLSAFE = str.maketrans("-_", "+/")
_SHORT = 64
"""Characters below which nothing sealed and no file stays; what is as short may be a value that looks like base64."""
_HEAD = 96
"""Characters of base64 that are decoded to tell whether it is text."""
_LABEL = re.compile(r"[A-Za-z]{2,12}[-_]")
"""As keys begin; in the alphabet of addresses, base64 may begin so by chance, and is looked at for nothing."""
_MADE = re.compile(
    r"(?![\s\S]*[0-9][0-9_.-]{7})"
    r"(?:ap|audio|call|chatcmpl|ci|cmp|cmpl|cntr|conv|ctc|cu|evt|fc|fco|file|fp|fs|gen|ig|item|lsh|mcp|mcpl|mcpr|mcptoolu"
    r"|msg|part|req|resp|rs|run|sh|srvtoolu|stream|toolu|tsc|ws)[-_][A-Za-z0-9_-]{1,200}(?![\s\S])"
    r"|(?![\s\S]*[0-9][0-9_.-]{7})(?:chatgpt|claude|gemini|gpt|o[1-9]|text-embedding)-[A-Za-z0-9._-]{1,80}"
    r"(?![\s\S])"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\s\S])"
    r"|(?:chat|response)(?:\.[a-z_]{1,40}){1,4}(?![\s\S])"
)
"""Beginnings of the names that providers give to what they make, as in their references; models; types of events."""


def is_base64(value: str) -> bool:
    """Tell whether a string has nothing but what base64 is written with, in either alphabet."""
    return value.isascii() and not value.encode().translate(None, _ALPHABET)


def is_opaque(value: str) -> bool:
    """Tell whether a string can be nothing but a file, a signature or something encrypted.

    It has to be long, and base64 of what is no text: a value that somebody put there is short, or text.
    """
    if len(value) < _SHORT or _LABEL.match(value) is not None or not is_base64(value):
        return False
    head = re.sub(r"[\r\n]", "", value[:_HEAD]).translate(_URLSAFE).rstrip("=")
    decoded = base64.b64decode(head[: len(head) // 4 * 4])
    try:
        text = decoded.decode()
    except UnicodeDecodeError as error:
        if error.start < len(decoded) - 3:  # what isn't only cut in the middle of a sign
            return True
        text = decoded[: error.start].decode()
    return any(sign < " " and sign not in "\t\r\n" for sign in text)


@lru_cache(maxsize=4096)
def is_made(value: str) -> bool:
    """Tell whether a string is plainly the name that a provider gave to a thing: a known beginning and no long number.

    What isn't may be anything that somebody put where a name should be.
    """
    return _MADE.match(value) is not None


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
    else:
        if is_base64(value):
            walk.opaque(opaque_kind(media), (where, key))
        if not is_opaque(value):
            walk.text(holder, key, origin, role, where)


def take_sealed(
    walk: Walk, holder: dict[str, Any], key: str, kind: str, origin: Origin, role: str, where: Where
) -> None:
    """Take what only the provider can read, such as a signature; what may be something else is a text as well."""
    value = holder[key]
    if type(value) is str and value and is_base64(value):
        walk.opaque(kind, (where, key))
    if value != "" and (type(value) is not str or not is_opaque(value)):
        walk.member(holder, key, origin, role, where)
