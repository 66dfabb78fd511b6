"""The walk through messages of Anthropic's format: contents, blocks inside blocks, and members that no table names."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple, TypeAlias

from bartizan.guard.exchange import Exchange, Kind, Origin, Piece, ProviderTool, Sealed, Walk
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.anthropic.words import CLIENT_TOOLS, NAMES, SEALS, WORDS
from bartizan.guard.formats.media import take_file, take_sealed

__all__ = ["Blocks"]

_LEFT_OUT = "(reasoning left out)"
"""Stands where a message would have no content at all any more, which the API refuses."""


class Place(NamedTuple):
    """Where a block stands: in what, who wrote it, in whose message."""

    holder: Any
    origin: Origin
    role: str
    where: Where


class Blocks(Walk):
    """Reads contents of a request or, with `answer`, of an answer.

    Text of thinking is signed, and the API refuses thinking that was altered. Where such a text of a request would be
    changed, its block is taken out of the message instead. In an answer the text is changed and its signature emptied,
    and a block with an empty signature, when the caller sends it back, is taken out as well.
    """

    def __init__(self, exchange: Exchange, *, answer: bool = False) -> None:
        super().__init__(exchange)
        self.answer = answer

    # ---- contents

    def content(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take a content: a string, or blocks whose texts are read as one."""
        value = holder[key]
        if type(value) is not list:
            if type(value) is dict:
                self.block(holder, key, origin, role, where)
            else:
                self.said(holder, key, origin, role, where)
            return
        if not self.answer:
            self._drop_unsigned(value)
        run = self.run() if len(value) > 1 else -1
        plain = origin is not Origin.TOOL_RESULT
        inner = (where, key)
        for number, block in enumerate(value):
            if type(block) is dict:
                if len(block) == 2 and block.get("type") == "text" and type(block.get("text")) is str and plain:
                    text = block["text"]  # what most blocks are
                    self._pieces.append(Piece(block, "text", text, origin, role, (inner, number), Kind.TEXT, run))
                    continue
                self.block(value, number, origin, role, inner, run)
            else:
                self.said(value, number, origin, role, inner, run)

    def said(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, run: int = -1) -> None:
        """Take a text of a content. A tool's result may be JSON, in which escapes would hide what it says."""
        if origin is Origin.TOOL_RESULT and type(holder[key]) is str and "\\u" in holder[key]:
            self.inner(holder, key, origin, role, where)
        else:
            self.text(holder, key, origin, role, where, run)

    def _drop_unsigned(self, blocks: list[Any]) -> None:
        """Take out thinking whose text was changed on its way to the caller."""
        kept = [one for one in blocks if not (type(one) is dict and _is_unsigned(one))]
        if len(kept) < len(blocks):
            blocks[:] = kept or [{"type": "text", "text": _LEFT_OUT}]
            self.exchange.rewritten = True

    def block(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where, run: int = -1) -> None:
        """Take an object of the API by its type."""
        block, here = holder[key], (where, key)
        kind = block.get("type")
        if kind == "text":
            if "text" in block:
                self.said(block, "text", origin, role, here, run)
            if len(block) > 2 or "text" not in block:
                self.members(block, ("type", "text"), origin, role, here)
            return
        special = _SPECIAL.get(kind) if type(kind) is str else None
        if special is not None:
            special(self, block, Place(holder, origin, role, here))
        else:
            self.members(block, (), _ORIGINS.get(kind, origin) if type(kind) is str else origin, role, here)

    # ---- members that no table names

    def members(self, holder: dict[str, Any], known: Collection[str], origin: Origin, role: str, where: Where) -> None:
        """Take all members of an object but the known ones; names that the API doesn't have are texts."""
        for name in list(holder):
            if name not in known:
                if name not in NAMES:
                    self._pieces.append(Piece(holder, name, name, origin, role, where, Kind.KEY))
                self.value(holder, name, origin, role, where)

    def value(self, holder: Any, key: str | int, origin: Origin, role: str, where: Where) -> None:
        """Take a value of which nothing is known but where it stands."""
        value = holder[key]
        kind = type(value)
        if kind is str:
            if key in SEALS:
                take_sealed(self, holder, key, _seal_kind(key, origin), origin, role, where)
            elif key == "content":
                self.said(holder, key, origin, role, where)
            elif value not in WORDS:
                self._pieces.append(Piece(holder, key, value, origin, role, where))
                if key == "file_id":
                    self.opaque("file", (where, key))
        elif kind is dict:
            self.block(holder, key, origin, role, where)
        elif kind is list:
            if key == "content":
                self.content(holder, key, origin, role, where)
            else:
                for number in range(len(value)):
                    self.value(value, number, origin, role, (where, key))
        else:
            self.member(holder, key, origin, role, where)

    # ---- blocks with a meaning of their own

    def sourced(self, block: dict[str, Any], at: Place) -> None:
        """Take an image or a document."""
        source = block.get("source")
        if type(source) is dict:
            inner = (at.where, "source")
            if source.get("type") == "base64" and "data" in source:
                media = source.get("media_type") or ("image/" if block.get("type") == "image" else "")
                take_file(self, source, "data", media, at.origin, at.role, inner)
                self.members(source, ("data",), at.origin, at.role, inner)
            else:
                if source.get("type") == "url":
                    self.opaque("url", inner)
                self.members(source, (), at.origin, at.role, inner)
            self.members(block, ("source",), at.origin, at.role, at.where)
        else:
            self.members(block, (), at.origin, at.role, at.where)

    def thinking(self, block: dict[str, Any], at: Place) -> None:
        """Take the model's thinking, which is signed."""

        def unseal() -> None:
            if self.answer:
                block["signature"] = ""
            else:
                _take_out(at.holder, block)

        if type(block.get("thinking")) is str:
            self._pieces.append(Sealed(block, "thinking", Origin.MODEL, at.role, at.where, unseal))
            self.members(block, ("thinking",), Origin.MODEL, at.role, at.where)
        else:
            self.members(block, (), Origin.MODEL, at.role, at.where)

    def redacted(self, block: dict[str, Any], at: Place) -> None:
        """Take thinking that is encrypted."""
        if "data" in block:
            take_sealed(self, block, "data", "reasoning", Origin.MODEL, at.role, at.where)
        self.members(block, ("data",), Origin.MODEL, at.role, at.where)

    def compaction(self, block: dict[str, Any], at: Place) -> None:
        """Take a summary of earlier messages; changed, it goes on without what was made over it."""

        def unseal() -> None:
            for name in ("signature", "encrypted_content"):
                block.pop(name, None)

        if type(block.get("content")) is str:
            self._pieces.append(Sealed(block, "content", Origin.MODEL, at.role, at.where, unseal))
            self.members(block, ("content",), Origin.MODEL, at.role, at.where)
        else:
            self.members(block, (), Origin.MODEL, at.role, at.where)

    def tool_use(self, block: dict[str, Any], at: Place) -> None:
        """Take a call of a tool; its input is any JSON."""
        if "input" in block:
            self.member(block, "input", Origin.TOOL_CALL, at.role, at.where)
        self.members(block, ("input",), Origin.TOOL_CALL, at.role, at.where)

    def tool_change(self, block: dict[str, Any], at: Place) -> None:
        """Take a change of the tools in the middle of a conversation."""
        change = block.get("tool")
        if type(change) is dict:
            inner = (at.where, "tool")
            if type(change.get("definition")) is dict:
                self.tool(change, "definition", inner)
                self.members(change, ("definition",), Origin.TOOL_DEFINITION, at.role, inner)
            else:
                if "mcp" in str(change.get("type")):
                    server = change.get("mcp_server_name") or change.get("server_name")
                    self.exchange.provider_tools.append(
                        ProviderTool("mcp_toolset", server if type(server) is str else "")
                    )
                self.members(change, (), Origin.TOOL_DEFINITION, at.role, inner)
            self.members(block, ("tool",), Origin.TOOL_DEFINITION, at.role, at.where)
        else:
            self.members(block, (), Origin.TOOL_DEFINITION, at.role, at.where)

    # ---- tools

    def tool(self, holder: Any, key: str | int, where: Where) -> None:
        """Take the definition of a tool: the caller's, or one that the provider runs, as any unknown type may be."""
        tool = holder[key]
        if type(tool) is dict:
            kind, name = tool.get("type"), tool.get("name")
            if kind is None or kind == "custom" or (type(kind) is str and kind.startswith(CLIENT_TOOLS)):
                self.exchange.tools.append(name if type(name) is str else kind or "")
            else:
                server = tool.get("mcp_server_name") or tool.get("model") or ""
                self.exchange.provider_tools.append(
                    ProviderTool(kind if type(kind) is str else "unknown", server if type(server) is str else "")
                )
            inner = (where, key)
            for name in ("input_schema", "input_examples"):
                if name in tool:
                    self.member(tool, name, Origin.TOOL_DEFINITION, "", inner)
            self.members(tool, ("input_schema", "input_examples"), Origin.TOOL_DEFINITION, "", inner)
        else:
            self.member(holder, key, Origin.TOOL_DEFINITION, "", where)


