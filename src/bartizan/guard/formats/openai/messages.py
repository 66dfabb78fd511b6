"""Messages of chat completions, those of a request and those of an answer's choices."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.reader import Reader
from bartizan.guard.formats.openai.words import is_source

__all__ = ["ORIGINS", "take_call", "take_called", "take_choices", "take_logprobs", "take_message", "take_voice"]

ORIGINS = {
    "system": Origin.SYSTEM,
    "developer": Origin.DEVELOPER,
    "user": Origin.USER,
    "assistant": Origin.MODEL,
    "tool": Origin.TOOL_RESULT,
    "function": Origin.TOOL_RESULT,
}

_SAID = frozenset(("content", "refusal", "reasoning_content", "reasoning", "reasoning_details"))
_MESSAGE = _SAID.union(
    ("annotations", "audio", "context", "function_call", "name", "role", "tool_call_id", "tool_calls")
)
_CALL = frozenset(("id", "type", "index", "function", "custom"))
_CALLED = frozenset(("name", "arguments", "input"))


def take_message(read: Reader, message: dict[str, Any], where: Where) -> None:
    """Take a message, which stands at `where`."""
    role = message.get("role")
    if type(role) is not str:
        role = "assistant" if read.answer else ""
    origin = ORIGINS.get(role, Origin.MODEL if read.answer else Origin.USER)
    for name, value in message.items():
        if name == "content":
            read.content(message, name, origin, role, where)
        elif name == "role":
            if type(value) is not str or value not in ORIGINS:
                read.spare(message, name, origin, "", where)
        elif value is None and name in _MESSAGE:
            continue
        elif name == "tool_calls" and type(value) is list:
            _calls(read, value, role, (where, name))
        elif name == "function_call":
            take_called(read, message, name, role, where)
        elif name in _SAID:
            read.content(message, name, origin, role, where)
        elif name == "audio":
            take_voice(read, message, role, where)
        elif name in ("annotations", "context"):  # the second is Azure's, with what it looked up
            read.spare(message, name, Origin.RETRIEVED, role, where)
        else:
            read.other(message, name, _MESSAGE, origin, role, where)


def _calls(read: Reader, calls: list[Any], role: str, where: Where) -> None:
    for number, call in enumerate(calls):
        if type(call) is dict:
            take_call(read, call, role, (where, number))
        else:
            read.spare(calls, number, Origin.TOOL_CALL, role, where)


def take_call(read: Reader, call: dict[str, Any], role: str, where: Where) -> None:
    """Take a call of a tool."""
    for name in list(call):
        if name in ("function", "custom"):
            take_called(read, call, name, role, where)
        else:
            read.other(call, name, _CALL, Origin.TOOL_CALL, role, where)


def take_called(read: Reader, holder: Any, key: str, role: str, where: Where) -> None:
    """Take what is called, and with what."""
    called = holder[key]
    if type(called) is not dict:
        read.spare(holder, key, Origin.TOOL_CALL, role, where)
        return
    where = (where, key)
    for name in list(called):
        if name == "arguments":
            read.inner(called, name, Origin.TOOL_CALL, role, where)
        elif name in ("name", "input"):
            read.text(called, name, Origin.TOOL_CALL, role, where)
        else:
            read.other(called, name, _CALLED, Origin.TOOL_CALL, role, where)


def take_voice(read: Reader, message: dict[str, Any], role: str, where: Where) -> None:
    """Take a spoken answer: what it says in writing is the text, and the sound goes with it."""
    audio = message["audio"]
    if type(audio) is not dict:
        read.spare(message, "audio", Origin.MODEL, role, where)
        return
    where = (where, "audio")
    first = len(read.exchange.pieces)
    for name in list(audio):
        value = audio[name]
        if name == "transcript":
            read.text(audio, name, Origin.MODEL, role, where)
        elif name == "data" and type(value) is str and is_source(value, 64):
            read.opaque("audio", (where, name))
        elif name == "id" and not read.answer:  # the sound of an earlier turn, which the provider has kept
            read.state(audio, name, where)
        else:
            read.other(audio, name, ("transcript", "data", "id"), Origin.MODEL, role, where)
    if "data" in audio:
        read.shadow(first, audio, "data")


def take_choices(read: Reader, tree: dict[str, Any], key: str) -> None:
    """Take the choices of an answer."""
    choices = tree[key]
    for number, choice in enumerate(choices):
        where: Where = ((None, key), number)
        if type(choice) is dict:
            _choice(read, choice, where)
        else:
            read.spare(choices, number, Origin.MODEL, "", (None, key))


def _choice(read: Reader, choice: dict[str, Any], where: Where) -> None:
    first = len(read.exchange.pieces)
    message = choice.get("message")
    for name in list(choice):
        if name == "message" and type(message) is dict:
            take_message(read, message, (where, name))
        elif name == "logprobs" and choice[name] is not None:
            take_logprobs(read, choice, message, where)
        else:
            read.other(choice, name, (), Origin.MODEL, "", where)
    if choice.get("logprobs"):
        read.shadow(first, choice, "logprobs")


def take_logprobs(read: Reader, choice: dict[str, Any], message: Any, where: Where) -> None:
    """Take the tokens of a choice, as far as they say something else than its message."""
    logprobs = choice["logprobs"]
    if type(logprobs) is not dict:
        read.spare(choice, "logprobs", Origin.MODEL, "", where)
        return
    where = (where, "logprobs")
    for name in list(logprobs):
        if name in ("content", "refusal"):
            text = message.get(name) if type(message) is dict else None
            read.logprobs(logprobs, name, text, Origin.MODEL, "", where)
        else:
            read.other(logprobs, name, ("content", "refusal"), Origin.MODEL, "", where)
