"""Errors in the shape of Anthropic's API (source: its reference, `Errors`)."""

from __future__ import annotations

import json

__all__ = ["refusal", "stream_error"]

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


def _error(type: str, rule: str, sentence: str) -> str:
    error = {"type": type, "message": sentence, "code": "bartizan_denied", "rule": rule}
    return json.dumps({"type": "error", "error": error}, ensure_ascii=False)


def refusal(status: int, rule: str, sentence: str) -> bytes:
    """Return an error's body."""
    other = "invalid_request_error" if 400 <= status < 500 else "api_error"
    return _error(_TYPES.get(status, other), rule, sentence).encode()


def stream_error(rule: str, sentence: str) -> bytes:
    """Return the event that ends a stream."""
    return f"event: error\ndata: {_error('permission_error', rule, sentence)}\n\n".encode()
