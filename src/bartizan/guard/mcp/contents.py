"""Every text of MCP's messages as pieces, with who wrote it, so that data rules and signals see all there is.

What goes to a server was written by the model (arguments), the person (answers to a form) or the client (the rest);
what comes from a server was written by whoever could write there. Members that nobody knows are taken as well. Field
names are those of the schemas of 2025-06-18, 2025-11-25 and 2026-07-28.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeAlias

from bartizan.guard.exchange import Encoded, Exchange, Kind, Origin, Piece, Walk
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.media import is_base64, is_opaque, opaque_kind

__all__ = ["Listed", "Sender", "read_answer", "read_definition", "read_message", "read_result", "text_of"]

Listed: TypeAlias = Literal["tools", "resources", "templates", "prompts"]
"""What servers list."""
Sender: TypeAlias = Literal["client", "server"]

_FORMAT = "mcp"
_MEDIA = re.compile(r"(?!(?:\D*\d){9})[a-z]{1,20}/[a-z0-9.+-]{1,80}(?:; ?[a-z]{1,20}=[A-Za-z0-9-]{1,40})?(?![\s\S])")
_WORD = re.compile(r"[a-zA-Z_]{1,24}(?![\s\S])")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?![\s\S])")
_FIXED: Mapping[str, re.Pattern[str]] = {
    "type": _WORD, "role": _WORD, "resultType": _WORD, "mode": _WORD, "level": _WORD, "action": _WORD, "status": _WORD,
    "mimeType": _MEDIA, "protocolVersion": _DATE,
}  # fmt: skip
"""Members that hold a word of the protocol, and how it looks: nothing there that could carry a value."""
_HEAD = 1 << 12
"""Characters of base64 whose content tells whether it is text."""


def read_definition(item: dict[str, Any]) -> Exchange:
    """Return the texts of one definition of a tool, resource, template or prompt, its schemas whole."""
    exchange = Exchange(_FORMAT, b"", item)
    _Reader(exchange, Origin.TOOL_DEFINITION).members(item, None)
    return exchange


def read_result(method: str, result: dict[str, Any]) -> Exchange:
    """Return the texts of a server's result to a request of the client's."""
    exchange = Exchange(_FORMAT, b"", result)
    origin = Origin.TOOL_DEFINITION if method in _DESCRIBING else Origin.TOOL_RESULT
    _Reader(exchange, origin).members(result, None)
    return exchange


def read_message(sender: Sender, method: str, params: dict[str, Any]) -> Exchange:
    """Return the texts of a request or a notification."""
    exchange = Exchange(_FORMAT, b"", params)
    if sender == "server":
        _Reader(exchange, Origin.TOOL_RESULT).members(params, None)
    else:
        _from_client(exchange, method, params)
    return exchange


def read_answer(method: str, result: dict[str, Any]) -> Exchange:
    """Return the texts of the client's result to a request of a server's: a form, a model's text, roots."""
    exchange = Exchange(_FORMAT, b"", result)
    _Reader(exchange, _ANSWERED.get(method, Origin.PARAMETER)).members(result, None)
    return exchange


_DESCRIBING = frozenset({"initialize", "server/discover", "tools/list", "resources/list", "resources/templates/list",
                         "prompts/list"})  # fmt: skip
_ANSWERED = {"elicitation/create": Origin.USER, "sampling/createMessage": Origin.MODEL}
_TELLING = {"action": "elicitation/create", "role": "sampling/createMessage"}
"""Members by which an answer among `inputResponses` is told, which doesn't name its method."""
_NAMED = frozenset({"tools/call", "prompts/get"})
"""Requests whose `name` is looked up in a list, so that it can be nothing but a name of it."""
_STATED = ("_meta", "clientInfo", "capabilities", "protocolVersion")
"""What a client says of itself and of a request, beside what the request is about."""


def _from_client(exchange: Exchange, method: str, params: dict[str, Any]) -> None:
    """Take the parameters of a client: what a call is about, and beside it what people answered and what it is."""
    apart = {*_STATED, "inputResponses"}
    if method in _NAMED:
        apart.add("name")
    _Reader(exchange, Origin.TOOL_CALL).members(params, None, apart)
    stated = _Reader(exchange, Origin.PARAMETER)
    for name in _STATED:
        if name in params:
            stated.take(params, name, None)
    answers = params.get("inputResponses")
    if type(answers) is not dict:
        if answers is not None:
            stated.take(params, "inputResponses", None)
        return
    for name, answer in answers.items():
        known = answer if type(answer) is dict else {}
        told = next((method for member, method in _TELLING.items() if member in known), "")
        _Reader(exchange, _ANSWERED.get(told, Origin.PARAMETER)).entry(answers, name, (None, "inputResponses"))


