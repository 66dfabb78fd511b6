"""Refusals in the shape of OpenAI's errors, which its client turns into an exception."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["chat_stream_error", "refusal", "responses_stream_error"]

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "invalid_request_error",
    429: "rate_limit_error",
}


def refusal(status: int, rule: str, sentence: str) -> bytes:
    """Return the body of a refusal."""
    return _written({"error": _error(status, rule, sentence)})


def chat_stream_error(rule: str, sentence: str) -> bytes:
    """Return the events that end a stream of chat completions: the client raises at the first."""
    return b"data: " + refusal(403, rule, sentence) + b"\n\ndata: [DONE]\n\n"


def responses_stream_error(rule: str, sentence: str) -> bytes:
    """Return the event that ends a stream of a response.

    The event is an `error` as described; the client raises for its member `error`, other readers look at the others.
    """
    error = _error(403, rule, sentence)
    told = {
        "type": "error",
        "code": error["code"],
        "message": error["message"],
        "param": None,
        "sequence_number": 0,
        "error": error,
    }
    return b"event: error\ndata: " + _written(told) + b"\n\n"


def _error(status: int, rule: str, sentence: str) -> dict[str, Any]:
    return {
        "message": f"{sentence} (rule `{rule}`)",
        "type": _TYPES.get(status, "server_error"),
        "param": None,
        "code": "bartizan_budget" if status == 429 else "bartizan_denied",
        "rule": rule,
    }


def _written(tree: Any) -> bytes:
    return json.dumps(tree, separators=(",", ":")).encode()
