"""Headers that go on between callers and providers beside a body, and those that carry credentials."""

from __future__ import annotations

import re

from bartizan.guard.identity import challenge
from bartizan.guard.refused import Refused

__all__ = ["BACK", "KEYS", "PASSED", "TRACE", "refusal_headers", "seconds_of"]

_LIST = re.compile(r"[a-z0-9-]{1,80}(?:=[a-z0-9-]{1,20})?(?:, ?[a-z0-9-]{1,80}(?:=[a-z0-9-]{1,20})?){0,19}(?![\s\S])")
PASSED = {
    "anthropic-version": re.compile(r"\d{4}-\d{2}-\d{2}(?![\s\S])"),
    "anthropic-beta": _LIST,
    "openai-beta": _LIST,
}
"""What callers may say to a provider, and how it looks: nothing that could carry a text."""
TRACE = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![\s\S])")
"""How a `traceparent` looks (W3C Trace Context), which goes on where an upstream's `trace` says so."""
KEYS = frozenset({
    "authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "proxy-authorization", "x-bartizan-proxy",
})  # fmt: skip
"""Headers that carry credentials."""

_ID = re.compile(
    r"(?:req_[0-9A-Za-z]{8,64}|[0-9a-f]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?![\s\S])"
)
_COUNT = re.compile(r"\d{1,12}(?![\s\S])")
_DURATION = re.compile(r"(?:\d{1,6}(?:\.\d{1,9})?(?:ms|s|m|h|d)?){1,4}(?![\s\S])")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})(?![\s\S])")
_DATE = r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"

BACK = {
    **dict.fromkeys(("x-request-id", "request-id", "apim-request-id"), _ID),
    **{f"x-ratelimit-{what}-{of}": _COUNT for what in ("limit", "remaining") for of in ("requests", "tokens")},
    **{f"x-ratelimit-reset-{of}": _DURATION for of in ("requests", "tokens")},
    **{
        f"anthropic-ratelimit-{of}-{what}": _MOMENT if what == "reset" else _COUNT
        for of in ("requests", "tokens", "input-tokens", "output-tokens")
        for what in ("limit", "remaining", "reset")
    },
    "openai-processing-ms": _COUNT,
    "retry-after": re.compile(rf"(?:\d{{1,6}}(?:\.\d{{1,6}})?|{_DATE})(?![\s\S])"),
    "retry-after-ms": re.compile(r"\d{1,9}(?:\.\d{1,6})?(?![\s\S])"),
    "x-should-retry": re.compile(r"(?:true|false)(?![\s\S])"),
}
"""What a provider may say to callers beside its answer, and how it looks: what its client reads to retry, to keep to
its pace, and to name a call to the provider's support. No names of organisations or projects, no cookies."""


def refusal_headers(refused: Refused, door: str, trace: str) -> list[tuple[str, str]]:
    """Return the headers of a refusal: what it is, the event to look for, and what the caller may do about it.

    `door` is where the call came in, `trace` the id of its event; either is empty where it isn't known.
    """
    out = [("content-type", "application/json"), ("x-bartizan-rule", refused.rule)]
    if trace:
        out.append(("x-request-id", trace))
    if trace and door == "anthropic":
        out.append(("request-id", trace))
    if refused.again:
        out.append(("retry-after", str(refused.again)))
    if refused.status == 401:
        out.append(("www-authenticate", challenge(refused.rule)))
    return out


def seconds_of(again: str) -> int:
    """Return the seconds of a `retry-after`, 0 for a date or nothing."""
    return int(again) if again.isascii() and again.isdigit() and len(again) < 7 else 0
