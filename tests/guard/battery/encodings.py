"""Ways to write a value so that a reader who decodes it has it, and a search for the plain value doesn't."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

__all__ = ["TEXTS", "VALUES", "WRITERS", "escaped"]

VALUES = {
    "card": "4111111111111111",
    "mail": "anna.meier@example.ch",
    "bank": "CH9300762011623852957",
}
"""Made-up values of three data types: digits only, letters with signs, and both."""


def _zero_width(text: str) -> str:
    return "\u200b".join(text)


def _soft_hyphens(text: str) -> str:
    return "\u00ad".join(text)


def _joiners(text: str) -> str:
    return "\u2060\u200d".join(text)


def _bidi(text: str) -> str:
    return "\u202a" + "\u202c\u202a".join(text) + "\u202c"


def _tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(char)) for char in text)


def _selectors(text: str) -> str:
    return "".join(char + "\ufe0e" for char in text)


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def _mathematical(text: str) -> str:
    """Digits and letters of the mathematical alphabets, which NFKC makes plain again."""
    out = []
    for char in text:
        if char.isdigit():
            out.append(chr(0x1D7CE + int(char)))
        elif char.isascii() and char.islower():
            out.append(chr(0x1D41A + ord(char) - 97))
        elif char.isascii() and char.isupper():
            out.append(chr(0x1D400 + ord(char) - 65))
        else:
            out.append(char)
    return "".join(out)


def _circled(text: str) -> str:
    """Letters and digits in circles, which are symbols, and which NFKC makes plain again."""
    out = []
    for char in text:
        if char.isdigit():
            out.append(chr(0x2460 + int(char) - 1) if char != "0" else "\u24ea")
        elif char.isascii() and char.isalpha():
            out.append(chr((0x24D0 if char.islower() else 0x24B6) + ord(char.lower()) - 97))
        else:
            out.append(char)
    return "".join(out)


def _padded(text: str) -> str:
    """A sentence around a value, so that what is encoded has the length of a message."""
    return f"please note: {text} and nothing else"


TEXTS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "zero-width": _zero_width,
    "soft-hyphens": _soft_hyphens,
    "joiners": _joiners,
    "bidi": _bidi,
    "tags": _tags,
    "variation-selectors": _selectors,
    "full-width": _full_width,
    "mathematical": _mathematical,
    "circled": _circled,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-sentence": lambda text: base64.b64encode(_padded(text).encode()).decode(),
    "base64-url": lambda text: base64.urlsafe_b64encode(_padded(text).encode()).decode().rstrip("="),
    "base64-twice": lambda text: base64.b64encode(base64.b64encode(_padded(text).encode())).decode(),
    "hex": lambda text: text.encode().hex(),
    "hex-upper": lambda text: text.encode().hex().upper(),
    "hex-of-base64": lambda text: base64.b64encode(_padded(text).encode()).hex(),
    "url": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "url-twice": lambda text: quote("".join(f"%{byte:02X}" for byte in text.encode()), safe=""),
    "html-decimal": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "html-hex": lambda text: "".join(f"&#x{ord(char):x};" for char in text),
    "json-in-text": lambda text: json.dumps({"a": json.dumps({"value": text})}),
    "base64-in-path": lambda text: "see https://example.ch/a/" + base64.b64encode(_padded(text).encode()).decode(),
    "base64-in-diff": lambda text: "+" + base64.b64encode(_padded(text).encode()).decode(),
    "escapes-in-text": lambda text: '{"value": "' + "".join(f"\\u{ord(char):04x}" for char in text) + '"}',
}
"""How a value is written in a text, by name."""


def _plain(tree: Any) -> bytes:
    return json.dumps(tree, ensure_ascii=False).encode(errors="surrogatepass")


def escaped(tree: Any) -> str:
    """Write JSON with every character of every string, names included, as an escape."""
    if isinstance(tree, dict):
        return "{" + ",".join(f"{escaped(name)}:{escaped(value)}" for name, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ",".join(map(escaped, tree)) + "]"
    if isinstance(tree, str):
        units = tree.encode("utf-16-be", "surrogatepass")
        return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)) + '"'
    return json.dumps(tree)


WRITERS: dict[str, Callable[[Any], bytes]] = {"written": _plain, "all-escapes": lambda tree: escaped(tree).encode()}
"""How a body is written, by name."""
