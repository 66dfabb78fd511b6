"""Streamed chat completions: chunks with what each choice says next.

A channel is named like the place that its text has in the whole answer: `/choices/0/content`.
"""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Origin, Slot, SlotKind
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.events import EventReader
from bartizan.guard.formats.openai.messages import (
    ORIGINS,
    take_call,
    take_called,
    take_logprobs,
    take_message,
    take_voice,
)
from bartizan.guard.formats.openai.words import HANDLES, WORDS, is_name
from bartizan.guard.streams.sse import StreamError

__all__ = ["ends", "slots"]

_DELTA, _WHOLE, _ALONE = SlotKind.DELTA, SlotKind.WHOLE, SlotKind.ALONE
_THOUGHT = ("reasoning", "thinking")
"""Beginnings of the names that makers gave to what a model says to itself."""

Shadows = tuple[tuple[Any, str | int], ...]


def slots(_: str, tree: Any) -> list[Slot]:
    """List the texts of a chunk. Raises StreamError for what is none."""
    if type(tree) is not dict:
        raise StreamError("an event is no object")
    out: list[Slot] = []
    rest: EventReader | None = None
    for name, value in tree.items():
        kind = type(value)
        if kind is str:
            if name in HANDLES:
                if value and value not in WORDS and not is_name(value, name):
                    out.append(Slot(_ALONE, f"/{name}", tree, name))
                continue
            if value in WORDS and name in WORDS:
                continue
        elif kind is list and name == "choices":
            for position, choice in enumerate(value):
                if type(choice) is not dict:
                    raise StreamError("a choice is no object")
                _choice(out, choice, _index(choice, position))
            continue
        elif (value is None and name in WORDS) or (name == "created" and kind is int):
            continue
        rest = rest or EventReader()
        rest.other(tree, name, (), Origin.MODEL, "", None)
    return out if rest is None else out + rest.slots(_ALONE)


def _index(told: dict[str, Any], position: int) -> int:
    index = told.get("index")
    return index if type(index) is int else position


def _choice(out: list[Slot], choice: dict[str, Any], index: int) -> None:
    where: Where = ((None, "choices"), index)
    shadows: Shadows = ((choice, "logprobs"),) if choice.get("logprobs") else ()
    rest: EventReader | None = None
    for name, value in choice.items():
        kind = type(value)
        if (value is None and name in WORDS) or (name == "index" and kind is int):
            continue
        if name == "delta" and kind is dict:
            _delta(out, value, index, where, shadows)
        elif name == "finish_reason" and kind is str and value in WORDS:
            continue
        elif name == "logprobs":
            _logprobs(out, choice, where, shadows)
        elif name == "message" and kind is dict:
            whole = EventReader()
            take_message(whole, value, where)
            out += whole.slots(_WHOLE)
        else:
            rest = rest or EventReader()
            rest.other(choice, name, (), Origin.MODEL, "", where)
    if rest is not None:
        out += rest.slots(_DELTA, _SAID)


_SAID = frozenset(("text", "delta"))
"""Members of a choice that say the next piece of something: older completions', and what isn't what it should be."""


def _delta(out: list[Slot], delta: dict[str, Any], index: int, where: Where, shadows: Shadows) -> None:
    read: EventReader | None = None
    for name, value in delta.items():
        if type(value) is str:
            if name == "role" and value in ORIGINS:
                continue
            if name in WORDS:
                if not value:
                    continue
                said = shadows if name in ("content", "refusal") else ()
                out.append(Slot(_DELTA, f"/choices/{index}/{name}", delta, name, "model", False, said))
                continue
        elif value is None and name in WORDS:
            continue
        read = read or EventReader()
        if name == "annotations" or name == "context":
            looked = EventReader()
            looked.spare(delta, name, Origin.RETRIEVED, "", where)
            out += looked.slots(_ALONE)
        else:
            _unusual(read, delta, name, where)
    if read is not None:
        out += read.slots(_DELTA)


def _unusual(read: EventReader, delta: dict[str, Any], name: str, where: Where) -> None:
    """Take a member of a delta that is no plain text."""
    value = delta[name]
    if name == "tool_calls" and type(value) is list:
        where = (where, name)
        for position, call in enumerate(value):
            if type(call) is dict:
                take_call(read, call, "", (where, _index(call, position)))
            else:
                read.spare(value, position, Origin.TOOL_CALL, "", where)
    elif name == "function_call":
        take_called(read, delta, name, "", where)
    elif name == "audio":
        take_voice(read, delta, "", where)
    elif name == "content" or name.startswith(_THOUGHT):
        read.content(delta, name, Origin.MODEL, "", where)
    elif type(value) is str:  # the next piece of something new may look like a word of the format by chance
        read.named(delta, name, Origin.MODEL, where)
        read.text(delta, name, Origin.MODEL, "", where)
    else:
        read.other(delta, name, (), Origin.MODEL, "", where)


def _logprobs(out: list[Slot], choice: dict[str, Any], where: Where, shadows: Shadows) -> None:
    """Take tokens that say something else than the delta: makers tell them in a chunk of their own, or later."""
    read = EventReader()
    take_logprobs(read, choice, choice.get("delta"), where)
    for slot in read.slots(_ALONE):
        channel = slot.channel.rsplit("/", 2)[0]
        said = slot.key == "token" and channel.endswith(("/content", "/refusal"))
        out.append(slot._replace(kind=_DELTA if said else _ALONE, channel=channel, shadows=shadows))


def ends(_: str, tree: Any) -> tuple[str, ...]:
    """Say which texts have ended: all of a choice with its reason to finish, and a tool's name with its arguments.

    What begins after a text doesn't end it: makers send calls of tools, reasoning and content in turns.
    """
    out: list[str] = []
    choices = tree.get("choices")
    for position, choice in enumerate(choices if type(choices) is list else ()):
        base = f"/choices/{_index(choice, position)}/"
        delta = choice.get("delta")
        if choice.get("finish_reason") is not None:
            out.append(base)
        elif type(delta) is dict and type(delta.get("tool_calls")) is list:
            _ended_by_calls(out, delta["tool_calls"], base)
    return tuple(out)


def _ended_by_calls(out: list[str], calls: list[Any], base: str) -> None:
    for position, call in enumerate(calls):
        called = call.get("function", call.get("custom")) if type(call) is dict else None
        if type(called) is dict and (called.get("arguments") or called.get("input")):
            out += (f"{base}tool_calls/{_index(call, position)}/{name}/name" for name in ("function", "custom"))
