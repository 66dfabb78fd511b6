"""What a call may use, and whether it may be made at all: budgets, rates, blocks and sandboxes."""

from bartizan.guard.limits.blocks import Block, Blocks, parse_blocks
from bartizan.guard.limits.interface import Amount, Ask, Exhausted, Part, StateLost, Store, Taken, Want
from bartizan.guard.limits.limiter import Limiter
from bartizan.guard.limits.memory import MemoryStore
from bartizan.guard.limits.wanted import Budgets, window

__all__ = [
    "Amount",
    "Ask",
    "Block",
    "Blocks",
    "Budgets",
    "Exhausted",
    "Limiter",
    "MemoryStore",
    "Part",
    "StateLost",
    "Store",
    "Taken",
    "Want",
    "parse_blocks",
    "window",
]
