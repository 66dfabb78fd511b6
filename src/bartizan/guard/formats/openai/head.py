"""Members that requests of all formats of OpenAI have: the model, settings, and what is said about the caller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bartizan.guard.exchange import BodyError, Origin
from bartizan.guard.formats.openai.reader import Reader

__all__ = ["COMMON", "Take", "counted", "take_head", "take_tree"]

Take = Callable[[Reader, dict[str, Any], str], None]
"""Takes one member of a request."""

_SETTINGS = """
    background encoding_format dimensions frequency_penalty logprobs max_completion_tokens max_output_tokens
    max_tokens max_tool_calls n parallel_tool_calls presence_penalty prompt_cache_retention reasoning_effort seed
    service_tier store temperature top_logprobs top_p truncation verbosity
"""
"""Members of which conditions may speak: numbers, and words of fixed lists."""

_SAID = ("user", "safety_identifier", "prompt_cache_key")
"""Members that may name a person: conditions learn that they are there, not what they say."""


def take_head(read: Reader, tree: Any, *, stored: bool) -> dict[str, Any]:
    """Read what a request asks for, and return it. `stored` is whether the provider keeps answers unless told not to.

    Raises BodyError.
    """
    if type(tree) is not dict:
        raise BodyError("the body is no object")
    exchange = read.exchange
    model, stream = tree.get("model"), tree.get("stream")
    if model is not None:
        if type(model) is not str:
            raise BodyError("`model` is no string")
        exchange.model = model
    if stream is not None:
        if type(stream) is not bool:
            raise BodyError("`stream` is neither true nor false")
        exchange.stream = stream
    exchange.parameters["store"] = stored
    return tree


def take_model(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take the model's name, which is a place to write another in as well."""
    if type(tree[name]) is str:
        read.exchange.models.append((tree, name))
        read.member(tree, name, Origin.PARAMETER, "", None)


def take_setting(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take a setting, and let conditions know it."""
    value = tree[name]
    if value is not None:
        if type(value) in (bool, int, float, str):
            read.exchange.parameters[name] = value
        read.spare(tree, name, Origin.PARAMETER, "", None)


def take_said(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take a member that is the caller's own text."""
    value = tree[name]
    if value:
        read.exchange.parameters[name] = True
        read.member(tree, name, Origin.PARAMETER, "", None)


def take_tree(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take a member in which the format's words may stand."""
    read.spare(tree, name, Origin.PARAMETER, "", None)


COMMON: dict[str, Take] = {
    **dict.fromkeys(_SETTINGS.split(), take_setting),
    **dict.fromkeys((*_SAID, "metadata"), take_said),
    **dict.fromkeys(
        ("include", "logit_bias", "modalities", "moderation", "prompt_cache_options", "stream_options", "tool_choice"),
        take_tree,
    ),
    "model": take_model,
    "stream": take_tree,
}


def counted(tree: dict[str, Any], *names: str) -> int:
    """Return the largest of some whole numbers, 0 where none is told."""
    told = [tree[name] for name in names if type(tree.get(name)) is int]
    return max(0, *told) if told else 0
