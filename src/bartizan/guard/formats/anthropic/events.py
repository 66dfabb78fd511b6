"""Streamed answers of Anthropic's Messages API, event by event."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import BodyError, Slot, SlotKind, Usage
from bartizan.guard.formats.alone import Vocabulary, take_alone
from bartizan.guard.formats.anthropic.words import NAMES, SEALS, WORDS
from bartizan.guard.formats.media import is_opaque

__all__ = ["ends", "event_usage", "slots", "usage"]

_MADE = frozenset(("id", "message_id", "model", "request_id", "tool_use_id", "type"))
_WORDS = Vocabulary(WORDS, NAMES, _MADE | SEALS)
_CALLS = frozenset(("tool_use", "server_tool_use", "mcp_tool_use"))
_RESULTS = {
    "web_search_tool_result": "retrieved",
    "web_fetch_tool_result": "retrieved",
    "citations_delta": "retrieved",
}
_DELTAS = {
    "text_delta": ("text", "text"),
    "input_json_delta": ("partial_json", "input"),
    "thinking_delta": ("thinking", "thinking signed"),
    "compaction_delta": ("content", "compaction"),
}
"""Of a delta's type: the member that holds the text, and which text of the block it continues."""
_STARTS = {
    "text": ("text", "text"),
    "thinking": ("thinking", "thinking signed"),
    "compaction": ("content", "compaction"),
}


def slots(_: str, tree: Any) -> list[Slot]:
    """Return the texts of an event. Raises BodyError for what is no object."""
    if type(tree) is not dict:
        raise BodyError("an event must be an object")
    out: list[Slot] = []
    kind = tree.get("type")
    if kind == "content_block_delta" and type(delta := tree.get("delta")) is dict:
        _part(tree, delta, _DELTAS, out)
        _others(tree, ("delta", "index", "type"), "model", out)
    elif kind == "content_block_start" and type(block := tree.get("content_block")) is dict:
        _part(tree, block, _STARTS, out)
        _others(tree, ("content_block", "index", "type"), "model", out)
    elif kind != "ping" or len(tree) > 1:
        _others(tree, ("type",) if kind in WORDS else (), "model", out)
    return out


def _part(tree: dict[str, Any], part: dict[str, Any], table: dict[str, tuple[str, str]], out: list[Slot]) -> None:
    """Take a block's beginning or the next piece of it."""
    kind, block = part.get("type"), tree.get("index")
    kind = kind if type(kind) is str else ""
    known: tuple[str, ...] = ("type",) if kind in WORDS else ()
    texts = table.get(kind)
    if texts is not None:
        name, text = texts
        if type(part.get(name)) is str:
            # Texts of neighbouring blocks are one text for who reads them: citations cut a sentence into blocks.
            channel = "text" if text == "text" else f"block {block} {text}"
            json = text == "input"
            shadows = tuple((part, one) for one in SEALS if text == "compaction" and one in part)
            out.append(Slot(SlotKind.DELTA, channel, part, name, "tool-call" if json else "model", json, shadows))
            known = ("type", name)
            if len(part) == 2:
                return
    if type(part.get("signature")) is str and part["signature"]:
        out.append(Slot(SlotKind.SEAL, f"block {block} thinking signed", part, "signature"))
    origin = "tool-call" if kind in _CALLS else _origin(kind)
    for name, value in part.items():
        if name in known or (type(value) is str and is_opaque(value) and (name in SEALS or name == "data")):
            continue
        if table is _DELTAS and name not in SEALS and type(value) is str:
            # A kind of piece that isn't known yet goes on like the others.
            out.append(Slot(SlotKind.DELTA, f"block {block} {kind} {name}", part, name, origin))
        else:
            take_alone(value, part, name, origin, out, _WORDS)


def _origin(kind: str) -> str:
    return _RESULTS.get(kind) or ("tool-result" if kind.endswith("_tool_result") else "model")


def _others(holder: dict[str, Any], known: tuple[str, ...], origin: str, out: list[Slot]) -> None:
    for name, value in holder.items():
        if name not in known:
            take_alone(value, holder, name, origin, out, _WORDS)


def ends(_: str, tree: Any) -> tuple[str, ...]:
    """Return which texts an event ends."""
    kind = tree.get("type")
    if kind == "content_block_delta":
        return ()
    if kind == "content_block_stop":
        return (f"block {tree.get('index')} ",)
    if kind == "content_block_start":
        block = tree.get("content_block")
        return () if type(block) is dict and block.get("type") == "text" else ("text",)
    return ("",) if kind in ("message_delta", "message_stop", "error") else ()


def usage(tree: Any) -> Usage | None:
    """Return the tokens that a whole answer tells; what is read from a cache and written to it counts as input."""
    told = tree.get("usage") if type(tree) is dict else None
    if type(told) is not dict:
        return None
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    parts = [told[name] for name in names if type(told.get(name)) is int]
    output = told.get("output_tokens")
    return Usage(sum(parts) if parts else -1, output if type(output) is int else -1)


def event_usage(tree: Any) -> Usage | None:
    """Return the tokens that an event tells: those of the request at its start, all at its end."""
    if tree.get("type") == "content_block_delta":
        return None
    return usage(tree.get("message") if tree.get("type") == "message_start" else tree)
