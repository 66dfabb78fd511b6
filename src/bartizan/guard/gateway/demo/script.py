"""Small instructions that a prompt may hold, by which whoever tries the gateway says what the provider shall do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["INSTRUCTIONS", "Script", "ToolCall", "read_script", "veil"]

_START = re.compile(r"\[\[([a-z0-9-]{2,20})(?:(\]\])|:)")
_VEIL = 0x55


class ToolCall(NamedTuple):
    """A call of a tool that the answer makes: the tool's name, and its arguments."""

    name: str
    arguments: Any


class Script:
    """What an answer shall say, and how it shall be sent. Without instructions it repeats what it was told.

    `chunks` are characters in a piece of a streamed answer, `bytes` bytes in one write (0: an event at once), `pause`
    milliseconds between pieces, `status` an HTTP status to fail with. `flags` are the instructions without an argument.
    """

    def __init__(self) -> None:
        self.say: str | None = None
        self.reason = ""
        self.refusal = ""
        self.tools: list[ToolCall] = []
        self.chunks = 12
        self.bytes = 0
        self.pause = 0
        self.status = 200
        self.usage: tuple[int, int] | None = None
        self.flags: set[str] = set()


def veil(text: str) -> str:
    """Write a text so that nobody who looks for values sees it in a prompt; `[[veiled:...]]` says it in the answer."""
    return bytes(byte ^ _VEIL for byte in text.encode()).hex()


def _unveiled(argument: str) -> str:
    try:
        return bytes(byte ^ _VEIL for byte in bytes.fromhex(argument)).decode(errors="replace")
    except ValueError:
        return argument


def _number(argument: str, most: int) -> int:
    return min(int(argument), most) if argument.isascii() and argument.isdigit() else 0


def _say(script: Script, argument: str) -> None:
    script.say = (script.say or "") + argument


def _reason(script: Script, argument: str) -> None:
    script.reason += argument


def _refusal(script: Script, argument: str) -> None:
    script.refusal += argument


def _tool(script: Script, argument: str) -> None:
    name, _, source = argument.partition(" ")
    try:
        arguments = json.loads(source or "{}")
    except ValueError:
        arguments = {"text": source}
    script.tools.append(ToolCall(name, arguments))


def _veiled_tool(script: Script, argument: str) -> None:
    name, _, source = argument.partition(" ")
    _tool(script, f"{name} {_unveiled(source)}")


def _usage(script: Script, argument: str) -> None:
    first, _, second = argument.partition(",")
    script.usage = (_number(first, 10**9), _number(second, 10**9))


def _big(script: Script, argument: str) -> None:
    script.say = "0123456789abcde " * (_number(argument, 100_000) * 64)


def _set(name: str, most: int) -> Callable[[Script, str], None]:
    return lambda script, argument: setattr(script, name, _number(argument, most))


_ARGUMENTS: dict[str, Callable[[Script, str], None]] = {
    "say": _say,
    "veiled": lambda script, argument: _say(script, _unveiled(argument)),
    "reason": _reason,
    "veiled-reason": lambda script, argument: _reason(script, _unveiled(argument)),
    "refusal": _refusal,
    "veiled-refusal": lambda script, argument: _refusal(script, _unveiled(argument)),
    "tool": _tool,
    "veiled-tool": _veiled_tool,
    "chunks": _set("chunks", 1_000_000),
    "bytes": _set("bytes", 1_000_000),
    "pause": _set("pause", 60_000),
    "status": _set("status", 599),
    "usage": _usage,
    "big": _big,
}

_FLAGS = {
    "cut": "the connection breaks off in the middle of the answer",
    "stall": "the answer stops in the middle and nothing more comes",
    "no-end": "a stream ends without its last events",
    "endless": "a stream goes on without end",
    "html": "a page of HTML instead of the answer",
    "html-error": "status 502 with a page of HTML",
    "wrong-type": "the answer's content type is `text/plain`",
    "not-json": "the answer is no JSON",
    "twice": "the answer has a key twice",
    "gzip-bomb": "the answer is compressed, and 100 MB when it is not",
    "gzip": "the answer is compressed, though nobody asked for it",
    "escaped": "every character of the answer's texts is a JSON escape",
    "crlf": "lines of a stream end with CR LF",
    "error-late": "a stream has an error event in the middle",
    "two-lengths": "the answer tells its length twice, and not the same",
}
INSTRUCTIONS: dict[str, str] = {
    "say": "what the answer says",
    "veiled": "the same, hidden by `veil`, so that it can't be found in the prompt",
    "reason": "what the answer's reasoning says",
    "veiled-reason": "the same, hidden",
    "refusal": "how the model refuses, where the format has a place for it",
    "veiled-refusal": "the same, hidden",
    "tool": "a call of a tool: its name, and arguments in JSON",
    "veiled-tool": "the same with the arguments hidden",
    "chunks": "characters in a piece of a streamed answer",
    "bytes": "bytes in one write",
    "pause": "milliseconds between pieces",
    "status": "HTTP status to fail with",
    "usage": "tokens of the prompt and of the answer",
    "big": "kilobytes of answer",
    **_FLAGS,
}
"""What may stand in a prompt between `[[` and `]]`, with its argument behind a colon."""


def read_script(text: str) -> Script:
    """Read the instructions of a prompt: `[[name]]` or `[[name:argument]]`. What is none stays text."""
    script = Script()
    at = 0
    while (match := _START.search(text, at)) is not None:
        at = match.end()
        name = match[1]
        if match[2] is not None:
            if name in _FLAGS:
                script.flags.add(name)
            continue
        work = _ARGUMENTS.get(name)
        end = _end(text, at, name)
        if work is not None and end >= 0:
            work(script, text[at:end])
            at = end + 2
    return script


def _end(text: str, at: int, name: str) -> int:
    """Return where an argument ends; arguments of tools are JSON, which may hold `]]` itself."""
    if name == "tool" and (space := text.find(" ", at)) >= 0 and text[space + 1 : space + 2] == "{":
        try:
            _, end = json.JSONDecoder().raw_decode(text, space + 1)
        except ValueError:
            return text.find("]]", at)
        return end if text.startswith("]]", end) else -1
    return text.find("]]", at)
