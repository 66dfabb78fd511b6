"""Which wire format a request is of, by its method and path."""

from __future__ import annotations

import re
from typing import NamedTuple

from bartizan.guard.config import Door
from bartizan.guard.exchange import Format
from bartizan.guard.formats import formats

__all__ = ["PREFIXES", "Route", "door_of", "route", "unserved"]


class Route(NamedTuple):
    """A path that is served: by which format, what the provider's path is, and the model where the path names it."""

    door: str
    format: Format | None
    """None for reading the list of models, which has no body."""
    action: str
    path: str
    model: str = ""
    streams: bool = False
    """Whether the path itself asks for an answer in pieces."""


PREFIXES: dict[Door, str] = {
    "openai": "/openai/v1",
    "anthropic": "/anthropic",
    "gemini": "/gemini",
    "azure": "/azure",
}
"""Each door with the beginning of its paths."""
_OPENAI = {
    "/chat/completions": "openai-chat",
    "/responses": "openai-responses",
    "/responses/input_tokens": "openai-count",
    "/embeddings": "openai-embeddings",
}
_ANTHROPIC = {"/v1/messages": "anthropic-messages", "/v1/messages/count_tokens": "anthropic-count"}
_NAME = r"[A-Za-z0-9][\w.-]{0,127}"
_GEMINI = re.compile(rf"(/v1(?:beta|alpha)?)/(?:models|tunedModels)/({_NAME}):([A-Za-z]{{1,40}})(?![\s\S])")
_GEMINI_VERBS = {
    "generateContent": "gemini-generate",
    "streamGenerateContent": "gemini-generate",
    "countTokens": "gemini-count",
    "embedContent": "gemini-embed",
    "batchEmbedContents": "gemini-embed",
}
_AZURE = re.compile(rf"/openai/deployments/({_NAME})(/chat/completions|/embeddings)(?![\s\S])")
_MODELS = re.compile(
    rf"(?:/v1|/v1beta|/openai|/openai/v1)?/models(?:/(?:ft:[\w.:-]{{1,128}}|{_NAME}))?(?![\s\S])", re.ASCII
)
"""The list of models, or one of them; OpenAI's names of fine-tuned ones have colons."""


def door_of(path: str) -> tuple[str, str] | None:
    """Split a path into the door and the rest. None for a path that is no door's, or that could be read in two ways."""
    if "%" in path or "//" in path or "\\" in path or "/." in path:
        return None
    for door, prefix in PREFIXES.items():
        if path.startswith(prefix + "/"):
            return door, path[len(prefix) :]
    return None


def route(method: str, path: str) -> Route | None:
    """Return what serves a request; None for a path that isn't served, of which nothing may go on."""
    split = door_of(path)
    if split is None:
        return None
    door, rest = split
    if method == "GET":
        return Route(door, None, "list-models", rest) if _MODELS.match(rest) else None
    if method != "POST":
        return None
    return _POST[door](door, rest)


def unserved(path: str) -> Route | None:
    """Return a route by which a call of a path that isn't served can be refused in its door's own shape."""
    split = door_of(path)
    return None if split is None else Route(split[0], None, "", split[1])


def _by_path(table: dict[str, str], door: str, rest: str) -> Route | None:
    id = table.get(rest)
    return None if id is None else Route(door, formats()[id], formats()[id].action, rest)


def _gemini(door: str, rest: str) -> Route | None:
    match = _GEMINI.match(rest)
    id = None if match is None else _GEMINI_VERBS.get(match[3])
    if match is None or id is None:
        return None
    return Route(door, formats()[id], formats()[id].action, rest, match[2], match[3] == "streamGenerateContent")


def _azure(door: str, rest: str) -> Route | None:
    if rest.startswith("/openai/v1/"):
        return _by_path({f"/openai/v1{path}": id for path, id in _OPENAI.items()}, door, rest)
    if rest == "/openai/responses":  # the only one of the older paths that names the model in its body
        return _by_path({rest: "openai-responses"}, door, rest)
    match = _AZURE.match(rest)
    if match is None:
        return None
    format = formats()[_OPENAI[match[2]]]
    return Route(door, format, format.action, rest, match[1])


_POST = {
    "openai": lambda door, rest: _by_path(_OPENAI, door, rest),
    "anthropic": lambda door, rest: _by_path(_ANTHROPIC, door, rest),
    "gemini": _gemini,
    "azure": _azure,
}
