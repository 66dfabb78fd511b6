"""A made-up provider of every wire format that is served: for `bartizan gateway --demo`, for tests and for measuring.

It repeats what it was told, or does what a prompt asks for between `[[` and `]]`. It listens on loopback only.
"""

from bartizan.guard.gateway.demo.respond import DOORS, respond
from bartizan.guard.gateway.demo.script import INSTRUCTIONS, Script, read_script, veil
from bartizan.guard.gateway.demo.server import Demo, Fixed, Received, serving

__all__ = ["DOORS", "INSTRUCTIONS", "Demo", "Fixed", "Received", "Script", "read_script", "respond", "serving", "veil"]
