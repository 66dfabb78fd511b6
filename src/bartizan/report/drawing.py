"""Marks on paper: SVG elements that are escaped by construction, and how wide a text will be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["arc", "clean", "clip", "el", "measure", "number", "raw", "wrap"]

# Advance widths of Helvetica in thousandths of the size, for the characters from space to tilde.
# fmt: off
_WIDTHS = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)
# fmt: on
_SAFETY = 1.08  # other fonts of the same stack are a little wider
_BOLD = 1.07

# What XML can't hold, and what turns the reading direction around unseen.
_UNSAFE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def clean(text: str) -> str:
    """Return `text` with every character that XML can't hold, or that hides the order of reading, as U+FFFD."""
    return _UNSAFE.sub("\ufffd", text)


class raw(str):  # noqa: N801 - reads as a word in calls: el("g", raw(inner))
    """Markup that is already escaped."""

    __slots__ = ()


def _escape(text: str) -> str:
    return clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def el(name: str, *children: str, **attributes: str | float | None) -> raw:
    """Return an element. Strings are escaped, `raw` children are not; `class_` is `class`, `_` in a name is `-`.

    An attribute that is None is left out.
    """
    parts = [f"<{name}"]
    for key, value in attributes.items():
        if value is not None:
            shown = _escape(value) if isinstance(value, str) else number(value)
            parts.append(f' {key.rstrip("_").replace("_", "-")}="{shown}"')
    if not children:
        return raw("".join(parts) + "/>")
    inner = "".join(child if isinstance(child, raw) else _escape(child) for child in children)
    return raw("".join(parts) + f">{inner}</{name}>")


def number(value: float) -> str:
    """Write a coordinate: at most one decimal, no needless zero, no negative zero."""
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def arc(points: Iterable[tuple[float, float]]) -> str:
    """Return path data for a start point and then cubic Bezier triples."""
    start, *rest = points
    pairs = " ".join(f"{number(x)},{number(y)}" for x, y in rest)
    return f"M{number(start[0])},{number(start[1])}C{pairs}"


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide `text` is at most, in the unit of `size`, in a font like Helvetica."""
    total = 0
    for character in text:
        code = ord(character)
        if 32 <= code < 127:
            total += _WIDTHS[code - 32]
        elif unicodedata.combining(character):
            continue
        else:
            total += 1000 if unicodedata.east_asian_width(character) in "WF" else 640
    return total * size / 1000 * _SAFETY * (_BOLD if bold else 1)


def clip(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return `text`, cut with an ellipsis where it is wider than `width`."""
    if measure(text, size, bold=bold) <= width:
        return text
    kept = text
    while kept and measure(kept + "…", size, bold=bold) > width:
        kept = kept[:-1]
    return kept.rstrip(" ,-·") + "…"


def wrap(text: str, width: float, size: float, lines: int, *, bold: bool = False) -> list[str]:
    """Break `text` into at most `lines` lines of `width`; the last is cut with an ellipsis where more is left."""
    words = text.split()
    out: list[str] = []
    while words:
        if len(out) == lines - 1:
            out.append(clip(" ".join(words), width, size, bold=bold))
            return out
        taken = 1
        while taken < len(words) and measure(" ".join(words[: taken + 1]), size, bold=bold) <= width:
            taken += 1
        out.append(clip(" ".join(words[:taken]), width, size, bold=bold))
        words = words[taken:]
    return out or [""]