class _Reader:
    """Takes all texts of a value that one party wrote."""

    def __init__(self, exchange: Exchange, origin: Origin) -> None:
        self._walk, self._origin = Walk(exchange), origin
        self._pieces = exchange.pieces

    def members(self, holder: dict[str, Any], where: Where, apart: Collection[str] = ()) -> None:
        """Take the members of an object of the protocol: their values, and the names that the protocol lacks."""
        for name in list(holder):
            if name in apart:
                continue
            if name in _NAMES:
                self.take(holder, name, where)
            else:
                self.entry(holder, name, where)

    def entry(self, holder: dict[str, Any], name: str, where: Where) -> None:
        """Take a member with its name; an object of the protocol may be behind it."""
        self._pieces.append(Piece(holder, name, name, self._origin, "", where, Kind.KEY))
        value = holder[name]
        if type(value) is dict:
            self.members(value, (where, name))
        else:
            self._walk.member(holder, name, self._origin, "", where)

    def take(self, holder: dict[str, Any], name: str, where: Where) -> None:
        """Take the value of one member, by what the protocol puts there."""
        value = holder[name]
        kind = type(value)
        if kind is str:
            self._string(holder, name, value, where)
        elif name in _CONTENTS and kind is list:
            self._contents(value, (where, name))
        elif name in _OBJECTS and kind is dict:
            self._object(name, value, (where, name))
        elif name in _LISTS and kind is list:
            self._items(value, (where, name))
        else:
            self._walk.member(holder, name, self._origin, "", where)

    def _object(self, name: str, value: dict[str, Any], where: Where) -> None:
        if name == "inputRequests":
            for id in list(value):
                self.entry(value, id, where)
        else:
            self.members(value, where)

    def _string(self, holder: dict[str, Any], name: str, value: str, where: Where, run: int = -1) -> None:
        fixed = _FIXED.get(name)
        if fixed is not None and fixed.match(value) is not None:
            return
        if name == "requestState":
            self._walk.opaque("state", (where, name))
        elif name in _FILES and (name == "blob" or holder.get("type") in _MEDIA_TYPES):
            self._file(holder, name, value, where)
        else:
            self._walk.text(holder, name, self._origin, "", where, run)

    def _items(self, items: list[Any], where: Where) -> None:
        for number, item in enumerate(items):
            if type(item) is dict:
                self.members(item, (where, number))
            else:
                self._walk.member(items, number, self._origin, "", where)

    def _contents(self, blocks: list[Any], where: Where) -> None:
        """Take content blocks; the texts of several are read as one."""
        run = self._walk.run() if len(blocks) > 1 else -1
        for number, block in enumerate(blocks):
            if type(block) is not dict:
                self._walk.member(blocks, number, self._origin, "", where)
                continue
            text = block.get("text")
            if type(text) is str:
                self._string(block, "text", text, (where, number), run)
                self.members(block, (where, number), ("text",))
            else:
                self.members(block, (where, number))

    def _file(self, holder: dict[str, Any], name: str, value: str, where: Where) -> None:
        """Take base64: text in it is read whatever its media type says; what may be none is a text as it stands."""
        text = text_of(value)
        if text is not None:
            self._pieces.append(Encoded(holder, name, text, self._origin, "", where))
            return
        if value and is_base64(value):
            self._walk.opaque(opaque_kind(holder.get("mimeType")), (where, name))
        if value and not is_opaque(value):
            self._walk.text(holder, name, self._origin, "", where)


_CONTENTS = frozenset({"content", "contents"})
_OBJECTS = frozenset({"content", "resource", "completion", "error", "serverInfo", "clientInfo", "task", "params", "ref",
                      "argument", "inputRequests"})  # fmt: skip
_LISTS = frozenset({"messages", "icons", "resources", "resourceTemplates", "tools", "prompts", "roots", "tasks"})
_FILES = frozenset({"data", "blob"})
_MEDIA_TYPES = frozenset({"image", "audio"})
_NAMES = frozenset({
    "_meta", "action", "annotations", "argument", "arguments", "blob", "capabilities", "clientInfo", "completion",
    "content", "contents", "context", "data", "description", "elicitationId", "error", "execution", "icons",
    "inputRequests", "inputResponses", "inputSchema", "instructions", "isError", "level", "logger", "message",
    "messages", "method", "mimeType", "mode", "name", "nextCursor", "outputSchema", "params", "progress",
    "progressToken", "prompts", "protocolVersion", "reason", "ref", "requestId", "requestState", "requestedSchema",
    "resource", "resourceTemplates", "resources", "resultType", "role", "roots", "serverInfo", "size", "src",
    "status", "statusMessage", "structuredContent", "supportedVersions", "systemPrompt", "task", "taskId", "tasks",
    "text", "title", "tools", "total", "type", "uri", "uriTemplate", "url", "value", "values", "version",
    "websiteUrl",
})  # fmt: skip
"""Names of members that the protocol itself gives, which therefore carry nothing."""


def text_of(value: str) -> str | None:
    """Return what base64 says if it is text without control characters, else None."""
    if len(value) < 4 or len(value) % 4 or (len(value) > _HEAD and _decoded(value[:_HEAD], cut=True) is None):
        return None
    return _decoded(value)


def _decoded(value: str, *, cut: bool = False) -> str | None:
    data = b""
    try:
        data = base64.b64decode(value, validate=True)
        wide = _wide(data)
        text = data.decode(wide, "ignore" if cut else "strict") if wide else data.decode()
    except UnicodeDecodeError as error:
        if not cut or error.start < len(data) - 3:
            return None
        text = data[: error.start].decode()
    except ValueError:
        return None
    return None if _CONTROLS.search(text) is not None else text


def _wide(data: bytes) -> str:
    """Return which UTF-16 bytes look like, by its mark or by zeros beside the first letters, else empty."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if len(data) < _LEAST_WIDE or len(data) % 2:
        return ""
    even, odd = data[0:_LOOKED:2], data[1:_LOOKED:2]
    return "utf-16-le" if not any(odd) else "utf-16-be" if not any(even) else ""


_LEAST_WIDE, _LOOKED = 8, 64
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Control characters that no text holds; terminals' escapes are text."""
