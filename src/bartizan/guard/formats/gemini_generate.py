"""Gemini's generateContent and streamGenerateContent, and its counting of tokens (package `google-genai` 3.6)."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Answers, BodyError, Exchange, Format, Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.gemini.chances import Chances
from bartizan.guard.formats.gemini.contents import Contents, spelled
from bartizan.guard.formats.gemini.errors import refusal, stream_error
from bartizan.guard.formats.gemini.events import ends, slots
from bartizan.guard.formats.gemini.request import generation
from bartizan.guard.formats.gemini.usage import usage

__all__ = ["FORMATS"]

_CHANCES = ("logprobsResult", "logprobs_result")


def _object(exchange: Exchange) -> dict[str, Any]:
    if type(exchange.tree) is not dict:
        raise BodyError("the body must be an object")
    return exchange.tree


def _request(exchange: Exchange) -> None:
    generation(Contents(exchange), _object(exchange), None)


def _count(exchange: Exchange) -> None:
    body, walk = _object(exchange), Contents(exchange)
    names = spelled(body)
    name = names.get("generateContentRequest")
    if name is None:
        generation(walk, body, None)
    elif "contents" in names or type(body[name]) is not dict:
        raise BodyError("`contents` and `generateContentRequest` can't both be there")
    else:
        generation(walk, body[name], (None, name))
        walk.members(body, ("generateContentRequest",), Origin.PARAMETER, "", None)


def _answer(exchange: Exchange) -> None:
    """Read an answer, or the list of them that a stream without server-sent events is."""
    walk, runs = Contents(exchange), dict[object, int]()
    if type(exchange.tree) is list:
        for number, one in enumerate(exchange.tree):
            if type(one) is not dict:
                raise BodyError("an answer must be an object")
            _one(walk, one, (None, number), runs)
    else:
        _one(walk, _object(exchange), None, runs)


def _one(walk: Contents, body: dict[str, Any], where: Where, runs: dict[object, int]) -> None:
    candidates = body.get("candidates")
    if type(candidates) is list:
        for number in range(len(candidates)):
            _candidate(walk, candidates, number, (where, "candidates"), runs)
        walk.members(body, ("candidates",), Origin.MODEL, "", where)
    else:
        walk.members(body, (), Origin.MODEL, "", where)


def _candidate(walk: Contents, holder: list[Any], number: int, where: Where, runs: dict[object, int]) -> None:
    candidate, here = holder[number], (where, number)
    if type(candidate) is not dict:
        raise BodyError("a candidate must be an object")
    if "content" in candidate:
        index = candidate.get("index")
        index = index if type(index) is int else number
        if index not in runs:
            runs[index] = walk.run()
        first = len(walk.exchange.pieces)
        walk.content(candidate, "content", Origin.MODEL, "model", here, runs[index])
        last = len(walk.exchange.pieces)
        walk.exchange.shadows += [(first, last, candidate, name) for name in _CHANCES if name in candidate]
    known = ["content"]
    name = spelled(candidate).get("logprobsResult", "")
    if type(candidate.get(name)) is dict:
        known.append("logprobsResult")
        Chances(walk).take(candidate[name], (here, name))
    walk.members(candidate, known, Origin.MODEL, "", here)


def _counted(exchange: Exchange) -> None:
    Contents(exchange).members(_object(exchange), (), Origin.MODEL, "", None)


def _no_usage(_: Any) -> None:
    """Counting uses no tokens."""


FORMATS = (
    Format(
        id="gemini-generate",
        title="Gemini generateContent",
        action="chat",
        request=_request,
        answer=_answer,
        usage=usage,
        refusal=refusal,
        streams=Answers(slots, ends, usage, stream_error),
    ),
    Format(
        id="gemini-count",
        title="Gemini countTokens",
        action="count-tokens",
        request=_count,
        answer=_counted,
        usage=_no_usage,
        refusal=refusal,
    ),
)
