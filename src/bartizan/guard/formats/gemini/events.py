"""Streamed answers of the Gemini API: each event is an answer of its own with what comes next."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import BodyError, Slot, SlotKind
from bartizan.guard.formats.alone import Vocabulary, take_alone
from bartizan.guard.formats.gemini.words import CAMEL, NAMES, WORDS

__all__ = ["ends", "slots"]

_MADE = ("createTime", "data", "finishReason", "mimeType", "modelVersion", "responseId", "role", "thoughtSignature")
_WORDS = Vocabulary(WORDS, NAMES, frozenset(name for name in NAMES if CAMEL.get(name, name) in _MADE))
"""Fixed are members that the provider makes up, and what can't be read here."""
_ORIGINS = {
    "functionCall": "tool-call",
    "executableCode": "tool-call",
    "toolCall": "tool-call",
    "codeExecutionResult": "tool-result",
    "functionResponse": "tool-result",
    "toolResponse": "retrieved",
    "citationMetadata": "retrieved",
    "groundingMetadata": "retrieved",
    "urlContextMetadata": "retrieved",
}


def slots(_: str, tree: Any) -> list[Slot]:
    """Return the texts of an event. Raises BodyError for what is no object."""
    if type(tree) is not dict:
        raise BodyError("an event must be an object")
    out: list[Slot] = []
    for name, value in tree.items():
        if name == "candidates" and type(value) is list:
            for number, candidate in enumerate(value):
                if type(candidate) is dict:
                    _candidate(candidate, number, out)
                else:
                    take_alone(candidate, value, number, "model", out, _WORDS)
        else:
            take_alone(value, tree, name, "model", out, _WORDS)
    return out


def _candidate(candidate: dict[str, Any], number: int, out: list[Slot]) -> None:
    index = candidate.get("index", number)
    chances = "logprobsResult" if "logprobsResult" in candidate else "logprobs_result"
    shadows = ((candidate, chances),) if chances in candidate else ()
    for name, value in candidate.items():
        if name == "content" and type(value) is dict:
            parts = value.get("parts")
            if type(parts) is list:
                for place, part in enumerate(parts):
                    if type(part) is dict:
                        _part(part, index, shadows, out)
                    else:
                        take_alone(part, parts, place, "model", out, _WORDS)
            _others(value, ("parts",) if type(parts) is list else (), "model", out)
        elif name == chances and type(value) is dict:
            _chances(value, index, out)
        elif name != "index" or type(value) is not int:
            take_alone(value, candidate, name, _ORIGINS.get(CAMEL.get(name, name), "model"), out, _WORDS)


def _part(part: dict[str, Any], index: object, shadows: tuple[tuple[Any, str | int], ...], out: list[Slot]) -> None:
    if type(part.get("text")) is str:
        channel = f"candidate {index} {'thought' if part.get('thought') else 'text'}"
        out.append(Slot(SlotKind.DELTA, channel, part, "text", shadows=shadows))
        if len(part) > 1:
            _others(part, ("text",), "model", out)
        return
    for name, value in part.items():
        camel = CAMEL.get(name, name)
        if camel == "functionCall" and type(value) is dict:
            _call(value, index, out)
        else:
            take_alone(value, part, name, _ORIGINS.get(camel, "model"), out, _WORDS)


def _call(call: dict[str, Any], index: object, out: list[Slot]) -> None:
    """Take a call, whose arguments come whole, or in pieces that each name the place where they go on."""
    for name, value in call.items():
        if CAMEL.get(name, name) != "partialArgs" or type(value) is not list:
            take_alone(value, call, name, "tool-call", out, _WORDS)
            continue
        for number, one in enumerate(value):
            if type(one) is not dict:
                take_alone(one, value, number, "tool-call", out, _WORDS)
                continue
            text = "stringValue" if "stringValue" in one else "string_value"
            if type(one.get(text)) is str:
                channel = f"candidate {index} argument {one.get('jsonPath', one.get('json_path'))}"
                out.append(Slot(SlotKind.DELTA, channel, one, text, "tool-call"))
            _others(one, (text,), "tool-call", out)


def _chances(result: dict[str, Any], index: object, out: list[Slot]) -> None:
    """Take tokens with their probabilities: those that were chosen say the text once more, the others nearly.

    Each rank is followed as a text. A token's number tells it as well, so it goes when the token is changed.
    """
    for name, value in result.items():
        camel = CAMEL.get(name, name)
        if camel == "chosenCandidates" and type(value) is list:
            for number in range(len(value)):
                _token(value, number, f"candidate {index} chosen", out)
        elif camel == "topCandidates" and type(value) is list:
            for step in value:
                ranked = step.get("candidates") if type(step) is dict else None
                ranks = ranked if type(ranked) is list else []
                for rank in range(len(ranks)):
                    _token(ranks, rank, f"candidate {index} rank {rank}", out)
                if type(step) is dict:
                    _others(step, ("candidates",) if type(ranked) is list else (), "model", out)
        else:
            take_alone(value, result, name, "model", out, _WORDS)


def _token(holder: list[Any], at: int, channel: str, out: list[Slot]) -> None:
    one = holder[at]
    if type(one) is not dict or type(one.get("token")) is not str:
        take_alone(one, holder, at, "model", out, _WORDS)
    else:
        number = "tokenId" if "tokenId" in one else "token_id"
        shadows = ((one, number),) if number in one else ()
        out.append(Slot(SlotKind.DELTA, channel, one, "token", shadows=shadows))
        _others(one, ("token", number), "model", out)


def _others(holder: dict[str, Any], known: tuple[str, ...], origin: str, out: list[Slot]) -> None:
    for name, value in holder.items():
        if name not in known:
            take_alone(value, holder, name, origin, out, _WORDS)


def ends(_: str, __: Any) -> tuple[str, ...]:
    """Return which texts an event ends: none, as a `finishReason` may stand in every event, the first included."""
    return ()
