"""Headers that go on from callers to providers beside a body, and those that carry credentials."""

from __future__ import annotations

import re

__all__ = ["KEYS", "PASSED", "TRACE"]

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
