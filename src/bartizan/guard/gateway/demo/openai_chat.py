"""OpenAI's chat completions, embeddings and models as the made-up provider speaks them; Azure's are the same."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

from bartizan.guard.gateway.demo.reply import JSON, SSE, Asked, Reply, dumped, event, pieces, vector

__all__ = ["chat", "embeddings", "models"]

_MODELS = ("demo-large", "demo-small", "demo-embed")
_FILTERED = {"hate": {"filtered": False, "severity": "safe"}, "violence": {"filtered": False, "severity": "safe"}}


def chat(asked: Asked, *, azure: bool) -> Reply:
    """Answer `POST /chat/completions`."""
    if asked.tree.get("stream") is True:
        events = [event(one, asked.script) for one in _chunks(asked, azure=azure)]
        return Reply(200, SSE, [*events, b"data: [DONE]\n\n"])
    count = asked.tree.get("n") or 1
    tree = _head(asked, "chat.completion")
    tree["choices"] = [_choice(asked, number, azure=azure) for number in range(count)]
    tree["usage"] = _usage(asked)
    if azure:
        tree["prompt_filter_results"] = [{"prompt_index": 0, "content_filter_results": _FILTERED}]
    return Reply(200, JSON, [dumped(tree, asked.script).encode()])


def _head(asked: Asked, kind: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-demo",
        "object": kind,
        "created": 1_700_000_000,
        "model": asked.tree.get("model") or "demo-large",
        "system_fingerprint": "fp_demo",
    }


def _usage(asked: Asked) -> dict[str, Any]:
    given, made = asked.usage
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def _logprobs(asked: Asked, text: str) -> dict[str, Any] | None:
    """Return log probabilities, which say the text a second time: token by token, in letters and in bytes."""
    if not asked.tree.get("logprobs"):
        return None
    inner = [
        {"token": one, "logprob": -0.1, "bytes": list(one.encode()), "top_logprobs": []} for one in pieces(text, 4)
    ]
    return {"content": inner, "refusal": None}


def _choice(asked: Asked, number: int, *, azure: bool) -> dict[str, Any]:
    script = asked.script
    message: dict[str, Any] = {"role": "assistant", "content": asked.said, "refusal": script.refusal or None}
    if script.reason:
        message["reasoning_content"] = script.reason
    if script.tools:
        message["content"] = script.say
        message["tool_calls"] = [
            {
                "id": f"call_{index}",
                "type": "function",
                "function": {"name": one.name, "arguments": json.dumps(one.arguments)},
            }
            for index, one in enumerate(script.tools)
        ]
    made = {
        "index": number,
        "message": message,
        "logprobs": _logprobs(asked, asked.said),
        "finish_reason": "tool_calls" if script.tools else "stop",
    }
    return {**made, "content_filter_results": _FILTERED} if azure else made


def _chunks(asked: Asked, *, azure: bool) -> Iterator[dict[str, Any]]:
    head = _head(asked, "chat.completion.chunk")
    count = asked.tree.get("n") or 1
    if azure:
        filtered = [{"prompt_index": 0, "content_filter_results": _FILTERED}]
        yield {**head, "choices": [], "prompt_filter_results": filtered}
    for number in range(count):
        yield {**head, "choices": [_delta(number, {"role": "assistant", "content": ""})]}
    # The choices take turns, as they do when a provider makes them at the same time.
    for deltas in zip(*(list(_deltas(asked)) for _ in range(count)), strict=True):
        for number, (delta, probabilities) in enumerate(deltas):
            yield {**head, "choices": [{**_delta(number, delta), "logprobs": probabilities}]}
    reason = "tool_calls" if asked.script.tools else "stop"
    for number in range(count):
        yield {**head, "choices": [{**_delta(number, {}), "finish_reason": reason}]}
    if (asked.tree.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": _usage(asked)}


def _delta(number: int, delta: dict[str, Any]) -> dict[str, Any]:
    return {"index": number, "delta": delta, "logprobs": None, "finish_reason": None}


def _deltas(asked: Asked) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
    script = asked.script
    for piece in pieces(script.reason, script.chunks):
        yield {"reasoning_content": piece}, None
    for piece in pieces(script.refusal, script.chunks):
        yield {"refusal": piece}, None
    if script.say is not None or not script.tools:
        for piece in pieces(asked.said, script.chunks):
            yield {"content": piece}, _logprobs(asked, piece)
    for index, one in enumerate(script.tools):
        function: dict[str, Any] = {"name": one.name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": function}]}, None
        for piece in pieces(json.dumps(one.arguments), script.chunks):
            yield {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}, None


def embeddings(asked: Asked) -> Reply:
    """Answer `POST /embeddings`, in numbers or in base64."""
    given = asked.tree.get("input")
    inputs = given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
    data = []
    for number, one in enumerate(inputs):
        numbers: Any = vector(str(one))
        if asked.tree.get("encoding_format") == "base64":
            numbers = base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()
        data.append({"object": "embedding", "index": number, "embedding": numbers})
    usage = {"prompt_tokens": asked.usage[0], "total_tokens": asked.usage[0]}
    tree = {"object": "list", "data": data, "model": asked.tree.get("model") or "demo-embed", "usage": usage}
    return Reply(200, JSON, [json.dumps(tree).encode()])


def models(path: str) -> Reply:
    """Answer `GET /models` and `GET /models/NAME`."""
    made = [{"id": id, "object": "model", "created": 1_700_000_000, "owned_by": "demo"} for id in _MODELS]
    name = path.rpartition("/models")[2].strip("/")
    tree: Any = {"object": "list", "data": made} if not name else {**made[0], "id": name}
    return Reply(200, JSON, [json.dumps(tree).encode()])
