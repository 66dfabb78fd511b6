"""The providers' side: one client, and the headers that a call gets there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pyreqwest.client import Client

from bartizan.guard.config import Upstream
from bartizan.guard.engine import Prepared
from bartizan.guard.gateway.client import client_builder

__all__ = ["Upstreams"]

_LIST = re.compile(r"[a-z0-9-]{1,80}(?:=[a-z0-9-]{1,20})?(?:, ?[a-z0-9-]{1,80}(?:=[a-z0-9-]{1,20})?){0,19}(?![\s\S])")
_PASSED = {
    "anthropic-version": re.compile(r"\d{4}-\d{2}-\d{2}(?![\s\S])"),
    "anthropic-beta": _LIST,
    "openai-beta": _LIST,
    "traceparent": re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![\s\S])"),
}
"""What callers may say to a provider beside the body, and how it looks: nothing that could carry a text."""
_KEY = {"openai": "authorization", "azure": "api-key", "anthropic": "x-api-key", "gemini": "x-goog-api-key"}


class Upstreams:
    """Calls providers. To be made and closed within one event loop; `read` reads a secret by where it is kept.

    Redirects are not followed and cookies not kept: a provider that redirects is not the one that was configured.
    """

    def __init__(self, upstreams: list[Upstream], read: Callable[[str], str]) -> None:
        self._keys = {one.id: (_KEY[one.door], read(one.secret)) for one in upstreams if one.secret is not None}
        self._client: Client = client_builder().pool_idle_timeout(timedelta(seconds=55)).build()

    def request(self, prepared: Prepared, said: Any) -> Any:
        """Return a request that is ready to be entered (`async with`). `said` are the caller's headers."""
        upstream = prepared.upstream
        url = upstream.url.rstrip("/") + prepared.path
        headers = {name: value for name, look in _PASSED.items() if (value := said.get(name)) and look.match(value)}
        if upstream.id in self._keys:
            name, key = self._keys[upstream.id]
            headers[name] = f"Bearer {key}" if name == "authorization" else key
        if prepared.call.route.format is None:
            builder = self._client.get(url)
        else:
            headers["content-type"] = "application/json"
            builder = self._client.post(url).body_bytes(prepared.body)
        if prepared.exchange is not None and prepared.exchange.stream:
            # Left alone, it hands an answer over only when it is whole or has 64 kB: pieces shall go on as they come.
            builder = builder.streamed_read_buffer_limit(0)
        return builder.headers(headers).timeout(timedelta(seconds=upstream.seconds)).build_streamed()

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()
