"""Gemini's embedContent and batchEmbedContents (package `google-genai` 3.6)."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import BodyError, Exchange, Format, Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.gemini.contents import Contents
from bartizan.guard.formats.gemini.errors import refusal
from bartizan.guard.formats.gemini.request import named
from bartizan.guard.formats.gemini.usage import usage

__all__ = ["FORMATS"]


def _request(exchange: Exchange) -> None:
    body = exchange.tree
    if type(body) is not dict:
        raise BodyError("the body must be an object")
    walk, requests = Contents(exchange), body.get("requests")
    if requests is None:
        _one(walk, body, None)
        return
    if type(requests) is not list or "content" in body:
        raise BodyError("`requests` must be a list, without `content` beside it")
    for number, one in enumerate(requests):
        if type(one) is not dict:
            raise BodyError("a request must be an object")
        _one(walk, one, ((None, "requests"), number))
    walk.members(body, ("requests",), Origin.PARAMETER, "", None)


def _one(walk: Contents, body: dict[str, Any], where: Where) -> None:
    if "content" not in body:
        raise BodyError("`content` must be there")
    if "model" in body:
        named(walk, body, where)
    walk.contents(body, "content", where)
    walk.members(body, ("content", "model"), Origin.PARAMETER, "", where)


def _answer(exchange: Exchange) -> None:
    """Read an answer: its numbers are no texts."""
    body = exchange.tree
    if type(body) is not dict:
        raise BodyError("the answer must be an object")
    walk = Contents(exchange)
    walk.members(body, ("embedding", "embeddings"), Origin.MODEL, "", None)
    for name in ("embedding", "embeddings"):
        vectors = body.get(name)
        for number, one in enumerate(vectors if type(vectors) is list else [vectors]):
            where: Where = (None, name)
            if type(one) is dict:
                walk.members(one, ("values",), Origin.MODEL, "", (where, number) if type(vectors) is list else where)
                if not _is_numbers(one.get("values")):
                    raise BodyError("`values` must be numbers")
            elif one is not None:
                raise BodyError(f"`{name}` must be an object or a list of them")


def _is_numbers(values: Any) -> bool:
    return values is None or (type(values) is list and all(type(one) in (int, float) for one in values))


FORMATS = (
    Format(
        id="gemini-embed",
        title="Gemini embedContent",
        action="embed",
        request=_request,
        answer=_answer,
        usage=usage,
        refusal=refusal,
    ),
)
