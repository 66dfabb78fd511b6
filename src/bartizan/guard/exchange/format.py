"""What a wire format tells of itself: the contract of modules in `guard/formats`, which name theirs in `FORMATS`."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from bartizan.guard.exchange.exchange import Exchange

__all__ = ["Answers", "Format", "Slot", "SlotKind", "Usage"]


class SlotKind(StrEnum):
    """What a text in an event of a stream is to the texts before it."""

    DELTA = "delta"
    """The next piece of a channel."""
    WHOLE = "whole"
    """A channel's whole text once more; it must say the same."""
    ALONE = "alone"
    """A text of its own, whole in this event."""
    SEAL = "seal"
    """A signature over a channel's text so far; it is emptied when that was changed."""


class Slot(NamedTuple):
    """A text in a decoded event. `channel` names the text that it continues, such as `choice 0 content`.

    `origin` is `model` for what a model says and `tool-call` for arguments. `json` tells that the channel's whole text
    is JSON in a string. `shadows` are places (holder, key) in the event that say the same text again, such as log
    probabilities by token: they are removed when the text is changed. The name of a channel with a seal ends in
    `signed`: what was hidden from the provider should stay hidden in it, so that the caller can send it back.
    """

    kind: SlotKind
    channel: str
    holder: Any
    key: str | int
    origin: str = "model"
    json: bool = False
    shadows: tuple[tuple[Any, str | int], ...] = ()


class Usage(NamedTuple):
    """Tokens as the provider counts them; -1 where it didn't say."""

    input: int = -1
    output: int = -1


class Answers(NamedTuple):
    """How a format's streamed answers are read, event by event.

    `slots` lists the texts of a decoded event, every string of it but ids, types and other fixed words, and raises
    BodyError for what is no event; `ends` says which channels (prefixes of their names) can get nothing more after this
    event, `("",)` for all; `usage` reads the tokens that an event tells, None where it tells none; `error` makes the
    bytes that end a stream which was stopped, from the rule's id and a sentence.
    """

    slots: Callable[[str, Any], list[Slot]]
    ends: Callable[[str, Any], tuple[str, ...]]
    usage: Callable[[Any], Usage | None]
    error: Callable[[str, str], bytes]


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A wire format. `id` as in events and policies, `action` what a call of it does (`chat`, `embed`).

    `request` and `answer` fill an exchange from its decoded tree; they raise BodyError for what is not of the format.
    `usage` reads the tokens of a whole answer. `refusal` makes the body of an error in the caller's own shape from the
    HTTP status, the rule's id and a sentence. `streams` is None where answers never come in pieces.
    """

    id: str
    title: str
    action: str
    request: Callable[[Exchange], None]
    answer: Callable[[Exchange], None]
    usage: Callable[[Any], Usage | None]
    refusal: Callable[[int, str, str], bytes]
    streams: Answers | None = None
