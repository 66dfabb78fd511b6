"""Responses of OpenAI and Azure OpenAI, and their counting of tokens."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Answers, Exchange, Format, Origin, Usage
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.errors import refusal, responses_stream_error
from bartizan.guard.formats.openai.head import COMMON, Take, counted, take_head, take_tree
from bartizan.guard.formats.openai.items import take_items
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.formats.openai.response import read_answer, take_response, told_usage
from bartizan.guard.formats.openai.responses_stream import ends, slots
from bartizan.guard.formats.openai.tools import take_tools

__all__ = ["FORMATS"]


def request(exchange: Exchange) -> None:
    """Read a request. Raises BodyError."""
    read = Reader(exchange)
    tree = take_head(read, exchange.tree, stored=True)
    for name in list(tree):
        take = _MEMBERS.get(name)
        if take is not None:
            take(read, tree, name)
        else:
            read.other(tree, name, _MEMBERS, Origin.PARAMETER, "", None)
    exchange.most = counted(tree, "max_output_tokens")


def _input(read: Reader, tree: dict[str, Any], name: str) -> None:
    if type(tree[name]) is list:
        take_items(read, tree, name, None)
    else:
        read.text(tree, name, Origin.USER, "user")


def _instructions(read: Reader, tree: dict[str, Any], name: str) -> None:
    read.content(tree, name, Origin.SYSTEM, "", None)


def _tools(read: Reader, tree: dict[str, Any], name: str) -> None:
    take_tools(read, tree, name, None)


def _state(read: Reader, tree: dict[str, Any], name: str) -> None:
    read.state(tree, name, None)


def _prompt(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take a prompt that the provider keeps, and what is filled in."""
    prompt = tree[name]
    if prompt is None:
        return
    read.opaque("state", (None, name))
    if type(prompt) is not dict:
        read.spare(tree, name, Origin.PARAMETER, "", None)
        return
    for inner in list(prompt):
        if inner == "variables" and type(prompt[inner]) is dict:
            _variables(read, prompt[inner], ((None, name), inner))
        else:
            read.other(prompt, inner, ("variables",), Origin.PARAMETER, "", (None, name))


def _variables(read: Reader, variables: dict[str, Any], where: Where) -> None:
    for name in list(variables):
        read.named(variables, name, Origin.PARAMETER, where)
        read.part(variables, name, Origin.USER, "user", where, -1)


def _background(read: Reader, tree: dict[str, Any], name: str) -> None:
    """Take whether the answer shall be fetched later, which is another call."""
    COMMON["background"](read, tree, name)
    if tree[name]:
        read.opaque("state", (None, name))


_MEMBERS: dict[str, Take] = {
    **COMMON,
    **dict.fromkeys(
        ("access_programs", "background_options", "context_management", "image", "reasoning", "text"), take_tree
    ),
    "input": _input,
    "instructions": _instructions,
    "tools": _tools,
    "previous_response_id": _state,
    "conversation": _state,
    "prompt": _prompt,
    "background": _background,
}


def answer(exchange: Exchange) -> None:
    """Read a whole answer. Raises BodyError."""
    take_response(read_answer(exchange), exchange.tree, None)


def usage(tree: Any) -> Usage | None:
    """Read the tokens that an answer or an event tells."""
    response = tree.get("response", tree) if type(tree) is dict else None
    return told_usage(response, "input_tokens", "output_tokens")


def _counted(exchange: Exchange) -> None:
    read = read_answer(exchange)
    for name in list(exchange.tree):
        read.other(exchange.tree, name, (), Origin.MODEL, "", None)


def _no_usage(_: Any) -> None:
    """Counting uses no tokens."""


FORMATS = (
    Format(
        id="openai-responses",
        title="OpenAI Responses",
        action="chat",
        request=request,
        answer=answer,
        usage=usage,
        refusal=refusal,
        streams=Answers(slots, ends, usage, responses_stream_error),
    ),
    Format(
        id="openai-count",
        title="OpenAI token counting",
        action="count-tokens",
        request=request,
        answer=_counted,
        usage=_no_usage,
        refusal=refusal,
    ),
)
