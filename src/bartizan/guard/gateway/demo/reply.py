"""What the made-up provider answers, before it is written to a connection."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bartizan.guard.gateway.demo.script import Script

__all__ = ["Asked", "Reply", "dumped", "event", "failure", "pieces", "texts", "tokens", "vector"]

JSON = "application/json"
SSE = "text/event-stream"


class Asked(NamedTuple):
    """A request that was understood: the path behind the door, the query, the body, and what its prompt asks for."""

    path: str
    query: str
    tree: dict[str, Any]
    text: str
    script: Script

    @property
    def said(self) -> str:
        """What the answer says."""
        return f"you said: {self.text}" if self.script.say is None else self.script.say

    @property
    def usage(self) -> tuple[int, int]:
        """Tokens of the prompt and of the answer."""
        return self.script.usage or (tokens(json.dumps(self.tree)), tokens(self.said))


class Reply(NamedTuple):
    """An answer: HTTP status, content type, and its parts; several parts are sent one after the other."""

    status: int
    kind: str
    parts: Sequence[bytes]

    @property
    def streamed(self) -> bool:
        """Whether it comes in pieces."""
        return len(self.parts) != 1


def dumped(tree: Any, script: Script) -> str:
    """Write JSON; with `[[escaped]]`, every character of every string value is an escape."""
    if "escaped" in script.flags:
        return "".join(_escaped(tree))
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


def _escaped(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        inner = (f"{json.dumps(name)}:{''.join(_escaped(value))}" for name, value in tree.items())
        yield "{" + ",".join(inner) + "}"
    elif isinstance(tree, list):
        yield "[" + ",".join("".join(_escaped(value)) for value in tree) + "]"
    elif isinstance(tree, str):
        units = tree.encode("utf-16-be", "surrogatepass")
        yield '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2)) + '"'
    else:
        yield json.dumps(tree)


def event(tree: Any, script: Script, name: str = "") -> bytes:
    """Write one server-sent event."""
    line = "\r\n" if "crlf" in script.flags else "\n"
    first = f"event: {name}{line}" if name else ""
    return f"{first}data: {dumped(tree, script)}{line}{line}".encode(errors="surrogatepass")


def pieces(text: str, size: int) -> list[str]:
    """Cut a text into pieces of so many characters."""
    return [text[at : at + size] for at in range(0, len(text), max(size, 1))]


def texts(value: Any) -> str:
    """Return the texts of a message's content, whatever of the formats it is of."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(texts(one) for one in value)
    if isinstance(value, dict):
        return texts(value.get("text") or value.get("content") or value.get("parts") or "")
    return ""


def tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    return max(len(text) // 4, 1)


def vector(text: str) -> list[float]:
    """Return numbers that depend on a text, to stand for an embedding."""
    return [round(((sum(text.encode()) * (number + 7)) % 2000) / 1000 - 1, 3) for number in range(8)]


def failure(door: str, status: int, sentence: str) -> bytes:
    """Return an error in the shape of a door's own provider."""
    if door == "anthropic":
        tree: Any = {"type": "error", "error": {"type": "api_error", "message": sentence}, "request_id": "req_demo"}
    elif door == "gemini":
        tree = {"error": {"code": status, "message": sentence, "status": "UNAVAILABLE"}}
    else:
        tree = {"error": {"message": sentence, "type": "server_error", "param": None, "code": "demo_error"}}
    return json.dumps(tree).encode()