_Special: TypeAlias = Callable[[Blocks, dict[str, Any], Place], None]
_SPECIAL: dict[str, _Special] = {
    "image": Blocks.sourced,
    "document": Blocks.sourced,
    "thinking": Blocks.thinking,
    "redacted_thinking": Blocks.redacted,
    "compaction": Blocks.compaction,
    "tool_use": Blocks.tool_use,
    "server_tool_use": Blocks.tool_use,
    "mcp_tool_use": Blocks.tool_use,
    "tool_addition": Blocks.tool_change,
    "tool_removal": Blocks.tool_change,
}
_ORIGINS = {
    "tool_result": Origin.TOOL_RESULT,
    "mcp_tool_result": Origin.TOOL_RESULT,
    "code_execution_tool_result": Origin.TOOL_RESULT,
    "bash_code_execution_tool_result": Origin.TOOL_RESULT,
    "text_editor_code_execution_tool_result": Origin.TOOL_RESULT,
    "tool_search_tool_result": Origin.TOOL_RESULT,
    "advisor_tool_result": Origin.TOOL_RESULT,
    "search_result": Origin.RETRIEVED,
    "web_search_tool_result": Origin.RETRIEVED,
    "web_fetch_tool_result": Origin.RETRIEVED,
    "mcp_tool_listing": Origin.TOOL_DEFINITION,
    "char_location": Origin.RETRIEVED,
    "page_location": Origin.RETRIEVED,
    "content_block_location": Origin.RETRIEVED,
    "search_result_location": Origin.RETRIEVED,
    "web_search_result_location": Origin.RETRIEVED,
}


def _seal_kind(key: str | int, origin: Origin) -> str:
    if key == "encrypted_stdout":
        return "state"
    return "retrieval" if origin is Origin.RETRIEVED else "reasoning"


def _is_unsigned(block: dict[str, Any]) -> bool:
    return block.get("type") == "thinking" and block.get("signature") == ""


def _take_out(holder: Any, block: dict[str, Any]) -> None:
    """Take a block out of a content; where it can't go without moving others, a remark takes its place."""
    if type(holder) is list and len(holder) > 1 and all(type(one) is dict for one in holder):
        holder[:] = [one for one in holder if one is not block]
    else:
        block.clear()
        block.update(type="text", text=_LEFT_OUT)
