"""The walk through contents of Gemini's format: parts, tools, and members that no table names."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from bartizan.guard.exchange import BodyError, Kind, Origin, Piece, ProviderTool, Walk
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.gemini.words import CAMEL, NAMES, WORDS
from bartizan.guard.formats.media import take_file, take_sealed

__all__ = ["Contents", "spelled"]

_ORIGINS = {
    "user": Origin.USER,
    "model": Origin.MODEL,
    "function": Origin.TOOL_RESULT,
    "tool": Origin.TOOL_RESULT,
    "system": Origin.SYSTEM,
}
_PARTS = {
    "functionCall": Origin.TOOL_CALL,
    "executableCode": Origin.TOOL_CALL,
    "toolCall": Origin.TOOL_CALL,
    "functionResponse": Origin.TOOL_RESULT,
    "codeExecutionResult": Origin.TOOL_RESULT,
    "toolResponse": Origin.RETRIEVED,
    "groundingMetadata": Origin.RETRIEVED,
    "citationMetadata": Origin.RETRIEVED,
    "urlContextMetadata": Origin.RETRIEVED,
}
"""Who wrote what stands in a member, where that is another than who wrote what is around it."""

_TREES = frozenset(
    ("args", "headers", "labels", "partMetadata", "properties", "response", "responseJsonSchema", "responseSchema")
)
"""Members that hold any JSON, in which names are somebody's as well."""


def spelled(holder: dict[str, Any]) -> dict[str, str]:
    """Return the members of an object of the API: the spelling with capitals, to how it is written here.

    Raises BodyError when a member is there in both spellings, of which two readers may take either.
    """
    out: dict[str, str] = {}
    for name in holder:
        camel = CAMEL.get(name, name)
        if camel in out:
            raise BodyError(f"`{camel}` is there in both spellings")
        out[camel] = name
    return out


