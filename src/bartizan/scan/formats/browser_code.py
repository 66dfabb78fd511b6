"""JavaScript and TypeScript that use AI, by a few plain patterns: keys in browsers, connections without checks."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]

_SUFFIXES = frozenset({".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs", ".mts", ".vue", ".svelte", ".html"})
_LARGEST = 2 << 20
_BROWSER = re.compile(r"\bdangerouslyAllowBrowser[\"']?\s*:\s*(?:true|!0)\b")
_UNCHECKED = re.compile(
    r"NODE_TLS_REJECT_UNAUTHORIZED[\"']?\]?\s*=\s*[\"']?0\b|\brejectUnauthorized[\"']?\s*:\s*(?:false|!1)\b"
)


def recognise(look: Look) -> bool:
    """Tell by the name, where there is something to say."""
    if look.suffix not in _SUFFIXES or look.size > _LARGEST:
        return False
    text = look.content.read(0, look.size)
    return any(word in text for word in (b"dangerouslyAllowBrowser", b"REJECT_UNAUTHORIZED", b"rejectUnauthorized"))


def examine(look: Look, desk: Desk) -> None:
    """Report what the patterns find."""
    desk.cover_all(look.content)
    text = look.content.read(0, look.size).decode("utf-8", "replace")
    for rule, pattern in (("code-key-in-browser", _BROWSER), ("code-unverified-connection", _UNCHECKED)):
        for found in pattern.finditer(text):
            desk.hit(rule, f"`{found[0]}`", line=text.count("\n", 0, found.start()) + 1)


FORMAT = Format(
    name="browser-code", title="JavaScript", group="code", recognise=recognise, examine=examine, accounts=False
)
