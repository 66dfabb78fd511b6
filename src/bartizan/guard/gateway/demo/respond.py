"""From a request to the made-up provider's answer: which door it is for, what its prompt says, and what comes back."""

from __future__ import annotations

import json
from typing import Any

import bartizan.guard.gateway.demo.anthropic as anthropic
import bartizan.guard.gateway.demo.gemini as gemini
import bartizan.guard.gateway.demo.openai_chat as openai_chat
from bartizan.guard.gateway.demo.openai_responses import responses
from bartizan.guard.gateway.demo.reply import JSON, Asked, Reply, failure, texts
from bartizan.guard.gateway.demo.script import Script, read_script

__all__ = ["DOORS", "respond"]

DOORS = {"openai": "/openai/v1", "anthropic": "/anthropic", "gemini": "/gemini", "azure": "/azure"}
"""Where each door's provider is, behind the address of the server."""

_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def respond(method: str, target: str, body: bytes) -> tuple[Reply, Script]:
    """Return the answer to a request, and what its prompt said about how to send it."""
    path, _, query = target.partition("?")
    door, rest = next(
        ((door, path[len(prefix) :]) for door, prefix in DOORS.items() if path.startswith(prefix + "/")), ("", path)
    )
    if method == "GET":
        return _listing(door, rest), Script()
    try:
        tree = json.loads(body)
    except ValueError:
        tree = None
    if not isinstance(tree, dict):
        return Reply(400, JSON, [failure(door, 400, "the body is not a JSON object")]), Script()
    text = _last(tree)
    asked = Asked(rest, query, tree, text, read_script(text))
    reply = _odd(door, asked.script) or _answer(door, asked)
    return reply or _unknown(door), asked.script


def _listing(door: str, rest: str) -> Reply:
    if not rest.endswith("/models") and "/models/" not in rest:
        return _unknown(door)
    if door == "anthropic":
        return anthropic.models()
    return gemini.models(rest) if door == "gemini" else openai_chat.models(rest)


def _unknown(door: str) -> Reply:
    return Reply(404, JSON, [failure(door, 404, "there is nothing at this path")])


def _answer(door: str, asked: Asked) -> Reply | None:
    if door == "gemini":
        return gemini.answer(asked)
    if door == "anthropic":
        made = {"/v1/messages": anthropic.messages, "/v1/messages/count_tokens": anthropic.count}.get(asked.path)
        return made(asked) if made is not None else None
    if asked.path.endswith("/chat/completions"):
        return openai_chat.chat(asked, azure=door == "azure")
    if asked.path.endswith("/responses"):
        return responses(asked)
    return openai_chat.embeddings(asked) if asked.path.endswith("/embeddings") else None


def _odd(door: str, script: Script) -> Reply | None:
    """Return an answer that is none."""
    flags = script.flags
    if script.status != 200:
        return Reply(script.status, JSON, [failure(door, script.status, script.say or "the demo was told to fail")])
    if "html-error" in flags:
        return Reply(502, "text/html", [_PAGE])
    if "html" in flags:
        return Reply(200, "text/html", [_PAGE])
    if "not-json" in flags:
        return Reply(200, JSON, [b'{"choices": [{"message": '])
    if "twice" in flags:
        return Reply(200, JSON, [b'{"choices": [], "choices": [{"message": {"content": "twice"}}]}'])
    return None


def _last(tree: dict[str, Any]) -> str:
    """Return what was said last: the text of the last message of any format, or what is to be embedded."""
    for name in ("messages", "contents", "input", "content", "requests"):
        value = tree.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value:
            return texts(value[-1])
        if isinstance(value, dict):
            return texts(value)
    return ""
