"""Pins of MCP servers: what they define, as somebody has approved it, held against what they list now.

MCP says nothing of definitions that change after they were approved, or that steer the model that reads them; here they
are hashed, reviewed, pinned and compared, and what nobody has approved stays closed.
"""

from bartizan.guard.mcp.pins.change import Change, What, change, worst
from bartizan.guard.mcp.pins.compare import compare, compare_server
from bartizan.guard.mcp.pins.definition import Definition, Kind, Listing, Unpinnable, define, make_listing
from bartizan.guard.mcp.pins.document import (
    Approval,
    Pin,
    Pins,
    Reached,
    parse_pins,
    pins_of,
    render_pins,
    repinned,
)
from bartizan.guard.mcp.pins.standing import Judged, State, Watch
from bartizan.guard.mcp.pins.suspicion import Others, suspicions, suspicions_of

__all__ = [
    "Approval",
    "Change",
    "Definition",
    "Judged",
    "Kind",
    "Listing",
    "Others",
    "Pin",
    "Pins",
    "Reached",
    "State",
    "Unpinnable",
    "Watch",
    "What",
    "change",
    "compare",
    "compare_server",
    "define",
    "make_listing",
    "parse_pins",
    "pins_of",
    "render_pins",
    "repinned",
    "suspicions",
    "suspicions_of",
    "worst",
]
