"""Errors in the shape of Google's APIs (source: AIP-193)."""

from __future__ import annotations

import json

__all__ = ["refusal", "stream_error"]

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    413: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def refusal(status: int, rule: str, sentence: str) -> bytes:
    """Return an error's body. `code` is a number in it, so ours stands in the details."""
    detail = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "BARTIZAN_DENIED",
        "domain": "bartizan",
        "metadata": {"rule": rule},
        "code": "bartizan_denied",
        "rule": rule,
    }
    name = _STATUS.get(status, "INVALID_ARGUMENT" if 400 <= status < 500 else "INTERNAL")
    error = {"code": status, "message": sentence, "status": name, "details": [detail], "rule": rule}
    return json.dumps({"error": error}, ensure_ascii=False).encode()


def stream_error(rule: str, sentence: str) -> bytes:
    """Return the event that ends a stream."""
    return b"data: " + refusal(403, rule, sentence) + b"\n\n"
