"""A text as whoever receives it may read it: as it stands, and with the usual encodings undone."""

from __future__ import annotations

from bartizan.inspection.layers import long_rows, undo

__all__ = ["readings"]

_DEEPEST, _MOST = 2, 12


def readings(text: str) -> list[str]:
    """Return a text and what it says once base64, hexadecimal, escapes and the like are undone, two deep at most."""
    found = [text]
    if len(text) < 12:
        return found
    waiting = [(text.encode(errors="surrogatepass"), 0)]
    while waiting and len(found) < _MOST:
        data, depth = waiting.pop(0)
        for layer in undo(data, None, long_rows(data), None):
            said = layer.data.decode(errors="replace")
            if said not in found:
                found.append(said)
                if depth + 1 < _DEEPEST:
                    waiting.append((layer.data, depth + 1))
    return found
