"""How a diagram's classes look: one sheet, in roles of the palette."""

from __future__ import annotations

from bartizan.report.palette import FONT, SEVERITIES

__all__ = ["sheet"]

_RULES = """
.dfd text{font-family:FONT;fill:@ink}
.dfd .sheet{fill:@paper}
.dfd .zone rect{stroke-width:1.3;stroke-dasharray:6 4}
.dfd .zone text{font-size:10.5px;font-weight:bold}
.dfd .outside rect{fill:@outside;stroke:@outside-edge}.dfd .outside text{fill:@outside-edge}
.dfd .inside rect{fill:@inside;stroke:@inside-edge}.dfd .inside text{fill:@inside-edge}
.dfd .inner rect{fill:@inner;stroke:@inner-edge}.dfd .inner text{fill:@inner-edge}
.dfd .flow path{fill:none;stroke:@line;stroke-width:1.2}
.dfd .flow polygon{fill:@line}
.dfd .flow text{font-size:10px;fill:@muted;text-anchor:middle}
.dfd .flow text,.dfd .zone text{stroke:@paper;stroke-width:3px;stroke-linejoin:round;paint-order:stroke}
.dfd .card .shape{fill:@card;stroke:@inside-edge;stroke-width:1.3}
.dfd .card .detail{fill:none;stroke:@inside-edge;stroke-width:1.1}
.dfd .card .icon{fill:none;stroke:@muted;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}
.dfd .card .name{font-size:12.5px;font-weight:bold}
.dfd .card .note{font-size:10.5px;fill:@muted}
.dfd .count text,.dfd .step text{font-size:10.5px;font-weight:bold;fill:@on-mark;text-anchor:middle}
.dfd .route path{fill:none;stroke:@attack;stroke-width:3.4;stroke-linejoin:round;stroke-linecap:round}
.dfd .route polygon{fill:@attack}
.dfd .step circle{fill:@attack;stroke:@paper;stroke-width:1.5}
.dfd .key text{font-size:10.5px;fill:@muted}
"""

_SEVERITY = """
.dfd .SEV .shape{stroke:@SEV;stroke-width:2;fill:@SEV-tint}
.dfd .SEV .detail,.dfd .SEV .icon{stroke:@SEV}
.dfd .SEV .count rect{fill:@SEV}
"""


def sheet(font: str = FONT) -> str:
    """Return the style sheet of a diagram, colours as `@role`."""
    rules = _RULES + "".join(_SEVERITY.replace("SEV", severity) for severity in SEVERITIES)
    return rules.replace("FONT", font).strip()
