"""Which route a program's call is of: by the id of a wire format, or by a path of the gateway."""

from __future__ import annotations

from collections.abc import Mapping

from bartizan.guard.routes import Route, route
from bartizan.model import InputError

__all__ = ["WIRES", "wire"]

_GEMINI = "/gemini/v1beta/models/{model}:"
WIRES: Mapping[str, str] = {
    "openai-chat": "/openai/v1/chat/completions",
    "openai-responses": "/openai/v1/responses",
    "openai-count": "/openai/v1/responses/input_tokens",
    "openai-embeddings": "/openai/v1/embeddings",
    "azure-chat": "/azure/openai/v1/chat/completions",
    "azure-responses": "/azure/openai/v1/responses",
    "azure-embeddings": "/azure/openai/v1/embeddings",
    "anthropic-messages": "/anthropic/v1/messages",
    "anthropic-count": "/anthropic/v1/messages/count_tokens",
    "gemini-generate": _GEMINI + "generateContent",
    "gemini-stream": _GEMINI + "streamGenerateContent",
    "gemini-count": _GEMINI + "countTokens",
    "gemini-embed": _GEMINI + "embedContent",
    "gemini-embed-batch": _GEMINI + "batchEmbedContents",
}
"""The path of the gateway that a wire format's name stands for; Gemini's names the model."""


def wire(name: str, model: str) -> Route:
    """Return the route of a wire format's name, or of a path. Raises InputError for what is neither.

    `model` is for formats whose path names it.
    """
    path = WIRES.get(name, name if name.startswith("/") else "")
    if "{model}" in path:
        if not model:
            raise InputError(f"`{name}` names the model in its path", help="say which: `model=...`")
        path = path.replace("{model}", model.removeprefix("models/"))
    found = route("POST", path) if path else None
    if found is None:
        raise InputError(f"`{name}` is no wire format that is known here", help=f"one of {', '.join(WIRES)}")
    return found
