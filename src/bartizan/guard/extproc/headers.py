"""Which headers go on from a caller to a provider and back: those that can carry no text, and Envoy's own."""

from __future__ import annotations

from collections.abc import Collection

from bartizan.guard.extproc.messages import Headers
from bartizan.guard.passing import BACK, KEYS, PASSED

__all__ = ["UPSTREAM", "answer_headers_to_remove", "request_headers_to_remove"]

UPSTREAM = "x-bartizan-upstream"
"""The request header that tells Envoy's routes where a call may go. A caller's own is taken away."""

_FRAME = frozenset({"content-type", "content-length", "transfer-encoding", "accept", "host", "date", "x-request-id",
                    "x-forwarded-proto"})  # fmt: skip
"""What HTTP needs, and what Envoy at the edge writes anew. Callers' addresses are no business of a provider."""
_ANSWERED = _FRAME | {"cache-control"}
_ENVOY = (":", "x-envoy-")
"""Beginnings of names that a processor may not alter anyway; Envoy takes those of strangers away at its edge."""


def request_headers_to_remove(headers: Headers, more: Collection[str]) -> tuple[str, ...]:
    """Return the names of request headers that don't go on; `more` are those that the operator lets through.

    A name that clients put keys into is never let through.
    """
    return tuple({name: None for name, value in headers if not _goes_on(name, value, more)})


def _goes_on(name: str, value: str, more: Collection[str]) -> bool:
    if name in _FRAME or name.startswith(_ENVOY):
        return True
    look = PASSED.get(name)
    if look is not None:
        return look.match(value) is not None
    return name in more and name not in KEYS and name != UPSTREAM


def answer_headers_to_remove(headers: Headers) -> tuple[str, ...]:
    """Return the names of response headers that don't come back."""
    return tuple({name: None for name, value in headers if not _comes_back(name, value)})


def _comes_back(name: str, value: str) -> bool:
    if name in _ANSWERED or name.startswith(_ENVOY):
        return True
    look = BACK.get(name)
    return look is not None and look.match(value) is not None
