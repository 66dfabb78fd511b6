"""Anthropic's Messages as the made-up provider speaks them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bartizan.guard.gateway.demo.reply import JSON, SSE, Asked, Reply, dumped, event, pieces, tokens

__all__ = ["count", "messages", "models"]


def messages(asked: Asked) -> Reply:
    """Answer `POST /v1/messages`."""
    if asked.tree.get("stream") is True:
        return Reply(200, SSE, [event(one, asked.script, one["type"]) for one in _events(asked)])
    return Reply(200, JSON, [dumped(_message(asked, _blocks(asked)), asked.script).encode()])


def count(asked: Asked) -> Reply:
    """Answer `POST /v1/messages/count_tokens`."""
    return Reply(200, JSON, [json.dumps({"input_tokens": tokens(json.dumps(asked.tree))}).encode()])


def models() -> Reply:
    """Answer `GET /v1/models`."""
    one = {
        "type": "model",
        "id": "demo-large",
        "display_name": "Demo",
        "created_at": "2025-01-01T00:00:00Z",
    }
    tree = {"data": [one], "has_more": False, "first_id": one["id"], "last_id": one["id"]}
    return Reply(200, JSON, [json.dumps(tree).encode()])


def _message(asked: Asked, content: list[Any]) -> dict[str, Any]:
    given, made = asked.usage
    return {
        "id": "msg_demo",
        "type": "message",
        "role": "assistant",
        "model": asked.tree.get("model") or "demo-large",
        "content": content,
        "stop_reason": "tool_use" if asked.script.tools else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": given, "output_tokens": made},
    }


def _blocks(asked: Asked) -> list[dict[str, Any]]:
    script = asked.script
    out: list[dict[str, Any]] = []
    if script.reason:
        out.append({"type": "thinking", "thinking": script.reason, "signature": "c2lnbmF0dXJl"})
    if script.say is not None or not script.tools:
        out.append({"type": "text", "text": asked.said})
    out += [
        {"type": "tool_use", "id": f"toolu_{number}", "name": one.name, "input": one.arguments}
        for number, one in enumerate(script.tools)
    ]
    return out


def _events(asked: Asked) -> Iterator[dict[str, Any]]:
    begun = _message(asked, [])
    begun["usage"]["output_tokens"] = 1
    yield {"type": "message_start", "message": {**begun, "stop_reason": None}}
    yield {"type": "ping"}
    for index, block in enumerate(_blocks(asked)):
        yield from ({**one, "index": index} for one in _block(asked, block))
    whole = _message(asked, [])
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
        "usage": {"output_tokens": asked.usage[1]},
    }
    yield {"type": "message_stop"}


def _block(asked: Asked, block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    size = asked.script.chunks
    if block["type"] == "thinking":
        first: dict[str, Any] = {**block, "thinking": "", "signature": ""}
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"], size)]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
    elif block["type"] == "text":
        first = {**block, "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"], size)]
    else:
        first = {**block, "input": {}}
        source = json.dumps(block["input"])
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces(source, size)]
    yield {"type": "content_block_start", "content_block": first}
    for delta in deltas:
        yield {"type": "content_block_delta", "delta": delta}
    yield {"type": "content_block_stop"}
