"""Embeddings of OpenAI, Azure OpenAI and all who speak the same."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import BodyError, Exchange, Format, Origin, Usage
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.errors import refusal
from bartizan.guard.formats.openai.head import COMMON, Take, take_head
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.formats.openai.response import read_answer
from bartizan.guard.formats.openai.words import is_source

__all__ = ["FORMATS"]

_MOST_TOKEN = 10_000_000
"""No model has as many tokens; what is larger is some other number."""


def request(exchange: Exchange) -> None:
    """Read a request. Raises BodyError."""
    read = Reader(exchange)
    tree = take_head(read, exchange.tree, stored=False)
    if "input" not in tree:
        raise BodyError("there is no `input`")
    for name in list(tree):
        take = _MEMBERS.get(name)
        if take is not None:
            take(read, tree, name)
        else:
            read.other(tree, name, _MEMBERS, Origin.PARAMETER, "", None)


def _input(read: Reader, tree: dict[str, Any], name: str) -> None:
    texts = tree[name]
    if type(texts) is not list:
        read.text(tree, name, Origin.USER)
    elif _tokens(texts):
        read.opaque("tokens", (None, name))
    else:
        for number, text in enumerate(texts):
            if type(text) is list and _tokens(text):
                read.opaque("tokens", ((None, name), number))
            else:
                read.text(texts, number, Origin.USER, "", (None, name))


def _tokens(values: list[Any]) -> bool:
    return bool(values) and all(type(value) is int and 0 <= value < _MOST_TOKEN for value in values)


_MEMBERS: dict[str, Take] = {**COMMON, "input": _input}


def answer(exchange: Exchange) -> None:
    """Read an answer. Raises BodyError."""
    read, tree = read_answer(exchange), exchange.tree
    for name in list(tree):
        if name == "data" and type(tree[name]) is list:
            for number, one in enumerate(tree[name]):
                _embedding(read, tree[name], number, one)
        else:
            read.other(tree, name, (), Origin.MODEL, "", None)


def _embedding(read: Reader, data: list[Any], number: int, one: Any) -> None:
    if type(one) is not dict:
        read.spare(data, number, Origin.MODEL, "", (None, "data"))
        return
    for name in list(one):
        where: Where = ((None, "data"), number)
        if name == "embedding" and _vector(one[name]):
            read.opaque("tokens", (where, name))
        else:
            read.other(one, name, (), Origin.MODEL, "", where)


def _vector(value: Any) -> bool:
    """Tell whether a value is an embedding, as numbers or as their bytes."""
    if type(value) is list:
        return {float, int} >= set(map(type, value))
    return type(value) is str and is_source(value)


def usage(tree: Any) -> Usage | None:
    """Read the tokens that an answer tells; there are none of output."""
    told = tree.get("usage") if type(tree) is dict else None
    count = told.get("prompt_tokens") if type(told) is dict else None
    return Usage(count, 0) if type(count) is int else None


FORMATS = (
    Format(
        id="openai-embeddings",
        title="OpenAI embeddings",
        action="embed",
        request=request,
        answer=answer,
        usage=usage,
        refusal=refusal,
    ),
)
