"""A response as the provider tells it, whole or in an event: what is new in it, and the request said back."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.items import take_items
from bartizan.guard.formats.openai.reader import Reader

__all__ = ["take_output", "take_response", "take_said_back"]

_NEW = frozenset(("output", "output_text", "error"))


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
