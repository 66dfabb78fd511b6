"""Sandboxes as code: who may try what, with which data, models, tools and money, until when, and what came of it."""

from bartizan.guard.sandbox.document import Criterion, Egress, MayHold, Sandbox, parse_sandbox
from bartizan.guard.sandbox.exit import Exit, exit_json, exit_markdown, exit_of
from bartizan.guard.sandbox.opened import Opening, Sandboxes, parse_openings, write_openings
from bartizan.guard.sandbox.tally import Tally

__all__ = [
    "Criterion",
    "Egress",
    "Exit",
    "MayHold",
    "Opening",
    "Sandbox",
    "Sandboxes",
    "Tally",
    "exit_json",
    "exit_markdown",
    "exit_of",
    "parse_openings",
    "parse_sandbox",
    "write_openings",
]
