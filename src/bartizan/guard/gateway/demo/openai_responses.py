"""OpenAI's Responses as the made-up provider speaks them: every text of a stream is said up to four times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bartizan.guard.gateway.demo.reply import JSON, SSE, Asked, Reply, dumped, event, pieces
from bartizan.guard.gateway.demo.script import ToolCall

__all__ = ["responses"]


def responses(asked: Asked) -> Reply:
    """Answer `POST /responses`."""
    if asked.tree.get("stream") is True:
        events = enumerate(_events(asked))
        parts = [event({**one, "sequence_number": number}, asked.script, one["type"]) for number, one in events]
        return Reply(200, SSE, parts)
    whole = _response(asked, "completed", [item for item, _ in _items(asked)])
    return Reply(200, JSON, [dumped(whole, asked.script).encode()])


def _response(asked: Asked, status: str, output: list[Any]) -> dict[str, Any]:
    given, made = asked.usage
    usage = {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": given + made,
    }
    return {
        "id": "resp_demo",
        "object": "response",
        "created_at": 1_700_000_000,
        "status": status,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.tree.get("instructions"),
        "metadata": asked.tree.get("metadata") or {},
        "model": asked.tree.get("model") or "demo-large",
        "output": output,
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": asked.tree.get("tools") or [],
        "top_p": 1.0,
        "usage": usage if status == "completed" else None,
    }


def _items(asked: Asked) -> Iterator[tuple[dict[str, Any], Any]]:
    """Give the items of the output, each with what it is made from."""
    script = asked.script
    if script.reason:
        summary = [{"type": "summary_text", "text": script.reason}]
        yield {"id": "rs_demo", "type": "reasoning", "summary": summary}, script.reason
    if script.say is not None or not script.tools:
        yield _message([_part(asked)]), asked.said
    for number, one in enumerate(script.tools):
        yield _call(number, one, json.dumps(one.arguments), "completed"), one


def _part(asked: Asked) -> dict[str, Any]:
    if asked.script.refusal:
        return {"type": "refusal", "refusal": asked.script.refusal}
    return {"type": "output_text", "text": asked.said, "annotations": [], "logprobs": []}


def _message(content: list[Any]) -> dict[str, Any]:
    status = "completed" if content else "in_progress"
    return {"id": "msg_demo", "type": "message", "role": "assistant", "status": status, "content": content}


def _call(number: int, one: ToolCall, arguments: str, status: str) -> dict[str, Any]:
    return {
        "id": f"fc_{number}",
        "type": "function_call",
        "call_id": f"call_{number}",
        "name": one.name,
        "arguments": arguments,
        "status": status,
    }


def _events(asked: Asked) -> Iterator[dict[str, Any]]:
    begun = _response(asked, "in_progress", [])
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    items = list(_items(asked))
    for index, (item, source) in enumerate(items):
        where = {"output_index": index, "item_id": item["id"]}
        if item["type"] == "reasoning":
            inner = _reasoning(asked, where)
            first = {**item, "summary": []}
        elif item["type"] == "message":
            inner, first = _text(asked, where), _message([])
        else:
            inner, first = _arguments(asked, where, source), {**item, "arguments": "", "status": "in_progress"}
        yield {"type": "response.output_item.added", "output_index": index, "item": first}
        yield from inner
        yield {"type": "response.output_item.done", "output_index": index, "item": item}
    yield {"type": "response.completed", "response": _response(asked, "completed", [item for item, _ in items])}


def _text(asked: Asked, where: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = {**where, "content_index": 0}
    part = _part(asked)
    name, key = ("refusal", "refusal") if part["type"] == "refusal" else ("output_text", "text")
    more: dict[str, Any] = {} if name == "refusal" else {"logprobs": []}
    yield {"type": "response.content_part.added", **where, "part": {**part, key: ""}}
    for piece in pieces(part[key], asked.script.chunks):
        yield {"type": f"response.{name}.delta", **where, "delta": piece, **more}
    yield {"type": f"response.{name}.done", **where, key: part[key], **more}
    yield {"type": "response.content_part.done", **where, "part": part}


def _reasoning(asked: Asked, where: dict[str, Any]) -> Iterator[dict[str, Any]]:
    where = {**where, "summary_index": 0}
    part = {"type": "summary_text", "text": asked.script.reason}
    yield {"type": "response.reasoning_summary_part.added", **where, "part": {**part, "text": ""}}
    for piece in pieces(asked.script.reason, asked.script.chunks):
        yield {"type": "response.reasoning_summary_text.delta", **where, "delta": piece}
    yield {"type": "response.reasoning_summary_text.done", **where, "text": asked.script.reason}
    yield {"type": "response.reasoning_summary_part.done", **where, "part": part}


def _arguments(asked: Asked, where: dict[str, Any], one: ToolCall) -> Iterator[dict[str, Any]]:
    text = json.dumps(one.arguments)
    for piece in pieces(text, asked.script.chunks):
        yield {"type": "response.function_call_arguments.delta", **where, "delta": piece}
    yield {"type": "response.function_call_arguments.done", **where, "arguments": text, "name": one.name}
