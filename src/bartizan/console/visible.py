"""Texts of callers and servers on a page: what can't be seen is written out, what is long is cut in its middle.

Escaping keeps markup out, and is done by the templates. This is about letters that a reader doesn't see, or takes for
others: directions, zero widths, look-alikes.
"""

from __future__ import annotations

from bartizan.guard.asking.visible import Look, strange_letters

__all__ = ["strange", "visible"]

_LOOK = Look("", "")


def visible(text: object, most: int = 120) -> str:
    """Return a text on one line, with everything unseen written out by its number."""
    return _LOOK.show(str(text), most)


def strange(text: object) -> str:
    """Return which letters of a text are outside ASCII, empty without any."""
    return strange_letters(str(text))
