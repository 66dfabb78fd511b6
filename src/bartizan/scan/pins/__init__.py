"""Pins: what files, tool definitions and MCP servers were when somebody approved them, and what has drifted since."""

from bartizan.scan.pins.compare import Drift, drifts
from bartizan.scan.pins.pin import KINDS, Pin, Pins, parse_pins
from bartizan.scan.pins.take import take

__all__ = ["KINDS", "Drift", "Pin", "Pins", "drifts", "parse_pins", "take"]
