"""Charters and calls as tests want them."""

from __future__ import annotations

from typing import Any

from bartizan.guard.charter import Charter, ToolCall, parse_charter
from bartizan.model.words import Effect

SCHEME = ("public", "internal", "confidential")
NOON = 1_767_610_800.0
"""Monday, 5 January 2026, 11:00 UTC; noon in Zurich."""
BASE = """
id: bills
purpose: Pays the bills that the accounts department has approved.
holds_for: {agents: [bill-agent]}
tools: ["*"]
"""


def charter(more: str = "", base: str = BASE) -> Charter:
    return parse_charter((base + more).encode(), "bills.yaml", SCHEME)


def call(tool: str = "mail/search", effect: Effect = Effect.READ, **more: Any) -> ToolCall:
    server, _, name = tool.partition("/")
    given: dict[str, Any] = {"session": "s-1", "arguments": {}}
    return ToolCall(server=server, tool=name, effect=effect, **{**given, **more})
