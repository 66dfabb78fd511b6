"""Cards of AgentDojo's tools: those that a person has reviewed, and those that are drafted from the definitions."""

from __future__ import annotations

from typing import Any

from bartizan.guard.cards import draft_all, refine
from bartizan.guard.cards.files import parse_cards
from bartizan.model.card import ToolCard
from benchmarks.flow.dojo import SUITES, Dojo, People
from benchmarks.flow.watches import nothing
from benchmarks.measure import REPOSITORY

FOLDER = REPOSITORY / "examples" / "agents" / "cards"


def reviewed_cards() -> dict[str, list[ToolCard]]:
    """Read the cards of each suite that lie below `examples/`."""
    files = {suite: FOLDER / f"{suite}.yaml" for suite in SUITES}
    return {suite: parse_cards(path.read_bytes(), path.name) for suite, path in files.items()}


def drafted_cards(dojo: Dojo) -> dict[str, list[ToolCard]]:
    """Draft a card for every tool of each suite from its name, description and schema of arguments."""
    return {suite: draft_all(map(_definition, dojo.suites[suite].tools)) for suite in SUITES}


def _definition(tool: Any) -> dict[str, Any]:
    """The definition of a tool as an MCP server would list it."""
    schema = tool.parameters.model_json_schema()
    return {"name": tool.name, "description": tool.description, "inputSchema": schema}


def refined_cards(dojo: Dojo) -> dict[str, list[ToolCard]]:
    """Draft cards, and let them see what tools return in honest sessions."""
    found = {suite: {card.tool: card for card in of} for suite, of in drafted_cards(dojo).items()}
    for suite, cards in found.items():
        for user in dojo.suites[suite].user_tasks:
            for call in dojo.honest(suite, user, nothing, People()).calls:
                cards[call.tool] = refine(cards[call.tool], call.result)
    return {suite: list(cards.values()) for suite, cards in found.items()}
