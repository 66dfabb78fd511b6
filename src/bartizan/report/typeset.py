"""Typst for drawings as pictures and for pages: only the fonts that Typst brings, as long as they have the letters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import typst

__all__ = ["FONT", "png", "typeset"]

FONT = "Libertinus Serif"

# Scripts that the fonts which Typst brings don't have: from Hebrew to Georgian and beyond, Chinese to Korean, emoji.
_FOREIGN = re.compile("[\u0590-\u1dff\u2600-\u27bf\u2e80-\ud7ff\uf900-\ufffc\U00010000-\U0010ffff]")
_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.drawing), format: "svg", width: float(sys.inputs.width) * 1pt)
"""


def typeset(
    template: bytes,
    inputs: Mapping[str, str],
    format: Literal["pdf", "png"],
    *,
    dpi: float | None = None,
    timestamp: int | None = None,
) -> bytes:
    """Compile a template of ours with data; `format` is `pdf` or `png`.

    Nothing is downloaded. The machine's fonts are looked at only for letters that Typst's own fonts lack, since then a
    page of empty boxes would be the alternative; all other output is the same on every machine.
    """
    foreign = any(_FOREIGN.search(text) for text in inputs.values())
    return typst.compile(
        template,
        sys_inputs=dict(inputs),
        ignore_system_fonts=not foreign,
        font_paths=[],
        format=format,
        ppi=dpi,
        timestamp=timestamp,
    )


def png(svg: str, width: float, *, dpi: float = 200.0) -> bytes:
    """Return an SVG, whose texts are set in `FONT`, as PNG; `width` in points."""
    return typeset(_PAGE, {"drawing": svg, "width": str(width)}, "png", dpi=dpi)
