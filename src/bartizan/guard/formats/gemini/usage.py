"""Tokens as the Gemini API tells them."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Usage

__all__ = ["usage"]


def usage(tree: Any) -> Usage | None:
    """Return the tokens of an answer, of an event, or of the last event of a list. Thinking counts as output."""
    if type(tree) is list:
        told = [one for one in map(usage, tree) if one is not None]
        return told[-1] if told else None
    data = tree.get("usageMetadata", tree.get("usage_metadata")) if type(tree) is dict else None
    if type(data) is not dict:
        return None

    def count(*names: str) -> int:
        found = [data[name] for name in names if type(data.get(name)) is int]
        return sum(found) if found else -1

    made = Usage(
        count("promptTokenCount", "prompt_token_count", "toolUsePromptTokenCount", "tool_use_prompt_token_count"),
        count("candidatesTokenCount", "candidates_token_count", "thoughtsTokenCount", "thoughts_token_count"),
    )
    return None if made == Usage() else made
