"""Google's Gemini as the made-up provider speaks it: streams are server-sent events, or one JSON array in pieces."""

from __future__ import annotations

import json
from typing import Any

from bartizan.guard.gateway.demo.reply import JSON, SSE, Asked, Reply, dumped, event, pieces, tokens, vector

__all__ = ["answer", "models"]


def answer(asked: Asked) -> Reply | None:
    """Answer `POST /v1beta/models/NAME:VERB`; None for a verb that isn't known."""
    verb = asked.path.rpartition(":")[2]
    if verb == "generateContent":
        return Reply(200, JSON, [dumped(_response(asked, _parts(asked), last=True), asked.script).encode()])
    if verb == "streamGenerateContent":
        return _stream(asked)
    if verb == "countTokens":
        return _plain({"totalTokens": tokens(json.dumps(asked.tree))})
    if verb == "embedContent":
        return _plain({"embedding": {"values": vector(asked.text)}})
    if verb == "batchEmbedContents":
        requests = asked.tree.get("requests") or []
        return _plain({"embeddings": [{"values": vector(json.dumps(one))} for one in requests]})
    return None


def models(path: str) -> Reply:
    """Answer `GET /v1beta/models` and `GET /v1beta/models/NAME`."""
    one = {
        "name": "models/demo-large",
        "displayName": "Demo",
        "version": "1",
        "inputTokenLimit": 1000,
        "outputTokenLimit": 1000,
        "supportedGenerationMethods": ["generateContent"],
    }
    name = path.rpartition("/models")[2].strip("/")
    return _plain({"models": [one]} if not name else {**one, "name": f"models/{name}"})


def _plain(tree: Any) -> Reply:
    return Reply(200, JSON, [json.dumps(tree).encode()])


def _parts(asked: Asked) -> list[dict[str, Any]]:
    script = asked.script
    out: list[dict[str, Any]] = []
    if script.reason:
        out.append({"text": script.reason, "thought": True})
    if script.say is not None or not script.tools:
        out.append({"text": asked.said})
    out += [{"functionCall": {"name": one.name, "args": one.arguments}} for one in script.tools]
    return out


def _response(asked: Asked, parts: list[dict[str, Any]], *, last: bool) -> dict[str, Any]:
    given, made = asked.usage
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = "STOP"
    return {
        "candidates": [candidate],
        "usageMetadata": {"promptTokenCount": given, "candidatesTokenCount": made, "totalTokenCount": given + made},
        "modelVersion": "demo-large",
        "responseId": "demo",
    }


def _stream(asked: Asked) -> Reply:
    cut: list[dict[str, Any]] = []
    for part in _parts(asked):
        if "text" in part:
            cut += [{**part, "text": piece} for piece in pieces(part["text"], asked.script.chunks)]
        else:
            cut.append(part)
    trees = [_response(asked, [part], last=number == len(cut) - 1) for number, part in enumerate(cut)]
    if "alt=sse" in asked.query.split("&"):
        return Reply(200, SSE, [event(one, asked.script) for one in trees] + [b""])
    written = [dumped(one, asked.script).encode() for one in trees]
    return Reply(200, JSON, [b"[" + written[0], *(b",\r\n" + one for one in written[1:]), b"]"])
