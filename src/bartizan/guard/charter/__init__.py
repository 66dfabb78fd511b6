"""Charters: what an agent is for, and the bounds of tools, data, time, money and steps within which it works."""

from bartizan.guard.charter.check import Checked, ToolCall, charter_of, check, give_back, spend, take
from bartizan.guard.charter.document import Charter, parse_charter
from bartizan.guard.charter.spending import Amount, amounts_of
from bartizan.guard.charter.state import State, read_state, write_state

__all__ = [
    "Amount",
    "Charter",
    "Checked",
    "State",
    "ToolCall",
    "amounts_of",
    "charter_of",
    "check",
    "give_back",
    "parse_charter",
    "read_state",
    "spend",
    "take",
    "write_state",
]
