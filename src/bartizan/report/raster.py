"""Drawings as pictures, for paper that takes no SVG."""

from __future__ import annotations

import typst

__all__ = ["FONT", "png"]

FONT = "Libertinus Serif"  # what Typst brings

_PAGE = b"""
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.drawing), format: "svg", width: float(sys.inputs.width) * 1pt)
"""


def png(svg: str, width: float, *, dpi: float = 200.0) -> bytes:
    """Return an SVG, whose texts are set in `FONT`, as PNG; `width` in points."""
    inputs = {"drawing": svg, "width": str(width)}
    made = typst.compile(_PAGE, sys_inputs=inputs, ignore_system_fonts=True, font_paths=[], format="png", ppi=dpi)
    assert isinstance(made, bytes)
    return made
