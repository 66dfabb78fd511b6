"""Answers as the provider tells them: how one begins to be read, its tokens, and a response whole or in an event."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import BodyError, Exchange, Origin, Usage
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.items import take_items
from bartizan.guard.formats.openai.reader import Reader

__all__ = ["read_answer", "take_output", "take_response", "take_said_back", "told_usage"]

_NEW = frozenset(("output", "output_text", "error"))


def read_answer(exchange: Exchange) -> Reader:
    """Begin to read an answer. Raises BodyError when it is no object."""
    if type(exchange.tree) is not dict:
        raise BodyError("the body is no object")
    return Reader(exchange, answer=True)


def told_usage(holder: Any, asked: str, said: str) -> Usage | None:
    """Read the tokens that an answer or an event tells below `usage`, by the names of their counts."""
    told = holder.get("usage") if type(holder) is dict else None
    if type(told) is not dict:
        return None
    return Usage(*(count if type(count) is int else -1 for count in (told.get(asked), told.get(said))))


def take_response(read: Reader, response: dict[str, Any], where: Where) -> None:
    """Take all of a response."""
    take_output(read, response, where)
    take_said_back(read, response, where)


def take_output(read: Reader, response: dict[str, Any], where: Where) -> None:
    """Take what the response says."""
    for name, value in response.items():
        if name == "output" and type(value) is list:
            take_items(read, response, name, where)
        elif name in _NEW:
            read.spare(response, name, Origin.MODEL, "", where)


def take_said_back(read: Reader, response: dict[str, Any], where: Where) -> None:
    """Take what the response repeats of its request, and what is told about it."""
    for name in list(response):
        if name in _NEW:
            continue
        if name == "metadata" or name == "instructions":
            read.member(response, name, Origin.PARAMETER, "", where)
        else:
            read.other(response, name, (), Origin.PARAMETER, "", where)