class Contents(Walk):
    """Reads contents of a request or of an answer."""

    # ---- contents

    def contents(self, holder: Any, key: str | int, where: Where) -> None:
        """Take a list of contents; a single one and a plain string are taken as well."""
        value = holder[key]
        if type(value) is list:
            for number in range(len(value)):
                self.content(value, number, Origin.USER, "user", (where, key))
        else:
            self.content(holder, key, Origin.USER, "user", where)

    def content(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, run: int = -1) -> None:
        """Take a content: a role, and parts whose texts are read as one."""
        content = holder[key]
        if type(content) is not dict:
            self.value(holder, key, origin, role, where)
            return
        here = (where, key)
        said = content.get("role")
        if type(said) is str and origin is Origin.USER:
            role, origin = said, _ORIGINS.get(said, Origin.USER)
        parts = content.get("parts")
        if type(parts) is list:
            if run < 0 and len(parts) > 1:
                run = self.run()
            for number in range(len(parts)):
                self.part(parts, number, origin, role, (here, "parts"), run)
        elif type(parts) is dict:
            self.part(content, "parts", origin, role, here, run)
        elif parts is not None:
            self.value(content, "parts", origin, role, here)
        fixed = type(said) is str and said in _ORIGINS
        if not fixed or len(content) > 1 + ("parts" in content):
            self.members(content, ("parts",), origin, role, here)

    def part(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, run: int = -1) -> None:
        """Take a part by the members that it has."""
        part = holder[key]
        if type(part) is not dict:
            self.text(holder, key, origin, role, where, run)
            return
        here = (where, key)
        if type(part.get("text")) is str:
            # What the model thinks is no part of what it says.
            self.said(part, "text", origin, role, here, -1 if part.get("thought") else run)
            if len(part) > 1:
                self.members(part, ("text",), origin, role, here)
        else:
            self.members(part, (), origin, role, here)

    def said(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, run: int = -1) -> None:
        """Take a text of a content. A tool's result may be JSON, in which escapes would hide what it says."""
        if origin is Origin.TOOL_RESULT and "\\u" in holder[key]:
            self.inner(holder, key, origin, role, where)
        else:
            self.text(holder, key, origin, role, where, run)

    # ---- members that no table names

    def members(self, holder: dict[str, Any], known: Collection[str], origin: Origin, role: str, where: Where) -> None:
        """Take all members of an object but the known ones; names that the API doesn't have are texts.

        Raises BodyError when a member is there in both spellings.
        """
        for camel, name in spelled(holder).items():
            if camel in known:
                continue
            if name not in NAMES:
                self._pieces.append(Piece(holder, name, name, origin, role, where, Kind.KEY))
            value = holder[name]
            if camel == "inlineData" and type(value) is dict:
                self._inline(value, origin, role, (where, name))
            elif camel == "thoughtSignature":
                take_sealed(self, holder, name, "reasoning", origin, role, where)
            elif camel in _TREES:
                self._tree(holder, name, _PARTS.get(camel, origin), role, where)
            else:
                if camel == "fileUri":
                    self.opaque("url", (where, name))
                self.value(holder, name, _PARTS.get(camel, origin), role, where)

    def value(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take a value of which nothing is known but where it stands."""
        value = holder[key]
        kind = type(value)
        if kind is str:
            if value not in WORDS:
                self._pieces.append(Piece(holder, key, value, origin, role, where))
        elif kind is dict:
            self.members(value, (), origin, role, (where, key))
        elif kind is list:
            for number in range(len(value)):
                self.value(value, number, origin, role, (where, key))
        else:
            self.member(holder, key, origin, role, where)

    def _tree(self, holder: dict[str, Any], name: str, origin: Origin, role: str, where: Where) -> None:
        """Take any JSON; in a tool's result a string may be JSON itself."""
        value = holder[name]
        if type(value) is dict and origin is Origin.TOOL_RESULT:
            here = (where, name)
            for key in list(value):
                self._pieces.append(Piece(value, key, key, origin, role, here, Kind.KEY))
                if type(value[key]) is str:
                    self.said(value, key, origin, role, here)
                else:
                    self.member(value, key, origin, role, here)
        else:
            self.member(holder, name, origin, role, where)

    def _inline(self, blob: dict[str, Any], origin: Origin, role: str, where: Where) -> None:
        names = spelled(blob)
        if "data" in blob:
            take_file(self, blob, "data", blob.get(names.get("mimeType", "")), origin, role, where)
        self.members(blob, ("data",), origin, role, where)

    # ---- tools

    def tools(self, holder: Any, key: str | int, where: Where) -> None:
        """Take the tools of a request: declared functions, and what the provider runs, as any unknown member may be."""
        tools = holder[key]
        if type(tools) is dict:
            self._tool(tools, (where, key))
        elif type(tools) is list:
            for number in range(len(tools)):
                if type(tools[number]) is not dict:
                    raise BodyError("a tool must be an object")
                self._tool(tools[number], ((where, key), number))
        elif tools is not None:
            raise BodyError("`tools` must be a list")

    def _tool(self, tool: dict[str, Any], where: Where) -> None:
        for camel, name in spelled(tool).items():
            if camel == "functionDeclarations":
                self._functions(tool[name])
                self.member(tool, name, Origin.TOOL_DEFINITION, "", where)
            elif camel == "computerUse":
                self.exchange.tools.append(camel)
            elif camel == "mcpServers":
                self._servers(tool[name])
            else:
                self.exchange.provider_tools.append(ProviderTool(camel))
        self.members(tool, ("functionDeclarations",), Origin.TOOL_DEFINITION, "", where)

    def _functions(self, declared: Any) -> None:
        for one in declared if type(declared) is list else [declared]:
            name = one.get("name") if type(one) is dict else None
            if type(name) is str:
                self.exchange.tools.append(name)

    def _servers(self, servers: Any) -> None:
        for one in servers if type(servers) is list else [servers]:
            transport = one.get(spelled(one).get("streamableHttpTransport", "")) if type(one) is dict else None
            url = transport.get("url") if type(transport) is dict else None
            self.exchange.provider_tools.append(ProviderTool("mcp", url if type(url) is str else ""))
